"""What happens to the text of a letter: written, revised, said to be printed."""

from datetime import date, timedelta
from typing import Any

from slugify import slugify
from sqlalchemy.exc import IntegrityError

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.letters.life import keep_first_words, record_letter
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, hold, is_frozen, is_signed, letter_by_slug, said_before
from tribune.letters.rendering import render
from tribune.organisers.models import Organiser
from tribune.teams.models import Team

LONGEST_SLUG = 80  # characters, with the number that tells two apart
OURS = {"preview"}  # below /letters/, and so the address of no letter
MISPRINT = timedelta(minutes=10)  # for so long new words that readers see above people's names are edited in place


class SlugTaken(Exception):
    """Another letter has this address."""


class FieldTooLong(Exception):
    """The field of this name holds at most this many characters."""

    def __init__(self, name: str, longest: int) -> None:
        self.name, self.longest = name, longest


class ReasonMissing(Exception):
    """People have confirmed a signature: a new text needs a reason that readers can see."""


def create(
    team: Team,
    *,
    by: Organiser | None = None,
    title: str,
    text: str,
    standfirst: str = "",
    authors: str = "",
    addressee: str = "",
    slug: str = "",
    locale: str = "fr",
    verb: Verb = Verb.LETTER_CREATED,
    **details: Any,
) -> Letter:
    """A new draft with its first version. `details`: other columns of a letter, such as its outlet.

    `by`: the organiser who makes it, and answers for it on the form until they say otherwise; None for the shell.
    `verb`: how the log tells it.
    Raises SlugTaken, FieldTooLong or TextTooLong.
    """
    title = " ".join(title.split())
    words = {"title": title, "standfirst": standfirst, "text": text, "authors": authors, "addressee": addressee}
    details = {"controller": by.name if by else "", **details}
    _refuse_too_long(Letter, details)
    _refuse_too_long(Version, words)
    html = render(text, locale)
    with write() as session:
        if slug and is_taken(_as_slug(slug)):
            raise SlugTaken
        letter = None
        while letter is None:
            letter = _added(_as_slug(slug) if slug else _free_slug(title), team_id=team.id, locale=locale, **details)
            if letter is None and slug:
                raise SlugTaken
        session.add(Version(letter_id=letter.id, number=1, html=html, **words))
        record(verb, team_id=team.id, by=by, letter_id=letter.id, subject=title)
    return letter


def _added(slug: str, **columns: Any) -> Letter | None:
    """A letter at this address; None when another took it this very moment."""
    letter = Letter(slug=slug, **columns)
    try:
        with db.session.begin_nested():
            db.session.add(letter)
    except IntegrityError:
        if is_taken(slug):
            return None
        raise
    return letter


def _refuse_too_long(model: type[Letter] | type[Version], values: dict[str, Any]) -> None:
    for name, value in values.items():
        longest = getattr(model.__table__.c[name].type, "length", None)
        if longest is not None and len(value) > longest:
            raise FieldTooLong(name, longest)


def _as_slug(text: str) -> str:
    # slugify drops the typographic apostrophe, and l’école would read lecole.
    return slugify(text, max_length=LONGEST_SLUG - 5, word_boundary=True, replacements=[("\u2019", "-")]) or "letter"


def _free_slug(title: str) -> str:
    slug = wanted = _as_slug(title)
    number = 1
    while is_taken(slug):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def is_taken(slug: str) -> bool:
    """Whether no new letter can have this address."""
    return slug in OURS or letter_by_slug(slug) is not None


def revise(
    letter: Letter,
    *,
    by: Organiser | None,
    title: str,
    text: str,
    standfirst: str = "",
    authors: str = "",
    addressee: str = "",
    reason: str = "",
    substance: bool = False,
) -> Version:
    """Change the words: in place while nobody has signed them, else as a new version, and who signed keeps theirs.

    What readers see above people's names is edited in place for MISPRINT alone. Once a signature was confirmed a
    `reason` is needed, and readers see it; `substance`: it is no mere correction, and who signed earlier words has to
    agree to these before they count under them. Where the words of an earlier version come back, who signed those has
    to agree to nothing: `asking.actions.count_again`. Raises ReasonMissing, FieldTooLong or TextTooLong.
    """
    title = " ".join(title.split())
    words = {"title": title, "standfirst": standfirst, "text": text, "authors": authors, "addressee": addressee}
    _refuse_too_long(Version, words)
    html = render(text, letter.locale)
    with write() as session:
        hold(letter)  # nobody signs the old words meanwhile
        moment = now()  # before the next line asks whether it is published
        keep_first_words(letter)
        current = letter.version
        changed = [name for name, value in words.items() if value != getattr(current, name)]
        if not changed:
            current.html = html
            return current
        frozen, signed = is_frozen(letter), is_signed(letter)
        if not reason.strip() and frozen:
            raise ReasonMissing
        letter.revision += 1
        seen = signed and letter.is_published
        in_place = current.signed_at is None and not (seen and moment - current.created_at > MISPRINT)
        number = letter.version_number + (not in_place)
        said, said_and_signed = said_before(letter, words, number)
        already = in_place and current.asks_again
        asks = signed and _asks_again(letter, number, said, substance=substance, already=already)
        signed_at = moment if said_and_signed else None
        if in_place:
            for name, value in words.items():
                setattr(current, name, value)
            current.html, current.names_in_digest = html, True
            if not seen:  # else its first words are what MISPRINT is counted from
                current.created_at = moment  # readers are told when a text was changed, not first drafted
            current.asks_again, current.signed_at = asks, signed_at
            current.reason = reason.strip() if frozen else current.reason
            record_letter(Verb.LETTER_EDITED, letter, by, fields=changed, words=True)
            return current
        letter.version_number = number
        version = Version(letter_id=letter.id, number=number, reason=reason.strip(), html=html, **words)
        version.asks_again, version.signed_at = asks, signed_at
        session.add(version)
        session.flush()
        session.expire(letter, ["version"])
        record_letter(Verb.LETTER_CORRECTED, letter, by, number=version.number, reason=version.reason, substance=asks)
    return version


def _asks_again(letter: Letter, number: int, said: int, *, substance: bool, already: bool) -> bool:
    """Whether this version changes the text in substance; `said`: which version before had its words, 0 for none.

    What was a change of substance one way is one the other way; back where it was, nothing changed.
    """
    if said:
        return said < number - 1 and (substance or asking_number(letter, before=number) > said)
    return substance or already


def tell_where_printed(
    letter: Letter,
    by: Organiser | None,
    *,
    outlet: str,
    outlet_url: str,
    printed_on: date | None,
) -> None:
    """Say which newspaper prints it, where it is read there, and since which day. Raises FieldTooLong."""
    printed = {"outlet": outlet, "outlet_url": outlet_url, "printed_on": printed_on}
    _refuse_too_long(Letter, {"outlet": outlet, "outlet_url": outlet_url})
    with write():
        hold(letter)
        changed = [name for name, value in printed.items() if value != getattr(letter, name)]
        if changed:
            for name in changed:
                setattr(letter, name, printed[name])
            letter.revision += 1
            record_letter(Verb.LETTER_EDITED, letter, by, fields=changed)
