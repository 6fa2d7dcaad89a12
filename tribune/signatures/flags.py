"""What makes a signature worth a look. A flag refuses nothing: it only puts the signature on the organiser's list."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from tribune.database import Moment, db, is_postgresql, now, run
from tribune.letters.models import Letter
from tribune.names import plain
from tribune.signatures.models import Flag, Signature
from tribune.statements import UNREAD, insert, there_is

S: Any = Signature.__table__
F: Any = Flag.__table__
KINDS = ("joke", "no_affiliation", "mixed_scripts", "same_person", "burst", "network")

# Names that people type to try out a form, or as a joke; a role or an organisation may be one too. Add to it.
JOKES = set(
    "adolf hitler|anonymous|anonyme|asdf|azerty|brigitte macron|bugs bunny|captain america|charlie chaplin|"
    "dark vador|darth vader|donald duck|donald trump|elon musk|emmanuel macron|foo bar|harry potter|homer simpson|"
    "jane doe|john doe|mickey mouse|minnie mouse|monsieur madame|nom prenom|"
    "pere noel|prenom nom|qwerty|santa claus|superman|tata|test|test test|tintin milou|titi|toto|tutu|vladimir poutine|"
    "vladimir putin|winnie l ourson|nobody|personne|xxx|yyy|zzz".split("|")
)
# Words that insult, beside whatever other words.
INSULTS = set(
    "asshole|batard|batards|bitch|caca|connard|connards|connasse|connasses|encule|encules|enculee|enfoire|enfoires|"
    "fuck|merde|pute|salaud|salauds|salope|salopes".split("|")
)
# As Unicode's names begin: those that people write, then those whose letters only look like Latin ones in most names.
SCRIPTS = (
    "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN", "THAI", "HANGUL", "CJK",
    "CANADIAN", "CARIAN", "CHEROKEE", "COPTIC", "DESERET", "LISU", "LYCIAN", "OSAGE", "RUNIC", "TIFINAGH",
)  # fmt: skip

# Mail providers: many signatures at once from one of these domains mean nothing.
PROVIDERS = set(
    "aol.com free.fr gmail.com gmx.com gmx.de gmx.net googlemail.com hotmail.com hotmail.fr icloud.com "
    "laposte.net live.com live.fr mail.com me.com msn.com neuf.fr orange.fr outlook.com outlook.fr posteo.net "
    "proton.me protonmail.com protonmail.ch riseup.net sfr.fr tutanota.com wanadoo.fr yahoo.com yahoo.fr".split()
)
WINDOW = timedelta(minutes=10)
NAMESAKE = (
    sa.select(Signature.id)
    .where(
        Signature.letter_id + 0 == sa.bindparam("letter_id"),  # + 0, or SQLite takes an index with pending people too
        Signature.sort_key.between(sa.bindparam("from"), sa.bindparam("to")),
        Signature.id != sa.bindparam("number"),
        Signature.mailbox_key.is_distinct_from(sa.bindparam("mailbox_key")),  # else their own, about to be replaced
        Signature.counted_at.is_not(None),
    )
    .limit(1)
)
BURST = {"domain": 20, "network_hash": 10}  # signatures within WINDOW; fewer may be a meeting, a school, an office


def _of_words(signature: Signature) -> list[str]:
    """Return the kinds of flags that its line calls for."""
    after = signature.role, signature.organisation, signature.affiliation or ""
    found = of_line(signature.given_name, signature.family_name, *after)
    if not any(after):
        found.append("no_affiliation")
    return found


def of_line(given_name: str, family_name: str, *after: str) -> list[str]:
    """Return the kinds of flags that a name, and what stands `after` it, call for."""
    given, family, *more = map(plain, (given_name, family_name, *after))
    parts, found = {given, family, f"{given} {family}", f"{family} {given}", *more}, []
    if parts & JOKES or INSULTS & set(" ".join(parts).split()) or _has_one_letter_only(given, family):
        found.append("joke")
    if len(_scripts(given_name + family_name)) > 1:
        found.append("mixed_scripts")
    return found


def _has_one_letter_only(given: str, family: str) -> bool:
    """Whether one of the names is a letter three times or more (`aaa`, `xxxx`), or each is one letter (`x y`).

    In Chinese, say, many names are one letter each.
    """
    is_repeated = any(len(name) >= 3 and len(set(name)) == 1 for name in (given, family))
    return is_repeated or (max(len(given), len(family)) == 1 and (given + family).isascii())


def _scripts(name: str) -> set[str]:
    """Return the scripts of its letters, as Unicode names them."""
    return {script for letter in name if letter.isalpha() and (script := _script_of(letter))}


@lru_cache(1024)  # even a million names have few different letters
def _script_of(letter: str) -> str:
    word = unicodedata.name(letter, "")
    return next((script for script in SCRIPTS if word.startswith(script)), "")


def _asked_for(letter: Letter, kinds: list[str]) -> list[str]:
    """Drop `no_affiliation` if the form of this letter asks for none."""
    asks_neither = letter.asks_role == letter.asks_organisation == "absent"
    return [kind for kind in kinds if not (asks_neither and kind == "no_affiliation")]


def flag_reworded(signature: Signature) -> None:
    """Flag what its owner has reworded as if it were new, even if cleared before, in the caller's transaction."""
    there = {flag.kind: flag for flag in signature.flags}
    kinds = _asked_for(signature.letter, _of_words(signature)) + (["same_person"] if _has_namesake(signature) else [])
    for kind in kinds:
        if kind in there:
            there[kind].cleared_at = None
        else:
            signature.flags.append(Flag(letter_id=signature.letter_id, kind=kind))


