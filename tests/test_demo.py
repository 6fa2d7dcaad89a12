"""Made-up signatures for trying and measuring: exactly as many as asked, and never in production."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.factories import make_letter
from tests.page import Reader
from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.signatures.actions import recount
from tribune.signatures.models import Signature

MakeApp = Callable[..., Flask]


@pytest.fixture
def playground(make_app: MakeApp) -> Flask:
    """The site in development."""
    return make_app(DEVELOPMENT=True)


def fill(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["demo", "fill", *words])


def letter(slug: str) -> Letter:
    db.session.rollback()
    found = letter_by_slug(slug)
    assert found is not None
    return found


@pytest.mark.parametrize("number", ["1", "123", "5001"])
def test_a_new_published_letter_gets_exactly_as_many(playground: Flask, number: str) -> None:
    with playground.app_context():
        done = fill(playground, "--signatures", number)
        assert done.exit_code == 0
        made = letter(done.stdout.splitlines()[-1])
        assert made.is_open and made.confirmed_count == int(number)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == int(number)
        assert recount(made) == (0, 0)


def test_they_are_added_to_the_letter_that_is_named(playground: Flask) -> None:
    with playground.app_context():
        make_letter(slug="rues")
        for _ in range(2):
            assert fill(playground, "--signatures", "30", "--letter", "rues").stdout == "rues\n"
        assert letter("rues").confirmed_count == 60


def test_they_are_listed_as_people_are_and_have_no_address(playground: Flask) -> None:
    with playground.app_context():
        slug = fill(playground, "--signatures", "150").stdout.strip()
        reader = playground.test_client()
        assert isinstance(reader, Reader)
        assert reader.get(f"/letters/{slug}/signatories").status_code == 200
        assert "150 signatures confirmées" in reader.get(f"/letters/{slug}").text.replace("\u00a0", " ")
        assert db.session.scalars(sa.select(Signature.email).distinct()).all() == [None]


def test_in_production_it_refuses(app: Flask) -> None:
    make_letter(slug="rues")
    for words in (["fill", "--signatures", "5", "--letter", "rues"], ["run"]):
        done = app.test_cli_runner().invoke(args=["demo", *words])
        assert (done.exit_code, done.stdout) == (1, "") and "development only" in done.stderr
    assert letter("rues").confirmed_count == 0


@pytest.mark.parametrize(("words", "code"), [(["--signatures", "0"], 2), ([], 2), (["--signatures", "x"], 2)])
def test_wrong_usage_is_two(playground: Flask, words: list[str], code: int) -> None:
    assert fill(playground, *words).exit_code == code


def test_a_letter_that_is_not_there_is_said_so(playground: Flask) -> None:
    done = fill(playground, "--signatures", "5", "--letter", "nothing")
    assert (done.exit_code, done.stdout) == (1, "") and "flask letters list" in done.stderr
