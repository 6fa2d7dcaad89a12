"""Questions about letters."""

import time
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session, aliased, joinedload, lazyload

from tribune.database import db, is_postgresql, now, reading, run
from tribune.letters.models import WORDS, Addendum, Letter, Version
from tribune.letters.rendering import plain
from tribune.organisers.models import Organiser
from tribune.statements import the_one, there_is
from tribune.teams.models import Membership, Role

ON_THE_FRONT_PAGE = 50
LATELY = 1  # seconds
LETTERS = 1  # first key of the advisory locks of letters on PostgreSQL; the second is the letter's id
# Built once, because every signature uses them.
BY_SLUG = sa.select(Letter).where(Letter.slug == sa.bindparam("slug"))
ASKING = sa.select(sa.func.coalesce(sa.func.max(Version.number), 0)).where(Version.asks_again)
_letter = sa.bindparam("letter", type_=sa.Integer)
ADDENDA = sa.select(Addendum).where(Addendum.letter_id == sa.bindparam("letter")).order_by(Addendum.id)
# The shared lock also asks for generic plans: the statistics of a young letter say that it has almost no signatures.
SHARED = sa.select(
    sa.func.pg_advisory_xact_lock_shared(LETTERS, _letter),
    sa.func.set_config("plan_cache_mode", "force_generic_plan", True),
)
ALONE = sa.select(sa.func.pg_advisory_xact_lock(LETTERS, _letter))


def published_letter(slug: str) -> Letter | None:
    """Return the letter that readers see at this address, open or closed; None for any other."""
    letter = letter_by_slug(slug)
    return letter if letter is not None and letter.is_readable else None


def lately_open_letter(slug: str) -> Letter | None:
    """Return the letter at this address if it takes signatures, at most LATELY seconds old and in no session.

    Only to check a submitted form: the transaction that writes reads the letter itself, and pages read it again.
    """
    known: dict[str, tuple[float, Letter]] = current_app.extensions.get("tribune_letters", {})
    read_at, letter = known.get(slug, (0.0, None))
    moment = time.monotonic()
    if letter is None or moment - read_at > LATELY:
        with Session(reading()) as apart:
            letter = apart.scalars(BY_SLUG, {"slug": slug}).first()
        known = {other: kept for other, kept in known.items() if moment - kept[0] <= LATELY and other != slug}
        current_app.extensions["tribune_letters"] = known | ({slug: (moment, letter)} if letter else {})
    return letter if letter is not None and letter.is_open else None


def addenda_of(letter: Letter) -> Sequence[Addendum]:
    """Return what was added to the letter after people signed, oldest first."""
    return db.session.scalars(ADDENDA, {"letter": letter.id}).all()


def published_letters(after: str) -> tuple[Sequence[Letter], str]:
    """Return ON_THE_FRONT_PAGE published letters, newest first, and the slug of the last if there are more, else "".

    Of the version only title and standfirst are loaded.
    `after`: the slug of the last letter of the page before; one that readers do not see leads to the first page.
    """
    seen = Letter.published_at <= now(), Letter.taken_down_at.is_(None)
    place = sa.tuple_(Letter.published_at, Letter.id)
    told = joinedload(Letter.version).load_only(Version.title, Version.standfirst), lazyload(Letter.image)
    query = sa.select(Letter).where(*seen).order_by(Letter.published_at.desc(), Letter.id.desc()).options(*told)
    if last := db.session.scalars(BY_SLUG.where(*seen), {"slug": after}).first() if after else None:
        query = query.where(place < sa.tuple_(sa.literal(last.published_at, Letter.published_at.type), last.id))
    found = db.session.scalars(query.limit(ON_THE_FRONT_PAGE + 1)).all()
    shown = found[:ON_THE_FRONT_PAGE]
    return shown, shown[-1].slug if len(found) > len(shown) else ""


def taken_down_letters() -> Sequence[Letter]:
    """Return the letters that whoever runs the site has taken down, the latest first."""
    query = sa.select(Letter).where(Letter.taken_down_at.is_not(None))
    return db.session.scalars(query.order_by(Letter.taken_down_at.desc(), Letter.id)).all()


def withheld_versions() -> Sequence[tuple[Letter, Version]]:
    """Return the versions of which whoever runs the site withholds anything, with their letters."""
    query = sa.select(Letter, Version).join(Version, Version.letter_id == Letter.id).where(Version.withheld != "")
    return [(letter, version) for letter, version in db.session.execute(query.order_by(Letter.id, Version.number))]


def letter_by_slug(slug: str) -> Letter | None:
    """Return any letter, also a draft; callers that serve readers check `is_readable`."""
    return db.session.scalars(BY_SLUG, {"slug": slug}).first()


def titled(*which: sa.ColumnElement[bool]) -> Sequence[Letter]:
    """Return the letters that meet these conditions, newest first; of the version only the title is loaded."""
    named = joinedload(Letter.version).load_only(Version.title), lazyload(Letter.image)
    return db.session.scalars(sa.select(Letter).where(*which).options(*named).order_by(Letter.id.desc())).all()


