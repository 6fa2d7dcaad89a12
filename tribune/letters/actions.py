"""What organisers do to the text of a letter: create it, revise it, say where it is printed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.letters.life import keep_first_words
from tribune.letters.models import WORDS, Addendum, Letter, Version
from tribune.letters.queries import addenda_of, asking_number, is_frozen, is_signed, lock, said_before
from tribune.letters.recording import record_letter
from tribune.letters.rendering import render
from tribune.letters.slugs import as_slug, free_slug, is_taken
from tribune.organisers.models import Organiser
from tribune.teams.models import Team

MISPRINT = timedelta(minutes=10)  # how long new words are still edited in place once readers see them above names


class SlugTaken(Exception):
    """Another letter has this address."""


class FieldTooLong(Exception):
    """A value is too long for its field: `name`, and `longest`, the characters it may have."""

    def __init__(self, name: str, longest: int) -> None:
        self.name, self.longest = name, longest


class ReasonMissing(Exception):
    """People have confirmed signatures: a new text needs a reason, which readers see."""


def create(
    team: Team,
    *,
    by: Organiser | None = None,
    title: str,
    text: str,
    slug: str = "",
    locale: str = "fr",
    verb: Verb = Verb.LETTER_CREATED,
    **more: Any,
) -> Letter:
    """Create a draft with its first version. `more`: the other WORDS, and columns of Letter such as `outlet`.

    `by`: the organiser, whom the form names as controller unless `more` does; None for the shell. `verb`: for the log.
    Without `slug`, one is made from the title. Raises SlugTaken, FieldTooLong or TextTooLong, or
    ObjectDeletedError if the team is gone.
    """
    title = " ".join(title.split())
    words = {**{name: more.get(name, "") for name in WORDS}, "title": title, "text": text}
    details = {"controller": by.name if by else "", **{name: more[name] for name in more if name not in WORDS}}
    _refuse_too_long(Letter, details)
    _refuse_too_long(Version, words)
    html = render(text, locale)
    with write() as session:
        _keep_team(team)
        letter = None
        while letter is None:  # a free address may be taken before we use it
            if slug and is_taken(as_slug(slug)):
                raise SlugTaken
            letter = _added(as_slug(slug) if slug else free_slug(title), team_id=team.id, locale=locale, **details)
        session.add(Version(letter_id=letter.id, number=1, html=html, **words))
        record(verb, team_id=team.id, by=by, letter_id=letter.id, subject=title)
    return letter


def _keep_team(team: Team) -> None:
    """See to it that the team stays until the transaction ends. Raises ObjectDeletedError if it is gone."""
    here = sa.select(Team.id).where(Team.id == team.id).with_for_update(read=True, key_share=True)
    if db.session.scalar(here) is None:  # its last member has left it in another tab
        raise ObjectDeletedError(sa.inspect(team))


def _added(slug: str, **columns: Any) -> Letter | None:
    """Return a new letter at this address, or None if another took the address meanwhile."""
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


def revise(
    letter: Letter,
    *,
    by: Organiser | None,
    reason: str = "",
    substance: bool = False,
    **changes: str,
) -> Version:
    """Change some WORDS: in place while nobody has signed them, else as a new version; signatures keep their version.

    Words that readers see above people's names can be edited in place only for MISPRINT. Once a signature is confirmed,
    a `reason` is required, and readers see it. `substance`: more than a correction, so whoever signed earlier words
    counts only after agreeing to these. If the words of an earlier version come back, those who signed it need not
    agree: `asking.actions.count_again`. Raises ReasonMissing, FieldTooLong or TextTooLong.
    """
    _refuse_too_long(Version, changes)
    with write():
        lock(letter)  # nobody signs the old words meanwhile
        moment = now()  # taken before the next line checks whether it is published
        keep_first_words(letter)
        words = letter.version.words | changes
        if words == letter.version.words:
            return letter.version
        frozen = is_frozen(letter)
        if frozen and not reason.strip():
            raise ReasonMissing
        case = _case(letter, words, moment, substance)
        html = render(words["text"], letter.locale)
        new = {**words, "html": html, "asks_again": case.asks_again, "signed_at": moment if case.were_signed else None}
        if frozen or not case.in_place:
            new["reason"] = _reasons(letter.version.reason if case.in_place else "", reason.strip())
        if not case.is_seen:  # else its first words are what MISPRINT is counted from
            new["created_at"] = moment  # readers are told when a text was changed, not first drafted
        letter.revision += 1
        if case.in_place:
            return _edit(letter, by, new)
        return _add_version(letter, by, new)


def _reasons(before: str, given: str) -> str:
    """Join the reasons of a version: an edit in place adds to what changed, and the first reason still holds."""
    if given in before:
        return before
    return given if before in given else f"{before} – {given}"


def typeset_anew(letter: Letter, made: Mapping[str, str]) -> None:
    """Store the HTML of its texts in its present language, in the caller's transaction. `made`: from `texts_in`."""
    for printed in _printed(letter):
        printed.html = made.get(printed.text) or render(printed.text, letter.locale)


