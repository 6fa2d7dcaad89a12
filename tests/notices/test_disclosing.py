"""What is withheld is listed, and what is no longer withheld is said to be read by readers only where they do."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_organiser, owner_of, posted
from tests.page import Reader
from tribune.letters.models import Letter
from tribune.notices import actions, withholding

pytestmark = ON_SQLITE

Typed = Callable[..., tuple[str, str]]


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues", title="Nos rues")
    make_correction(letter, title="Le maire vole", text="Le maire est un voleur.", reason="Le texte accuse enfin.")
    make_correction(letter, title="Nos rues", text="Un texte juste.", reason="Une phrase accusait.")
    return letter


@pytest.fixture
def typed(app: Flask) -> Typed:
    """What `flask letters …` prints, on its output and beside it."""

    def run(*words: str) -> tuple[str, str]:
        done = app.test_cli_runner().invoke(args=["letters", *words])
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    return run


def test_the_shell_lists_what_is_withheld_a_line_each(letter: Letter, typed: Typed) -> None:
    other = make_letter(slug="ponts")
    make_correction(other)
    assert typed("withheld") == ("", "")
    withholding.withhold(other, 1, "text", "Un juge\tl’a dit.\nIl fait appel.")
    withholding.withhold(letter, 3, "reason", "Le motif accuse.")
    withholding.withhold(letter, 2, "text", "Une phrase accuse.")
    assert typed("withheld") == (
        "rues\t2\ttext\tUne phrase accuse.\nrues\t3\treason\tLe motif accuse.\n"
        "ponts\t1\ttext\tUn juge l’a dit. Il fait appel.\n",
        "",
    )
    withholding.disclose(letter, 2)
    assert "rues\t2" not in typed("withheld")[0]


def test_under_a_letter_that_is_taken_down_nobody_is_told_that_readers_see_it(
    app: Flask, client: Reader, letter: Letter, typed: Typed
) -> None:
    withholding.withhold(letter, 2, "text", "Une phrase accuse.")
    withholding.withhold(letter, 1, "text", "Elle aussi.")
    said, beside = typed("disclose", "rues", "2")
    assert said == "rues\n" and "put-back" not in beside
    assert "Les lecteurs voient de nouveau la version 2" in (posted()[-1].text or "")
    assert f'href="http://localhost/manage/letters/{letter.id}">La tribune</a>' in (posted()[-1].html or "")
    withholding.withhold(letter, 2, "text", "Une phrase accuse.")
    actions.take_down(letter, "Tout est à revoir.")
    said, beside = typed("disclose", "rues", "2")
    assert said == "rues\n" and "put-back" in beside
    told = (posted()[-1].text or "").replace("\n", " ")
    assert "n’est plus masquée" in (posted()[-1].subject or "")
    assert "ni le motif" in told and "une fois la tribune remise en ligne" in told and "de nouveau" not in told
    app.config["ADMINISTRATORS"] = ["admin@example.org"]
    client.log_in(make_organiser(email="admin@example.org"))
    page = "/manage/site/versions"
    client.post(f"{page}/disclose", data={**client.fields(page), "slug": "rues", "number": "1"})
    flashed = client.get(f"{page}?lang=fr").text
    assert "une fois la tribune remise en ligne" in flashed and "Les lecteurs voient de nouveau" not in flashed
    told = (posted()[-1].text or "").replace("\n", " ")
    assert "ne masque plus la version 1" in told and "motif" not in told and "de nouveau" not in told
    client.log_in(owner_of(letter))
    log = client.get(f"/manage/letters/{letter.id}/log?lang=en").text
    assert log.count("No longer withholds version 2 from readers.") == 2 and "again" not in log
