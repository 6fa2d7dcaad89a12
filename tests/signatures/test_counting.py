"""The public numbers: what they count, and the command that holds them against the rows."""

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, everything, latest_signature, make_letter, make_signature
from tests.page import Reader
from tests.statements import counted
from tribune import tokens
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.signatures.counting import drifted, recount


def shell(app: Flask, *words: str) -> tuple[int, str]:
    """The exit code of a command, and what it printed."""
    done = app.test_cli_runner().invoke(args=words)
    db.session.rollback()
    return done.exit_code, done.output


def spoil(letter: Letter, confirmed: int, attested: int) -> None:
    letter.confirmed_count, letter.attested_count = confirmed, attested
    db.session.commit()


def test_who_is_counted_without_being_shown_counts(client: Reader) -> None:
    make_letter(slug="rues", first="Léa Martin et Zoé Roux, maires")
    client.sign("rues", publish="")
    client.post(confirm_path(latest_signature()))
    page = client.get("/letters/rues").text
    assert "1 signature confirmée" in page and "2\u00a0attestées par les organisateurs" in page


@ON_SQLITE
def test_a_number_is_marked_as_kept_up_to_date_where_the_script_is(client: Reader) -> None:
    letter = make_letter(slug="rues", preview_nonce="a")
    preview = "/letters/preview/" + tokens.issue(tokens.Purpose.PREVIEW, (letter.id, "a"))
    confirmed = confirm_path(make_signature(letter))
    pages = {path: client.get(path).text for path in ("/letters/rues", "/letters/rues/signatories", preview, confirmed)}
    assert all("1 signature confirmée" in page for page in pages.values())
    assert [path for path, page in pages.items() if "/count.js" in page] == ["/letters/rues"]
    for mark in ("data-count-from=", 'data-count="words"', 'data-count="also"', 'data-count="short"'):
        assert [path for path, page in pages.items() if mark in page] == ["/letters/rues"], mark


def test_only_confirming_changes_the_count(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    client.get(confirm_path(latest_signature()))
    assert letter.confirmed_count == 0
    client.post(confirm_path(latest_signature()))
    assert letter.confirmed_count == 1


def test_recount_says_that_counters_are_right(app: Flask) -> None:
    letter = make_letter(slug="rues", first="Léa Martin\nBruno Humbert")
    make_signature(letter)
    make_signature(letter, confirmed=False)
    make_letter(slug="vide")
    with counted() as said:  # of all letters at once
        assert shell(app, "signatures", "recount") == (0, "rues\tright\nvide\tright\n")
    assert len(said) == 1, said


def test_recount_tells_the_drift_and_repairs_only_when_asked(app: Flask) -> None:
    letter = make_letter(slug="rues", first="Léa Martin\nBruno Humbert")
    make_signature(letter)
    spoil(letter, confirmed=4, attested=1)
    before = everything()
    code, output = shell(app, "signatures", "recount")
    assert code == 1 and "rues\toff by +3 confirmed, -1 attested\n" in output and "--repair" in output
    assert everything() == before
    code, output = shell(app, "signatures", "recount", "--repair")
    assert code == 0 and "(repaired)" in output
    assert (letter.confirmed_count, letter.attested_count) == (1, 2)
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")


def test_whichever_of_the_two_differs_its_letter_is_named(app: Flask) -> None:
    for slug, confirmed, attested in (("right", 0, 0), ("confirmed", 1, 0), ("attested", 0, 1)):
        spoil(make_letter(slug=slug), confirmed, attested)
    assert drifted() == ["confirmed", "attested"]


def test_recount_of_one_letter_leaves_the_others_alone(app: Flask) -> None:
    right, wrong = make_letter(slug="juste"), make_letter(slug="faux")
    spoil(wrong, confirmed=7, attested=0)
    assert shell(app, "signatures", "recount", "juste", "--repair") == (0, "juste\tright\n")
    assert shell(app, "signatures", "recount", "faux")[0] == 1
    assert (right.confirmed_count, wrong.confirmed_count) == (0, 7)


@ON_SQLITE
def test_recount_of_an_unknown_letter_is_an_error_in_a_sentence(app: Flask) -> None:
    code, output = shell(app, "signatures", "recount", "inconnue")
    assert code == 1 and output.count("\n") == 1 and "inconnue" in output


def test_held_and_pending_do_not_count_hidden_and_anonymised_do(app: Flask) -> None:
    letter = make_letter()
    held, hidden, anonymised = (make_signature(letter) for _ in range(3))
    make_signature(letter, confirmed=False)
    held.held_at, held.counted_at, hidden.hidden_at = now(), None, now()
    anonymised.email, anonymised.mailbox_key = None, None
    spoil(letter, confirmed=2, attested=0)
    assert recount(letter) == (0, 0)


def test_the_counter_moves_with_the_row_or_not_at_all(client: Reader) -> None:
    letter = make_letter(slug="rues")
    link = confirm_path(make_signature(letter, confirmed=False))
    db.session.execute(sa.text("ALTER TABLE letters RENAME COLUMN confirmed_count TO gone"))
    db.session.commit()
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.post(link).status_code >= 500
    db.session.execute(sa.text("ALTER TABLE letters RENAME COLUMN gone TO confirmed_count"))
    db.session.commit()
    assert recount(letter) == (0, 0) and letter.confirmed_count == 0
