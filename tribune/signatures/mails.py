"""What signatories receive. All mails that a stranger can cause by typing an address share the budget CONFIRMATIONS."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tribune.codes import Code
from tribune.database import db, now
from tribune.fields import DOMAIN, PHONE, URL
from tribune.letters.models import Letter
from tribune.letters.queries import told_title
from tribune.outbox.actions import Budget, Mail, post, post_mail
from tribune.outbox.composing import compose, compose_for_many
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import COUNTS_SINCE, Message
from tribune.outbox.unsent import drop_waiting, lock_mailboxes
from tribune.retention.periods import UNCONFIRMED
from tribune.signatures.lines import Line, line
from tribune.signatures.links import CONFIRM_LASTS, agree_link, code_of, confirm_link, mine_link, not_me_link, own_links
from tribune.signatures.models import Signature
from tribune.signatures.signing import Known
from tribune.tokens import Link
from tribune.typography import long_date

CONFIRMATIONS = Budget("confirmation", ((3, timedelta(hours=24)), (10, timedelta(days=30))))
ASKING = Budget("asking", ((10, timedelta(hours=24)),), priority=5)  # sent after all confirmations
ASK_TO_AGREE, REMIND_TO_AGREE, REMIND = "ask_to_agree", "remind_to_agree", "remind_to_confirm"
QUESTIONS = (ASK_TO_AGREE, REMIND_TO_AGREE)  # about a changed text
# Kinds of mails that `importing/mails.py`, `people/mails.py` and `invitations/announcing.py` post; others look them up
# in the outbox.
ASK_IMPORTED, CORRECTED, PUBLISHED = "ask_imported", "corrected", "published"
ALREADY_SIGNED = "already_signed"


def drop_corrected(signature: Signature) -> None:
    """Delete unsent mails about corrections of a signature that is to be deleted, in the caller's transaction."""
    theirs = Message.about == signature.letter_id, Message.mailbox_key == signature.mailbox_key
    drop_waiting(CORRECTED, *theirs)


def mailable(signature: Signature) -> str:
    """Return the line for a mail; names only, if the rest may lure who reads it, as a stranger may have typed it."""
    return _mailed(line(signature))


def _mailed(made: Line) -> str:
    return made.names if _may_lure(made) else made.text


def is_shortened(signature: Signature) -> bool:
    """Whether mails leave out what follows the name."""
    return _may_lure(line(signature))


def _may_lure(made: Line) -> bool:
    """Whether what follows the name has a web address or a telephone number."""
    return bool(DOMAIN.search(made.rest) or PHONE.search(made.rest))


def until(signature: Signature, asked_at: datetime | None = None) -> str:
    """Return, in words, the last whole day on which a link made now confirms; "" if it has its full seven days.

    It has fewer if the letter closes before, or the unconfirmed row is deleted. `asked_at`: of the mail that asks
    somebody from a file, when it is composed.
    """
    letter, begun = signature.letter, asked_at or signature.signed_at
    if signature.origin == "import" and not asked_at:  # as in `retention/queries.py: unconfirmed`
        asked = Message.kind == ASK_IMPORTED, Message.about == letter.id, Message.mailbox_key == signature.mailbox_key
        begun = db.session.scalar(sa.select(sa.func.max(COUNTS_SINCE)).where(*asked)) or begun
    soonest = min(filter(None, (begun + UNCONFIRMED, letter.confirms_until)))
    if soonest >= now() + timedelta(seconds=CONFIRM_LASTS):
        return ""
    return _last_day(letter, soonest, signature.locale)


def _last_day(letter: Letter, end: datetime, locale: str) -> str:
    last = end.astimezone(letter.zone) - timedelta(days=1)  # by the clocks there: that day may have 25 hours
    return long_date(max(last, now()).astimezone(letter.zone).date(), locale)


def _title(signature: Signature) -> str:
    """Return the title of the version that was signed."""
    letter, number = signature.letter, signature.letter_version
    return letter.version.title if number == letter.version_number else told_title(letter, number)


def ask_to_confirm(signature: Signature, to: str) -> Mail:
    """Return the mail with the link and the code that confirm this signature."""
    letter, made = signature.letter, line(signature)
    shows = signature.will_show and signature.hidden_at is None  # organisers may hide pending signatures too
    composed = compose_for_many(
        "signatures/mail/confirm.txt",
        signature.locale,
        title=_title(signature),
        set_in=letter.locale,
        published=shows,
        capacity=signature.capacity,
        until=until(signature),
        shortened=shows and _may_lure(made),
    )
    links: dict[str, Link | Code] = {
        "confirm": confirm_link(signature),
        "code": code_of(signature),
        **own_links(signature, mailbox_key(to)),
    }
    return Mail("ask_to_confirm", to, composed.about(_mailed(made)), links, CONFIRMATIONS, letter.id)