def letters_nobody_can_edit(*which: sa.ColumnElement[bool]) -> Sequence[Letter]:
    """Return the letters that meet these conditions and that nobody can change: every owner and editor is blocked."""
    editors = [role for role in Role if role.reaches(Role.EDITOR)]
    able = Membership.role.in_(editors), Organiser.blocked_at.is_(None)
    in_hands = sa.select(Membership.team_id).join(Organiser).where(*able)
    # Few teams have a blocked member: asked first, for the rest is asked of each letter.
    concerned = sa.select(Membership.team_id).join(Organiser).where(Organiser.blocked_at.is_not(None))
    teams = Letter.team_id.in_(concerned), Letter.team_id.not_in(in_hands)
    return db.session.scalars(sa.select(Letter).where(*teams, *which).order_by(Letter.id)).all()


def is_frozen(letter: Letter) -> bool:
    """Whether anybody has confirmed a signature under any version, even if withdrawn since."""
    return there_is(Version.letter_id == letter.id, Version.frozen_at.is_not(None))


def is_signed(letter: Letter) -> bool:
    """Whether anybody has signed any version, even if withdrawn since; attested people count once it is published."""
    shown = letter.is_published and letter.attested_count + letter.confirmed_count > 0
    return shown or there_is(Version.letter_id == letter.id, Version.signed_at.is_not(None))


def asking_number(letter: Letter, before: int | None = None) -> int:
    """Return the number of the last version (below `before`) that changed the text in substance; 0 if there is none.

    Which versions have to be agreed to again: `earlier_words`.
    """
    some = [] if before is None else [Version.number < before]
    return db.session.scalar(ASKING.where(Version.letter_id == letter.id, *some)) or 0


def earlier_words(letter_id: sa.ColumnElement[int] | int) -> sa.Select[int]:
    """Select the numbers of the versions whose signatories have to agree to the present text.

    Those before the last change in substance, except versions whose exact words came back with it or later.
    """
    earlier, later = aliased(Version), aliased(Version)
    # Correlated explicitly: inside `back` it would otherwise span all letters.
    asking = ASKING.where(Version.letter_id == earlier.letter_id).correlate(earlier).scalar_subquery()
    same = (getattr(later, name) == getattr(earlier, name) for name in WORDS)
    back = sa.exists().where(later.letter_id == earlier.letter_id, later.number >= asking, *same)
    return sa.select(earlier.number).where(earlier.letter_id == letter_id, earlier.number < asking, ~back)


def stands_under(letter: Letter, number: int) -> bool:
    """Whether this version has the substance of the present text, so that its signatures count."""
    return number not in db.session.scalars(earlier_words(letter.id)).all()


def said_before(letter: Letter, words: Mapping[str, str], number: int) -> tuple[int, bool]:
    """Return the last version below `number` with exactly these words (0: none), and whether any such was signed."""
    same = (getattr(Version, name) == words[name] for name in WORDS)
    last = sa.func.coalesce(sa.func.max(Version.number), 0), sa.func.count(Version.signed_at) > 0
    query = sa.select(*last).where(Version.letter_id == letter.id, Version.number < number, *same)
    said, signed = db.session.execute(query).one()
    return said, bool(signed)


def title_of(letter: Letter, number: int) -> str:
    """Return the title of one of its versions, even if it is withheld: for what is held about a signatory."""
    query = sa.select(Version.title).where(Version.letter_id == letter.id, Version.number == number)
    return db.session.scalars(query).one()


def told_title(letter: Letter, number: int) -> str:
    """Return the title of one of its versions for pages and mails; if its text is withheld, the present title."""
    query = sa.select(Version.title, Version.withheld).where(Version.letter_id == letter.id, Version.number == number)
    title, withheld = db.session.execute(query).one()
    return letter.version.title if withheld == "text" else title


def missing(letter: Letter) -> list[str]:
    """Return what it lacks before it can be published: field names, in the order of the page.

    The text counts as it is rendered: one that is only a picture is empty.
    """
    needed = {
        "title": letter.version.title,
        "text": plain(letter.version.text),
        "controller": letter.controller,
        "contact": letter.contact,
    }
    return [name for name, value in needed.items() if not value.strip()]


def shown_as(letter: Letter) -> str:
    """Return a token of the letter and its moment of publication, by which the publish page notices changes.

    First signatories are left out: they join while the page is open.
    """
    return f"{letter.revision} {letter.published_at or ''}"


def letter_of_preview(letter_id: int, nonce: str) -> Letter | None:
    """Return the letter of this private link; None once the link is replaced or revoked, or the letter taken down."""
    this = Letter.id == letter_id, Letter.preview_nonce == nonce, Letter.preview_nonce.is_not(None)
    return the_one(Letter, *this, Letter.taken_down_at.is_(None))


def lock(letter: Letter, *, shared: bool = False) -> None:
    """Lock a letter until the transaction ends, exclusively or `shared`, and expire everything read before.

    Whoever changes a text or closes a letter waits for those who are signing it, and they for them. (On SQLite one
    writes at a time.) Before anything else of the letter is locked: docs/architecture.md, "Lock order". What was
    read of other rows is forgotten too.
    """
    (number,) = sa.inspect(letter).identity or (letter.id,)  # reading `letter.id` could cost a query
    # Advisory locks queue: with a row lock, those who sign would keep overtaking whoever waits to be alone.
    if is_postgresql():
        run(SHARED if shared else ALONE, {"letter": number})
    if not shared:  # this keeps out those who confirm
        db.session.execute(sa.select(Letter.id).where(Letter.id == number).with_for_update(key_share=True))
    db.session.expire_all()


def all_letters() -> Sequence[Letter]:
    """Return every letter of the site, oldest first, as `titled`: for the shell."""
    return titled()[::-1]
