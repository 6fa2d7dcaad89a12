"""What signatories receive. What anybody can cause by typing an address spends one budget."""

from datetime import timedelta

from tribune.codes import Code
from tribune.database import now
from tribune.fields import DOMAIN
from tribune.letters.models import Letter
from tribune.letters.queries import title_of
from tribune.outbox.actions import AT_ONCE, Budget, post
from tribune.outbox.composing import compose
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.lines import line
from tribune.signatures.links import agree_link, code_of, confirm_link, mine_link, not_me_link
from tribune.signatures.models import Signature
from tribune.tokens import Link

CONFIRMATIONS = Budget("confirmation", ((3, timedelta(hours=24)), (10, timedelta(days=30))))
ASKING = Budget("asking", ((10, timedelta(hours=24)),), priority=5)  # after every confirmation


def mailable(signature: Signature) -> str:
    """The line as a mail may hold it: a stranger may have typed it, and we carry no address of a site for them."""
    made = line(signature, locale=signature.letter.locale)
    return made.names if DOMAIN.search(made.rest) else made.text


def post_ask_to_confirm(signature: Signature, letter: Letter, to: str, late: timedelta = AT_ONCE) -> bool:
    """Post the link that confirms this signature; False when the mailbox may receive no more."""
    shown = mailable(signature)
    draft = compose("signatures/mail/confirm.txt", signature.locale, letter=letter, signature=signature, shown=shown)
    links: dict[str, Link | Code] = {
        "confirm": confirm_link(signature),
        "code": code_of(signature),
        "mine": mine_link(signature),
        "not_me": not_me_link(mailbox_key(to), signature),
    }
    return post("ask_to_confirm", to, draft, links, CONFIRMATIONS, about=letter.id, late=late)


def post_remind_to_confirm(signature: Signature, letter: Letter) -> bool:
    """Ask once more whoever has not confirmed. About no letter in the tallies: those count who was mailed at first."""
    to = signature.email or ""
    draft = compose(
        "signatures/mail/remind.txt",
        signature.locale,
        letter=letter,
        shown=mailable(signature),
        days=(now() - signature.signed_at).days,
    )
    links = {
        "confirm": confirm_link(signature),
        "mine": mine_link(signature),
        "not_me": not_me_link(mailbox_key(to), signature),
    }
    return post("remind_to_confirm", to, draft, links, CONFIRMATIONS)


def post_already_signed(signature: Signature, letter: Letter, to: str, locale: str, late: timedelta = AT_ONCE) -> bool:
    """Tell somebody who signed again that their signature counts already."""
    proved = signature.email == to  # else its address is gone, and who reads this one may be somebody else
    draft = compose(
        "signatures/mail/already_signed.txt",
        locale,
        letter=letter,
        line=line(signature, locale=letter.locale),
        proved=proved,
    )
    links = {"not_me": not_me_link(mailbox_key(to), signature if proved else None)}
    if proved:
        links["mine"] = mine_link(signature)
    return post("already_signed", to, draft, links, CONFIRMATIONS, late=late)


def post_ask_to_agree(signature: Signature, letter: Letter, budget: Budget, late: timedelta = AT_ONCE) -> bool:
    """Ask somebody who signed earlier words, at the address they proved, whether they sign those of today."""
    to = signature.email or ""
    draft = compose(
        "asking/mail/ask_again.txt",
        signature.locale,
        letter=letter,
        old_title=title_of(letter, signature.letter_version),
        line=line(signature, locale=letter.locale),
    )
    links = {
        "agree": agree_link(signature),
        "mine": mine_link(signature),
        "not_me": not_me_link(mailbox_key(to), signature),
    }
    return post("ask_to_agree", to, draft, links, budget, about=letter.id, late=late)
