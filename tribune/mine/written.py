"""Delete what the team wrote about an erased person in the log, in batches with their mails, and in merged spellings.

What was written about their signature always goes. What names them elsewhere goes only if the signature was confirmed
or attested: before, only a mailbox is proved, and anybody could sign under another's name to clear it from the log.
What was written about another signature with the same name stays.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import forget_lines
from tribune.audit.models import NAMING, Event
from tribune.database import db
from tribune.letters.models import Letter, Version
from tribune.moderation.filters import Filter
from tribune.moderation.mails import HIDDEN, compose_hidden
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import CHOSEN, COUNTED_TO, concerned
from tribune.names import organisation_key, plain, searched, unaccented
from tribune.organisations.queries import merges_of
from tribune.outbox.models import WAITS, Message
from tribune.people.actions import words_of
from tribune.signatures.models import Merge, Signature
from tribune.statements import there_is

S = Signature
SOUGHT = 100  # names looked for at once: SQLite refuses a condition of a thousand parts, and each name makes two


def forget_written(letter: Letter, rows: Iterable[Signature], *, elsewhere: bool) -> None:
    """Delete what was written about these rows, before they go.

    In the caller's transaction, which has locked their letter exclusively.
    `elsewhere`: also mentions of them in what was written about others, as the rule above allows.
    """
    numbers = [row.id for row in rows]
    known = [row for row in rows if elsewhere and row.is_vouched_for]
    names = _names_of(known) if known else set()
    forget_lines(numbers)
    if names:
        _forget_mentions(letter, names)
        _forget_spellings(letter, numbers, names)
    _forget_choices(letter, numbers, names, {row.public_id for row in rows})


def _names_of(known: Iterable[Signature]) -> set[str]:
    """Return what names them: present and former names, as organisers may write them, and addresses."""
    lines = db.session.scalars(sa.select(Event).where(Event.signature_id.in_([row.id for row in known])))
    former = (line.details.get(key) for line in lines for key in ("was", "now"))
    words = [*(words_of(row) for row in known), *(each for each in former if isinstance(each, dict))]
    names = {form for each in words for form in _written(each)}
    names |= {form(name) for name in names for form in (unaccented, plain)}
    names |= {address for row in known if row.email for address in (row.email, row.email.lower())}
    return names - {""}


def _name(words: dict[str, Any]) -> str:
    return f"{words['given_name']} {words['family_name']}".strip()


def _written(words: dict[str, Any]) -> Iterator[str]:
    """Yield a name with its surname last and first, each also in capitals, as French lists have it."""
    given, family = words["given_name"], words["family_name"]
    for pair in ((given, family), (given, family.upper()), (given.upper(), family.upper())):
        yield from (" ".join(pair).strip(), " ".join(reversed(pair)).strip())


def _whole(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of whole names: else somebody signing as "e r" could clear the log of much else.

    A name of one word names them only where a text has no other: one could sign as "la" too.
    """
    of_a_word = rf"[\w{_marks()}]"
    longer = {name for name in names if " " in name or "@" in name}
    inside, alone = ("|".join(map(re.escape, some)) or "(?!)" for some in (longer, {*names} - longer))
    return re.compile(rf"(?<!{of_a_word})(?:{inside})(?!{of_a_word})|\A(?:{alone})\Z")


@cache
def _marks() -> str:
    """Return the marks on letters, as the vowels of Hindi, which `\\w` leaves out: कुमार is no part of कुमारी."""
    return "".join(sign for sign in map(chr, range(0x300, 0x20000)) if unicodedata.category(sign).startswith("M"))


def _forget_mentions(letter: Letter, names: Collection[str]) -> None:
    """Empty what names them in other log lines of verbs in NAMING, except titles of the letter."""
    whole, lines = _whole(names), {*_mentioning(letter, sorted(names))}
    titles = db.session.scalars(sa.select(Version.title).where(Version.letter_id == letter.id)).all()
    about = {line.signature_id for line in lines if line.signature_id}
    others = db.session.scalars(sa.select(S).where(S.id.in_(about)))
    namesakes = {other.id for other in others if plain(_name(words_of(other))) in names}
    for line in lines:
        if line.signature_id in namesakes:
            continue
        if whole.search(line.subject) and line.subject not in titles:
            line.subject = ""
        line.details = {k: v for k, v in line.details.items() if not any(map(whole.search, _texts(v)))}


def _mentioning(letter: Letter, names: Sequence[str]) -> Iterator[Event]:
    """Yield the log lines of verbs in NAMING that hold one of these names, perhaps as part of a word; some twice."""
    details = sa.cast(Event.details, sa.Text)
    says = sa.or_(Event.subject != "", details != "{}")  # their own lines, of which there may be thousands, are empty
    of_it = Event.letter_id == letter.id, Event.verb.in_(NAMING), says
    for start in range(0, len(names), SOUGHT):
        some = names[start : start + SOUGHT]
        mentions = [
            *(Event.subject.contains(name, autoescape=True) for name in some),
            *(details.contains(json.dumps(name)[1:-1], autoescape=True) for name in some),
        ]
        yield from db.session.scalars(sa.select(Event).where(*of_it, sa.or_(*mentions)))


