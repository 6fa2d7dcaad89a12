"""The words of the invitation mail: the default ones, and the fields filled in for each person."""

import re
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from tribune.database import db, now
from tribune.days import midnight
from tribune.fields import has_address, is_printable
from tribune.fingerprint import fingerprint
from tribune.invitations.models import Gathering, Invitation
from tribune.letters.models import Letter
from tribune.letters.queries import missing
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import ENCODED
from tribune.outbox.models import LONGEST_SENDER_NAME
from tribune.typography import long_date, typeset

# What may stand between braces, in each language; every name works in every letter.
FIELDS = {
    "en": ("given_name", "family_name", "title", "reply_by"),
    "fr": ("prénom", "nom", "titre", "réponse_avant"),
}
DAY = [f"{{{names[-1]}}}" for names in FIELDS.values()]  # the field of the day to answer by, as it is typed
BRACES = re.compile(r"\{([^{}]*)\}")
NOT_OURS = re.compile(r"[{}]|\[\[|\]\]")  # left by a mistyped field; [[…]] marks our links in mails
SUBJECT, SENDER, MESSAGE = 150, 200, 6000  # characters


def gathering_of(letter: Letter) -> Gathering:
    """Return the gathering of a letter: as saved, or with the default words."""
    return db.session.get(Gathering, letter.id) or default(letter)


def mail_shown_as(gathering: Gathering) -> str:
    """Fingerprint the words; the form sends it back, so that nobody overwrites what they have not seen."""
    return fingerprint((gathering.subject, gathering.message, gathering.sender, gathering.reply_by))


def default(letter: Letter) -> Gathering:
    """Return default words in the language of the letter, not added to the session."""
    with force_locale(letter.locale):
        given, family, title, _reply_by = braced(letter.locale)
        subject = _("Will you be among the first to sign “%(title)s”?", title=title)
        subject = " ".join(subject.split())  # as the form sends it back, and as it is mailed: without no-break spaces
        greeting = _("Dear %(given)s %(family)s,", given=given, family=family)
        page = _(
            "On your personal page you can read the letter, see your name as it would be printed, correct it, accept, "
            "decline, or ask us a question. No account is needed."
        )
        if letter.is_published:
            what = _(
                "Our open letter “%(title)s” is published, and we would be glad to count you among its first "
                "signatories.",
                title=title,
            )
        else:
            what = _(
                "We are about to publish an open letter, “%(title)s”, and would be glad to count you among its first "
                "signatories.",
                title=title,
            )
        message = "\n\n".join((greeting, what, page))  # the mail itself adds the embargo, as long as there is one
    sender = (letter.version.authors or letter.controller)[:SENDER]
    return Gathering(letter_id=letter.id, subject=subject, message=message, sender=sender)


def braced(language: str) -> list[str]:
    """Return the fields as typed in this language: given name, family name, title, day to answer by."""
    return [f"{{{name}}}" for name in FIELDS[language]]


def doubt(letter: Letter, gathering: Gathering) -> str:
    """Say what looks wrong with the text of the letter, the mail, or its day; empty: nothing."""
    reply_by = gathering.reply_by
    if "text" in missing(letter):
        return str(
            _(
                "The letter has no text, or it is not saved yet: anyone invited now would have nothing to read. Save "
                "it before you send."
            )
        )
    if reply_by and reply_by < now().astimezone(letter.zone).date():
        return str(_("The day by which the email asks for an answer has passed: change it, or take it out."))
    if reply_by and letter.end and now() < letter.end <= midnight(reply_by, letter.zone):
        return str(
            _("The letter will close before the day by which the email asks for an answer: change one or the other.")
        )
    published = letter.published_at if letter.is_published else None
    if published and gathering.saved_at and gathering.saved_at < published:
        return str(
            _(
                "The email was written before the letter was published: check that it does not speak of it as still to "
                "come."
            )
        )
    waits = letter.published_at if letter.state == "scheduled" else None
    if reply_by and waits and reply_by > waits.astimezone(letter.zone).date():
        return str(
            _(
                "The letter will be published before the day by which the email asks for an answer: change one or the "
                "other."
            )
        )
    return ""


def sender_name(gathering: Gathering, by: Organiser) -> str | None:
    """Return in whose name the mail comes: as it is signed, else of the account that sends it; None: neither can be."""
    names = (" ".join(words.split()) for words in (gathering.sender, by.name))
    return next(filter(_is_name, names), None)


def _is_name(words: str) -> bool:
    """Whether words may stand beside the address of a mail, where no program may read anything else (RFC 2047)."""
    readable = is_printable(words) and ENCODED not in words
    return 0 < len(words) <= LONGEST_SENDER_NAME and readable and not has_address(words)


def mistakes(text: str, *, reply_by: date | None) -> str:
    """Return the first thing that cannot be filled in, an unknown field or a stray brace or bracket; else ""."""
    known = {name for names in FIELDS.values() for name in names}
    if reply_by is None:
        known -= {names[-1] for names in FIELDS.values()}
    for name in BRACES.findall(text):
        if name not in known:
            return f"{{{name}}}"
    stray = NOT_OURS.search(BRACES.sub("", text))
    return stray[0] if stray else ""


def filled(text: str, letter: Letter, gathering: Gathering, invitation: Invitation) -> str:
    """Fill in the fields for one person. Braces inside a value are left as they are."""
    brought = (
        invitation.given_name,
        invitation.family_name,
        typeset(letter.version.title, letter.locale),
        long_date(gathering.reply_by, letter.locale) if gathering.reply_by else "",
    )
    values = {name: value for names in FIELDS.values() for name, value in zip(names, brought, strict=True)}
    made = BRACES.sub(lambda found: values.get(found[1], found[0]), text)
    return re.sub(r" +(?=[ ,.\n]|$)", "", made)  # a person with one name leaves no gap