def post_ask_to_confirm(signature: Signature, to: str) -> bool:
    """Post that mail; return False if the mailbox may receive no more."""
    return post_mail(ask_to_confirm(signature, to)) is not None


def post_remind_to_confirm(signature: Signature) -> bool:
    """Post the reminder to confirm; return False if the mailbox may receive no more."""
    letter, to = signature.letter, signature.email or ""
    composed = compose(
        "signatures/mail/remind.txt",
        signature.locale,
        title=_title(signature),
        set_in=letter.locale,
        shown=mailable(signature),
        on_behalf=line(signature).on_behalf,
        days=(now() - signature.signed_at).days,
        until=until(signature),
    )
    links = {"confirm": confirm_link(signature), **own_links(signature, mailbox_key(to))}
    return post(REMIND, to, composed, links, CONFIRMATIONS, about=letter.id)


def drop_reminder(signature: Signature) -> None:
    """Drop the reminder if it has not left yet: they have confirmed. In the caller's transaction."""
    key = signature.mailbox_key or ""
    lock_mailboxes([key])  # before its mails, as "it was not me" does
    drop_waiting(REMIND, Message.about == signature.letter_id, Message.mailbox_key == key)


def already_signed(signature: Signature, to: str, locale: str, *, asked: bool = False) -> Mail:
    """Return the mail to somebody who signed again: their signature counts already, or (`asked`) once they agree.

    `asked` is for those to whom the question itself cannot be mailed, because their address was deleted.
    """
    letter = signature.letter
    proved = signature.email == to  # else the address was deleted, and this one may be somebody else's
    made = line(signature)
    composed = compose_for_many(
        "signatures/mail/already_signed.txt",
        locale,
        title=letter.version.title,
        set_in=letter.locale,
        proved=proved,
        asked=asked,
        contact=letter.contact,
        on_behalf=made.on_behalf,
    )
    links: dict[str, Link | Code] = {"not_me": not_me_link(mailbox_key(to), signature if proved else None)}
    if proved:
        links["mine"] = mine_link(signature)
    return Mail(ALREADY_SIGNED, to, composed.about(made.text), links, CONFIRMATIONS, letter.id)


def ask_to_agree(signature: Signature, budget: Budget, old_title: str, *, reminder: bool = False) -> Mail:
    """Return the mail, to the proved address, that asks one who signed earlier words to agree to the present ones.

    `reminder`: it asks for the second and last time.
    """
    letter, made, to = signature.letter, line(signature), signature.email or ""
    composed = compose_for_many(
        "asking/mail/ask_again.txt",
        signature.locale,
        title=letter.version.title,
        old_title=old_title,
        set_in=letter.locale,
        reason=_reason(letter),
        contact=letter.contact,
        embargo=not letter.is_published,
        until=answers_until(letter, signature.locale),
        on_behalf=made.on_behalf,
        reminder=reminder,
    )
    kind = REMIND_TO_AGREE if reminder else ASK_TO_AGREE
    links = {"agree": agree_link(signature), **own_links(signature, mailbox_key(to))}
    return Mail(kind, to, composed.about(made.text), links, budget, letter.id)


def answers_until(letter: Letter, locale: str) -> str:
    """Return, in words, the last whole day on which those who are asked again can answer; "" if no end is set."""
    ends = letter.confirms_until if letter.is_published else None  # before that, an answer comes in time
    return _last_day(letter, ends, locale) if ends and ends.year < 9999 else ""  # which meant never


def _reason(letter: Letter) -> str:
    """Return why the text changed; "" for a mere correction, if that is withheld, or if it has a web address."""
    reason = letter.version.told_reason if letter.version.asks_again else ""
    return "" if URL.search(reason) else reason


def asking_mail(signature: Signature, *, reminder: bool = False) -> Mail:
    """Return that mail as organisers send it."""
    return ask_to_agree(signature, ASKING, told_title(signature.letter, signature.letter_version), reminder=reminder)


def post_ask_to_agree(signature: Signature, *, reminder: bool = False) -> bool:
    """Post that mail; return False if the mailbox may receive no more."""
    return post_mail(asking_mail(signature, reminder=reminder)) is not None


def of_signing(signature: Signature, known: Known, email: str) -> tuple[Mail, Mail]:
    """Return two mails: *ask to confirm*, and the one for somebody who has confirmed before.

    Both are always made, so that timing does not tell which is sent. The second goes to the address that was proved,
    because another spelling may be another mailbox.
    """
    ask = ask_to_confirm(signature, email)
    counted = known.counted or signature
    if known.asked and counted.email:
        return ask, ask_to_agree(counted, CONFIRMATIONS, known.title)
    return ask, already_signed(counted, counted.email or email, signature.locale, asked=known.asked)