def _texts(value: Any) -> Iterator[str]:
    """Yield every string inside a detail of the log."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _forget_choices(
    letter: Letter, numbers: Sequence[int], names: Collection[str], public_ids: Collection[str]
) -> None:
    """Empty, in batches, reasons that name them or concern only them, and searches that look for them or their network.

    An unfinished batch goes on with those who are left, by id. A search that still finds more than COUNTED_TO stays:
    it names nobody; a network of more is told by the next of them.
    """
    whole, rows = _whole(names), sa.exists().where(BatchRow.batch_id == Batch.id)
    number = BatchRow.signature_id
    own, others = rows.where(number.in_(numbers)), rows.where(number.not_in(numbers))
    query = sa.select(Batch, own.label("changed"), others.label("shared")).where(Batch.letter_id == letter.id)
    for batch, changed, shared in db.session.execute(query):
        q, goes_on = batch.choice.get("q", ""), not (batch.finished_at or batch.undone_at)
        sought = bool(q) and bool(whole.search(q) or _finds(letter, q, numbers) or _sought(q, names))
        neighbours = batch.choice.get("network") in public_ids
        meant = changed or sought or neighbours or not {*numbers}.isdisjoint(batch.choice.get("ids", []))
        left = _left(batch, numbers) if meant and goes_on and batch.verb in CHOSEN else []
        alone = meant and not shared and not left
        names_them = whole.search(batch.reason)
        if names_them and batch.verb == "hide":
            _forget_in_mails(batch)
        if names_them or alone:
            batch.reason = ""
        if (neighbours or (q and alone) or (sought and names)) and len(left) <= COUNTED_TO:
            batch.choice = {"ids": left}
        elif neighbours:
            batch.choice = {**batch.choice, "network": db.session.get_one(S, left[0]).public_id}


def _forget_in_mails(batch: Batch) -> None:
    """Leave its reason out of the mails that wait to tell others that they are hidden."""
    theirs = sa.select(Message, S).join(S, S.mailbox_key == Message.mailbox_key)
    theirs = theirs.join(BatchRow, BatchRow.signature_id == S.id).where(BatchRow.batch_id == batch.id)
    waiting = theirs.where(WAITS, Message.kind == HIDDEN, Message.about == batch.letter_id)
    for message, signature in db.session.execute(waiting.with_for_update(of=Message)).all():
        if (message.links or {})["mine"]["payload"][0] == signature.id:
            composed = compose_hidden(signature, reason="")
            message.text, message.html = composed.text, composed.html


def _finds(letter: Letter, q: str, numbers: Sequence[int]) -> bool:
    """Whether a search for `q` finds one of them."""
    asked = Filter.from_args({"q": q}).conditions(letter)
    return there_is(S.id.in_(numbers), *asked)


def _sought(q: str, names: Collection[str]) -> bool:
    """Whether a search for `q` found one of these names, which they may no longer bear, or part of their address."""
    words = [q.lower()] if "@" in q else searched(q)
    return any(all(word in name for word in words) for name in names)


def _left(batch: Batch, numbers: Sequence[int]) -> Sequence[int]:
    """Return the ids of others that the batch has still to change; COUNTED_TO + 1 at most."""
    conditions = concerned(batch.letter, batch.verb, batch.choice)
    left = sa.select(S.id).where(*conditions, S.id > batch.last_id, S.id <= batch.up_to_id, S.id.not_in(numbers))
    return db.session.scalars(left.order_by(S.id).limit(COUNTED_TO + 1)).all()


def _forget_spellings(letter: Letter, numbers: Sequence[int], names: Collection[str]) -> None:
    """Delete merges from or into a spelling that names them, if nobody else is printed by them."""
    whole, merges = _whole(names), merges_of(letter)
    for merge in merges:
        names_them = whole.search(merge.from_key) or whole.search(organisation_key(merge.into))
        if names_them and not _prints_others(merge, merges, numbers):
            db.session.delete(merge)


def _prints_others(merge: Merge, merges: Sequence[Merge], numbers: Sequence[int]) -> bool:
    """Whether a merge prints, or will print, another signature, or another merge leads to it."""
    its = sa.and_(S.letter_id == merge.letter_id, S.organisation_key == merge.from_key)
    others = sa.exists().where(S.id.not_in(numbers))
    if db.session.scalar(sa.select(others.where(S.merge_id == merge.id) | others.where(its))):
        return True
    return any(organisation_key(other.into) == merge.from_key for other in merges if other is not merge)