def texts_in(letter: Letter, locale: str) -> dict[str, str]:
    """Return its texts in a language, as HTML by Markdown: made before a transaction, so that signing never waits."""
    return {printed.text: render(printed.text, locale) for printed in _printed(letter)}


def _printed(letter: Letter) -> list[Version | Addendum]:
    """Return all its versions and additions."""
    versions = db.session.scalars(sa.select(Version).where(Version.letter_id == letter.id))
    return [*versions, *addenda_of(letter)]


class _Case(NamedTuple):
    """How new words are stored, and what they mean for those who signed earlier ones."""

    in_place: bool  # else as a new version
    is_seen: bool  # readers see the replaced words above people's names
    asks_again: bool  # whoever signed earlier words has to agree to these
    were_signed: bool  # an earlier version with the same words was signed: these are never edited


def _case(letter: Letter, words: dict[str, str], moment: datetime, substance: bool) -> _Case:
    """Edit in place while nobody has signed the present words, nor readers seen them above names beyond MISPRINT.

    `moment`: of the new words; `substance`: what their writer says of them.
    """
    current, signed = letter.version, is_signed(letter)
    is_seen = signed and letter.is_published
    in_place = current.signed_at is None and not (is_seen and moment - current.created_at > MISPRINT)
    number = letter.version_number + (not in_place)
    same, were_signed = said_before(letter, words, number)
    if not signed:  # nobody to ask
        asks_again = False
    elif not same:  # a change of substance stays one when it is edited in place
        asks_again = substance or (in_place and current.asks_again)
    elif same == number - 1:  # the edit in place restores the version before: nothing changed
        asks_again = False
    else:  # going back across a change of substance is one too
        asks_again = substance or asking_number(letter, before=number) > same
    return _Case(in_place, is_seen, asks_again, were_signed)


def _edit(letter: Letter, by: Organiser | None, new: dict[str, Any]) -> Version:
    """Overwrite the present version."""
    version = letter.version
    changed = [name for name in WORDS if new[name] != getattr(version, name)]
    for name, value in {**new, "names_in_digest": True}.items():
        setattr(version, name, value)
    if version.reason or version.asks_again:  # people had signed the words before it
        _record_change(letter, by)
    else:
        record_letter(letter, Verb.LETTER_EDITED, by=by, fields=changed, words=True)
    return version


def _add_version(letter: Letter, by: Organiser | None, new: dict[str, Any]) -> Version:
    """Add a version after the present one."""
    letter.version_number += 1
    version = Version(letter_id=letter.id, number=letter.version_number, **new)
    db.session.add(version)
    db.session.flush()
    db.session.expire(letter, ["version"])
    _record_change(letter, by)
    return version


def _record_change(letter: Letter, by: Organiser | None) -> None:
    version = letter.version
    how = {"number": version.number, "reason": version.reason, "substance": version.asks_again}
    record_letter(letter, Verb.LETTER_CORRECTED, by=by, **how)


def tell_where_printed(
    letter: Letter,
    by: Organiser | None,
    *,
    outlet: str,
    outlet_url: str,
    printed_on: date | None,
) -> None:
    """Set which newspaper prints it, the address of its page there, and the day. Raises FieldTooLong."""
    printed = {"outlet": outlet, "outlet_url": outlet_url, "printed_on": printed_on}
    _refuse_too_long(Letter, {"outlet": outlet, "outlet_url": outlet_url})
    with write():
        lock(letter)
        changed = [name for name, value in printed.items() if value != getattr(letter, name)]
        if changed:
            for name in changed:
                setattr(letter, name, printed[name])
            letter.revision += 1
            record_letter(letter, Verb.LETTER_EDITED, by=by, fields=changed)
