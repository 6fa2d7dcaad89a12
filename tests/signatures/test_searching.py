"""Searching among many: the index of trigrams follows every change of a row, and forgets with it."""

from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, owner_of
from tests.shell import shell
from tests.traces import in_the_files, someone
from tribune.database import db, is_postgresql, now, write
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.mine.erasing import erase
from tribune.moderation.actions import advance, start, undo
from tribune.moderation.filters import Filter
from tribune.moderation.queries import table_page
from tribune.organisations import actions as organisations
from tribune.people.actions import correct, shown_as, words_of
from tribune.signatures.actions import confirm
from tribune.signatures.listing import signatories
from tribune.signatures.models import Signature
from tribune.signatures.trigrams import FOR_GOOD, indexed, pieces


def found(letter: Letter, q: str, **asked: str) -> list[str]:
    return [s.family_name for s in signatories(letter, q=q, **asked).signatures]


AS_TYPED = {
    ("حسینی\u200cنژاد",): ("حسینی\u200cنژاد", "حسینینژاد", "حسینی نژاد"),
    ("رضا زاده",): ("رضا\u200cزاده", "زاده"),
    ("චන්ද්\u200dරසේකර",): ("චන්ද්\u200dරසේකර", "චන්ද්රසේකර"),
    ("ʻĪao-Keʻala",): ("ʻīao", "iao", "keʻala", "ke'ala", "ke’ala", "keʼala", "keala"),
    ("Лук’яненко", "Лукʼяненко"): ("лукʼяненко", "лук'яненко", "лукяненко"),
    ("Col·lell",): ("col·lell", "col.lell", "collell"),
}
VOCABULARY = "CREATE VIRTUAL TABLE temp.pieces USING fts5vocab(main, signatures_trigrams, instance)"


def is_in_step() -> bool:
    """Whether the index of SQLite holds every piece of the keys of those who signed for good, and no other."""
    if is_postgresql():
        return True
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.execute(sa.text(VOCABULARY))
        indexed = connection.execute(sa.text("SELECT term, doc FROM pieces")).all()
        connection.execute(sa.text("DROP TABLE temp.pieces"))
    keys = db.session.execute(sa.select(Signature.id, Signature.search_key).where(sa.text(FOR_GOOD))).all()
    pieces = {(key[start : start + 3], number) for number, key in keys for start in range(len(key) - 2)}
    return len(indexed) == len(pieces) and {(term, number) for term, number in indexed} == pieces


def test_a_search_follows_what_becomes_of_a_signature(app: Flask) -> None:
    letter = make_letter()
    owner, one = owner_of(letter), make_signature(letter, family_name="Quatrebarbes", organisation="CNRS Lyon")
    number, nonce = one.id, one.link_nonce
    make_signature(letter, family_name="Autre", organisation="CNRS")
    correct(
        one, by=owner, words={**words_of(one), "family_name": "Œillères"}, reason="Typed badly", seen_as=shown_as(one)
    )
    assert (found(letter, "quatreb"), found(letter, "oeill")) == ([], ["Œillères"])
    batch = start(letter, by=owner, verb="hide", choice={"ids": [number]}, reason="A test", tells=False)
    advance(batch, 60)
    assert found(letter, "oeill") == []
    undo(batch, by=owner)
    assert found(letter, "oeill") == ["Œillères"]
    organisations.merge(letter, ["cnrs", "cnrs lyon"], "Centre national", owner)
    assert found(letter, "national") == found(letter, "cnrs") == ["Autre", "Œillères"]
    mine.withdraw(number, nonce)
    assert found(letter, "oeill") == []
    mine.come_back(number, nonce)
    assert found(letter, "oeill") == ["Œillères"] and is_in_step()
    erase(number, nonce)
    assert found(letter, "oeill") == [] and found(letter, "national") == ["Autre"] and is_in_step()