def flag_new(letter: Letter, signature: Signature, crowded: Sequence[str]) -> None:
    """Flag a new signature, in the caller's transaction: by its words, and by how many came at once.

    `crowded`: the columns of BURST in which there are too many.
    """
    kinds = _asked_for(letter, _of_words(signature)) + (["network"] if signature.held_at else [])
    if kinds:
        its = {"letter_id": letter.id, "signature_id": signature.id}
        run(F.insert(), [{**its, "kind": kind} for kind in kinds])
    if crowded:
        moment = now()
        values = {"letter": letter.id, "since": moment - WINDOW, "moment": moment}
        places = {f"its_{column}": getattr(signature, column) for column in crowded}
        run(_flag_bursts(tuple(crowded), is_postgresql()), values | places)


def newest(column: str, *asked: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Ask this of those who signed since a moment from the same domain or network, up to BURST, the newest first.

    To be given `letter` (its id), `since`, and `its_domain` or `its_network_hash`. Ordered as in the index, and with a
    literal limit, or PostgreSQL reads the whole of a letter too young to have statistics:
    docs/decisions/0057-a-young-letter-has-no-statistics.md
    """
    same = S.c.letter_id == sa.bindparam("letter"), S.c[column] == sa.bindparam(f"its_{column}")
    recent = sa.select(*asked).where(*same, S.c.signed_at > sa.bindparam("since", type_=Moment))
    return recent.order_by(S.c.signed_at.desc()).limit(sa.literal_column(str(BURST[column])))


@cache
def _flag_bursts(columns: tuple[str, ...], on_postgresql: bool) -> sa.Insert:
    """Flag the newest of each domain or network, those that have no such flag yet.

    In the order of their ids: people of a burst flag each other at once, and would otherwise wait for each other. Whose
    row another transaction has locked is left to whoever signs next: it may be about to delete the row, or wait for our
    mailbox. A flag is cleared from the start if nobody has to look: organisers hid or held the signature, or its owner
    withdrew.
    """
    held_at = sa.case((S.c.held_at != S.c.signed_at, S.c.held_at))  # equal: held on arrival
    some = sa.union(*(sa.select(newest(column, S.c.id).subquery()) for column in columns))
    flagged = sa.exists().where(F.c.signature_id == S.c.id, F.c.kind == "burst")
    row = {
        "letter_id": sa.bindparam("letter", type_=F.c.letter_id.type),
        "signature_id": S.c.id,
        "kind": sa.literal("burst"),
        "created_at": sa.bindparam("moment", type_=Moment),
        "cleared_at": sa.func.coalesce(S.c.hidden_at, held_at, S.c.withdrawn_at),
    }
    new = sa.select(*row.values()).where(S.c.id.in_(some), ~flagged).order_by(S.c.id)
    free = new.with_for_update(read=True, key_share=True, of=S, skip_locked=True)
    return insert(F, on_postgresql).from_select([*row], free).on_conflict_do_nothing()


def flag_confirmed(signature: Signature) -> None:
    """Flag a name that already counts under this letter with another address, in the caller's transaction."""
    already = Flag.signature_id == signature.id, Flag.kind == "same_person"
    if _has_namesake(signature) and not there_is(*already):
        db.session.add(Flag(letter_id=signature.letter_id, signature_id=signature.id, kind="same_person"))


def _has_namesake(signature: Signature) -> bool:
    """Whether its name already counts under its letter with another address."""
    name = signature.sort_key.split("\x01")
    bare = "\x01".join(name[:2])  # without the part that tells accents and capitals apart
    theirs = {"number": signature.id, "mailbox_key": signature.mailbox_key or ""}  # "" differs from every key
    names = {"letter_id": signature.letter_id, "from": f"{bare}\x01", "to": f"{bare}\x02"}
    return run(NAMESAKE, names | theirs).first() is not None


def clear_flags(ids: Sequence[int], moment: datetime) -> None:
    """Clear the flags of these signatures, which the caller has locked: somebody decided about them."""
    theirs = Flag.signature_id.in_(ids), Flag.cleared_at.is_(None)
    db.session.execute(sa.update(Flag).where(*theirs).values(cleared_at=moment))


def restore_flags(ids: Sequence[int], moment: datetime, off_since: sa.ColumnElement[Any]) -> None:
    """Bring back the flags that `clear_flags` cleared at that moment; others stay cleared.

    `off_since`: the new `cleared_at` of each flag, if something else keeps it off the list; else NULL.
    """
    theirs = sa.update(Flag).where(Flag.signature_id.in_(ids), Flag.cleared_at == moment)
    db.session.execute(theirs.values(cleared_at=off_since), execution_options=UNREAD)
