"""From draft to closed: what readers see at each step, and the commands that take it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser
from tests.page import Reader
from tests.statements import counted
from tribune.database import db
from tribune.letters import actions, life
from tribune.letters.models import Version
from tribune.letters.rendering import TextTooLong

PUBLIC = ["", "/sign", "/check-inbox", "/signatories", "/signatories.csv"]


def shell(app: Flask, *words: str) -> tuple[int, str]:
    """The exit code of a command, and what it printed."""
    done = app.test_cli_runner().invoke(args=words)
    db.session.rollback()
    return done.exit_code, done.output


def test_publishing_twice_keeps_the_first_moment(app: Flask) -> None:
    letter = make_letter()
    moment = letter.published_at
    life.publish(letter)
    assert letter.published_at == moment


@ON_SQLITE
def test_a_closed_letter_is_read_and_no_more_signed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    fields = client.fields("/letters/rues/sign")
    life.close(letter)
    closed_at = letter.closed_at
    life.close(letter)
    assert letter.closed_at == closed_at and letter.state == "closed"
    for path in PUBLIC:
        assert client.get(f"/letters/rues{path}").status_code == 200
    assert client.post("/letters/rues/sign", data=fields).status_code == 403


def test_a_list_may_be_kept_off_the_web_as_a_file(client: Reader) -> None:
    make_letter(slug="rues", public_file=False)
    assert client.get("/letters/rues/signatories.csv").status_code == 404
    assert "signatories.csv" not in client.get("/letters/rues/signatories").text


def test_letters_of_one_title_have_addresses_of_their_own(app: Flask) -> None:
    titles = ["L’école, pour tous !", "L’école, pour tous !", "王", "x" * 300]
    slugs = [make_letter(title=title).slug for title in titles]
    assert slugs[:2] == ["l-ecole-pour-tous", "l-ecole-pour-tous-2"]
    assert len(set(slugs)) == 4 and all(len(slug) <= 80 for slug in slugs)
    with counted() as of_the_second:
        assert make_letter(title="x" * 300).slug.endswith("-2")
    with counted() as of_the_third:
        assert make_letter(title="L’école, pour tous !").slug == "l-ecole-pour-tous-3"
    assert len(of_the_third) == len(of_the_second)


def test_an_address_that_was_chosen_is_made_reachable(client: Reader) -> None:
    chosen = {"Rues": "rues", "l’été": "l-ete", "a b/c": "a-b-c", "../x": "x", "-": "letter", "a" * 90: "a" * 75}
    assert {slug: make_letter(slug=slug).slug for slug in chosen} == chosen
    assert all(client.get(f"/letters/{slug}").status_code == 200 for slug in chosen.values())


def test_a_letter_that_does_not_fit_leaves_nothing(app: Flask) -> None:
    organiser = make_organiser()
    make_letter(organiser, slug="rues")
    with pytest.raises(actions.SlugTaken):
        make_letter(organiser, slug="Rues")
    for name, longest in (("title", 300), ("authors", 300), ("addressee", 300), ("outlet", 100), ("outlet_url", 500)):
        with pytest.raises(actions.FieldTooLong) as refused:
            make_letter(organiser, **{name: "x" * (longest + 1)})
        assert (refused.value.name, refused.value.longest) == (name, longest)
    with pytest.raises(TextTooLong):
        make_letter(organiser, text="é" * 40_000)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Version)) == 1


def test_the_commands_publish_list_and_close(app: Flask) -> None:
    letter = make_letter(slug="rues", title="Des rues", published=False, contact="a@example.org")
    make_letter(slug="autre", title="Une autre")
    with counted() as said:
        assert shell(app, "letters", "list") == (0, "rues\tdraft\t0\tDes rues\nautre\tpublished\t0\tUne autre\n")
    assert len(said) == 1 and "versions_1.title" in said[0] and "versions_1.text" not in said[0]
    assert shell(app, "letters", "publish", "rues") == (0, "rues\n")
    assert letter.state == "published"
    assert shell(app, "letters", "close", "rues") == (0, "rues\n")
    assert letter.state == "closed"
    again = app.test_cli_runner().invoke(args=["letters", "publish", "rues"])
    assert again.stdout == "rues\n" and "is open again" in again.stderr
    db.session.rollback()
    assert letter.state == "published"


@ON_SQLITE
@pytest.mark.parametrize("command", ["publish", "close"])
def test_an_unknown_letter_is_an_error_in_a_sentence(app: Flask, command: str) -> None:
    code, output = shell(app, "letters", command, "inconnue")
    assert code == 1 and output.count("\n") == 1 and "inconnue" in output