def test_an_apostrophe_may_be_typed_or_left_out(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, family_name="O’Brien", organisation="L'Atelier")
    make_signature(letter, family_name="Obrien", organisation="Autre")
    for q in ("obrien", "OBRI", "o'brien", "O’Brien"):
        assert sorted(found(letter, q)) == ["Obrien", "O’Brien"]
    assert found(letter, "latelier") == found(letter, "l’atelier obrien") == ["O’Brien"]
    organisations.merge(letter, ["l atelier", "autre"], "Gens d’images", owner_of(letter))
    assert sorted(found(letter, "dimages")) == ["Obrien", "O’Brien"]


def test_a_name_is_found_however_what_parts_its_letters_is_typed(app: Flask) -> None:
    letter = make_letter()
    for names, typed in AS_TYPED.items():
        for name in names:
            make_signature(letter, family_name=name)
        assert [q for q in typed if sorted(found(letter, q)) != sorted(names)] == []


def test_names_are_told_apart_by_the_marks_of_their_spelling(app: Flask) -> None:
    letter = make_letter()
    names = ("ガガリン", "カカリン", "शिव", "शव", "เสื้อ", "เสือ")
    for name in names:
        make_signature(letter, family_name=name)
    assert [found(letter, name) for name in names] == [[name] for name in names]
    assert found(letter, "ｶﾞｶﾞ") == ["ガガリン"] and found(letter, "शि") == ["शिव"]


def test_the_index_knows_who_confirmed_or_is_answered_for_and_nobody_who_waits(app: Flask) -> None:
    letter = make_letter()
    waits = make_signature(letter, family_name="Quatrebarbes", confirmed=False)
    assert is_in_step() and pieces_found("atreba") == []
    confirm(waits.id, waits.link_nonce)
    attested = make_signature(letter, family_name="Trebarbe", confirmed=False, attested_at=now(), counted_at=now())
    assert is_in_step() and pieces_found("rebar") == [waits.id, attested.id]
    # A text that changes in substance counts nobody, and forgets nobody.
    with write() as session:
        session.execute(sa.update(Signature).values(counted_at=None))
    assert is_in_step() and pieces_found("rebar") == [waits.id, attested.id]
    with write() as session:
        session.execute(sa.update(Signature).values(attested_at=None, search_key="other words"))
    assert is_in_step() and pieces_found("rebar") == [] and pieces_found("words") == [waits.id]
    with write() as session:
        session.execute(sa.delete(Signature))
    assert is_in_step() and pieces_found("words") == []


def test_several_rows_that_change_at_once_and_keep_some_pieces_are_all_found(app: Flask) -> None:
    letter = make_letter()
    people = [
        make_signature(letter, family_name=name, organisation="UDL") for name in ("Lillemont", "Evrard", "Durand")
    ]
    numbers = [person.id for person in people]
    organisations.merge(letter, ["udl"], "Université de Lille", owner_of(letter))
    assert is_in_step() and pieces_found("lille") == numbers
    organisations.undo(letter, "udl", owner_of(letter))
    assert is_in_step() and pieces_found("lille") == numbers[:1]
    with write() as session:  # one changes and keeps a piece that another takes along
        session.execute(sa.update(Signature).where(Signature.id == numbers[0]).values(search_key="zoe lilas"))
        session.execute(sa.delete(Signature).where(Signature.id == numbers[2]))
    assert is_in_step()


@ON_SQLITE
@pytest.mark.parametrize("seed", range(4))
def test_the_index_stays_in_step_whatever_one_transaction_does(app: Flask, seed: int) -> None:
    random, letter = Random(seed), make_letter()
    names = ["abc abcd", "abcde", "xabc", "bcd abc", "cdef"]
    for name in names * 2:
        make_signature(letter, family_name=name)
    for _ in range(15):
        with write() as session:
            for _ in range(random.randint(1, 4)):
                some = Signature.id % random.randint(1, 4) == 0
                key = random.choice([*names, Signature.search_key + random.choice([" abcx", " zzz"])])
                moment = random.choice([None, now()])
                change = random.choice(["search_key", "confirmed_at", "both", "delete"])
                values = {"search_key": key} if change != "confirmed_at" else {}
                if change in {"confirmed_at", "both"}:
                    values |= {"confirmed_at": moment, "mailbox_key": None}
                if change == "delete":
                    session.execute(sa.delete(Signature).where(some, Signature.id % 5 == random.randrange(5)))
                else:
                    session.execute(sa.update(Signature).where(some).values(values))
        assert is_in_step()


def pieces_found(words: str) -> list[int]:
    query = indexed(sa.select(Signature.id), is_postgresql())
    return sorted(db.session.scalars(query, {"pieces": pieces(words)}))


def test_a_backup_that_is_restored_is_searched(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    make_signature(letter, family_name="Quatrebarbes")
    assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 0, said
    letter = db.session.scalars(sa.select(Letter)).one()
    assert found(letter, "atreba") == ["Quatrebarbes"] and is_in_step()


SHORT = {"q": ["Quy", "Qi"], "qi": ["Qi"], "q quy": ["Quy"], "zo quy": ["Quy"], "quz": [], "ai": []}
SIGNS = ["%", "_", "%%%", "___", "-", "🌱"]  # of a pattern or a query, or of nothing: they ask nothing
ONE = ['"quy', "quy*", "{quy}", "'quy'", "q_y"]
NOBODY = ["quy OR qi", "NEAR(quy", "qu%x", "qu\\x"]  # each of its words must be there


def test_words_shorter_than_a_trigram_are_found_too(app: Flask) -> None:
    letter = make_letter()
    for family_name in ("Qi", "Quy"):
        make_signature(letter, given_name="Zoé", family_name=family_name)
    assert {q: found(letter, q) for q in SHORT} == SHORT


def test_an_acronym_is_found_as_it_stands_and_not_wherever_its_letters_are(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, family_name="Dedans", organisation="C. N. R. S.")
    make_signature(letter, family_name="Dehors", role="chercheuse", organisation="Ministère")
    for q in ("C.N.R.S.", "c n r s", "zoé C.N.R.S"):
        assert found(letter, q) == ["Dedans"], q
        assert [s.family_name for s in table_page(letter, Filter(q=q)).signatures] == ["Dedans"], q
    assert found(letter, "n r") == ["Dehors", "Dedans"]  # as two initials may be of any names


def test_no_sign_is_more_than_a_sign(app: Flask) -> None:
    letter = make_letter()
    for family_name in ("Qi", "Quy", "Or"):
        make_signature(letter, given_name="Zoé", family_name=family_name)
    for q in (*SIGNS, *ONE, *NOBODY):
        assert found(letter, q) == (["Or", "Quy", "Qi"] if q in SIGNS else ["Quy"] if q in ONE else []), q


@ON_SQLITE
def test_the_index_forgets_in_the_raw_file_too(app: Flask) -> None:
    letter = make_letter()
    for family_name in ("Aubry", "Zola"):
        make_signature(letter, family_name=family_name)
    signature = someone(letter, family_name="Жзюжзю")  # no random key of another row is spelled with these
    number, nonce = signature.id, signature.link_nonce
    pieces = [piece.encode() for piece in ("жзю", "зюж", "южз")]
    assert in_the_files(*pieces)
    erase(number, nonce)
    assert not in_the_files(*pieces)


@ON_SQLITE
def test_a_sqlite_without_the_index_searches_as_well(app: Flask) -> None:
    letter = make_letter()
    with write() as session:
        for name in ("added", "signed", "unsigned", "changed", "deleted"):
            session.execute(sa.text(f"DROP TRIGGER signatures_trigrams_{name}"))
        session.execute(sa.text("DROP TABLE signatures_trigrams"))
    make_signature(letter, family_name="Quatrebarbes")
    assert pieces("atreba") is None
    assert found(letter, "atreba") == ["Quatrebarbes"]
