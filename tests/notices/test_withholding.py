"""Words of an earlier version that whoever runs the site withholds: gone for readers, kept, and shown again whole."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    make_correction,
    make_letter,
    make_member,
    make_organiser,
    owner_of,
    posted,
)
from tests.page import Reader
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.history.queries import versions_of
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.notices import withholding
from tribune.teams.models import Role

PATH = "/letters/rues/versions"
UNLAWFUL = ("Le maire vole", "Le maire est un voleur", "Ceux qu’il vole", "Le texte accuse", "Une phrase accusait")
WHY = "Une phrase accuse quelqu’un.\nUn juge l’a dit."


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter of three versions: the second accuses somebody, and so does the reason given for it."""
    letter = make_letter(slug="rues", title="Nos rues", text="Un texte.")
    accusing = {"title": "Le maire vole", "text": "Le maire est un voleur.", "authors": "Ceux qu'il vole"}
    make_correction(letter, reason="Le texte accuse enfin.", substance=True, **accusing)
    make_correction(
        letter, title="Nos rues", text="Un texte juste.", authors="", reason="Une phrase accusait.", substance=True
    )
    return letter


def words_at(client: Reader, path: str) -> set[str]:
    page = client.get(path).text
    return {words for words in UNLAWFUL if words in page}


@ON_SQLITE
def test_readers_find_its_words_at_no_address_and_that_it_was_there(client: Reader, letter: Letter) -> None:
    before = {path: client.get(f"{PATH}{path}") for path in ("", "/1", "/2", "/2/changes", "/3", "/3/changes")}
    assert {words for page in before.values() for words in UNLAWFUL if words in page.text} == set(UNLAWFUL)
    withholding.withhold(letter, 2, "text", WHY)
    for path, was in before.items():
        answer = client.get(f"{PATH}{path}")
        gone = path in ("/2", "/2/changes", "/3/changes")
        assert answer.status_code == (410 if gone else 200), path
        assert words_at(client, f"{PATH}{path}") <= {"Une phrase accusait"}, path  # said of the third
        assert ("no-store" if gone else "public") in answer.headers["Cache-Control"], path
        assert was.status_code == 200
    history = client.get(f"{PATH}?lang=en").text
    assert "Whoever runs this site has withheld this text and the reason given for it." in history
    assert "/changes" not in history and f'href="{PATH}/2?lang=en"' in history
    page = client.get(f"{PATH}/2?lang=en").text
    assert "Version 2 of 3" in page and "This text is withheld" in page
    assert "whoever runs this site has withheld one" in client.get(f"{PATH}/3/changes?lang=en").text
    assert client.get("/letters/rues").status_code == 200


def test_who_kept_a_pdf_can_tell_that_these_were_the_words(client: Reader, letter: Letter) -> None:
    withholding.withhold(letter, 2, "text", WHY)
    [withheld] = [version for version in versions_of(letter) if version.number == 2]
    assert f"<code>{withheld.whole_digest}</code>" in client.get(f"{PATH}/2").text
    withholding.disclose(letter, 2)
    assert "SHA-256" not in client.get(f"{PATH}/2").text


@ON_SQLITE
def test_the_reason_alone_is_withheld_also_of_the_text_today(client: Reader, letter: Letter) -> None:
    withholding.withhold(letter, 3, "reason", WHY)
    for path in ("", "/3", "/3/changes"):
        assert client.get(f"{PATH}{path}").status_code == 200
        assert "Une phrase accusait" not in client.get(f"{PATH}{path}").text
    said = "Whoever runs this site has withheld the reason given for this text."
    assert said in client.get(f"{PATH}?lang=en").text and said in client.get(f"{PATH}/3/changes?lang=en").text
    assert "Un texte juste." in client.get(f"{PATH}/3/changes").text.replace("\N{NO-BREAK SPACE}", " ")


def test_its_owners_are_mailed_why_and_its_log_keeps_it(app: Flask, client: Reader, letter: Letter) -> None:
    app.config["OPERATOR_CONTACT"] = "operator@example.org"
    make_member(letter, Role.EDITOR)
    withholding.withhold(letter, 2, "text", WHY)
    [mail] = posted()
    assert (mail.recipient, mail.reply_to) == (owner_of(letter).email, "operator@example.org")
    assert (mail.subject or "").endswith("Nos rues") and "Un juge l’a dit." in (mail.text or "")
    assert not any(words in (mail.text or "") for words in UNLAWFUL)
    assert "ni le motif que vous aviez donné" in (mail.text or "").replace("\n", " ")
    withholding.disclose(letter, 2)
    told = (posted()[-1].text or "").replace("\n", " ")
    assert "avec le motif que vous aviez donné" in told and "juge" not in told
    assert words_at(client, f"{PATH}/2/changes") == set(UNLAWFUL[:4])
    [again] = [version for version in versions_of(letter) if version.number == 2]
    assert (again.withheld, again.withheld_for) == ("", "")
    withholding.withhold(letter, 2, "reason", "Le motif accuse aussi.")
    assert client.get(f"{PATH}/2").status_code == 200 and "Le texte accuse" not in client.get(PATH).text
    verbs = db.session.scalars(sa.select(Event.verb).order_by(Event.id.desc()).limit(3)).all()
    assert verbs == [Verb.VERSION_WITHHELD, Verb.VERSION_DISCLOSED, Verb.VERSION_WITHHELD]
    client.log_in(owner_of(letter))
    log = client.get(f"/manage/letters/{letter.id}/log?lang=en").text
    for sentence in (
        "Withheld from readers the text of version 2, and any reason given for it.",
        "Withheld from readers the reason given for version 2.",
        "No longer withholds version 2 from readers.",
        "whoever runs the site",
        "Une phrase accuse quelqu’un.",
    ):
        assert sentence in log, sentence


@ON_SQLITE
def test_a_first_version_had_no_reason_and_its_owners_are_told_of_none(letter: Letter) -> None:
    with pytest.raises(withholding.NoReason):
        withholding.withhold(letter, 1, "reason", WHY)
    withholding.withhold(letter, 1, "text", WHY)
    withholding.disclose(letter, 1)
    assert len(posted()) == 2 and not any("motif" in (mail.text or "") for mail in posted())


@ON_SQLITE
def test_a_withheld_text_does_not_come_back_by_withholding_the_reason_alone(letter: Letter) -> None:
    withholding.withhold(letter, 2, "reason", WHY)
    withholding.withhold(letter, 2, "text", WHY)
    with pytest.raises(withholding.WithheldAlready):
        withholding.withhold(letter, 2, "reason", WHY)
    assert [version.withheld for version in versions_of(letter)] == ["", "text", ""]


@ON_SQLITE
def test_what_cannot_be_withheld_is_refused(letter: Letter) -> None:
    with pytest.raises(withholding.TextToday):
        withholding.withhold(letter, 3, "text", WHY)
    for number in (0, 4):
        with pytest.raises(withholding.UnknownVersion):
            withholding.withhold(letter, number, "text", WHY)
        with pytest.raises(withholding.UnknownVersion):
            withholding.disclose(letter, number)
    with pytest.raises(withholding.NotWithheld):
        withholding.disclose(letter, 2)
    withholding.withhold(letter, 2, "text", WHY)
    with pytest.raises(withholding.WithheldAlready):
        withholding.withhold(letter, 2, "text", "Encore")
    draft = make_letter(slug="brouillon", published=False)
    with pytest.raises(life.NotPublished):
        withholding.withhold(draft, 1, "reason", WHY)
    assert posted()[-1].id == posted()[0].id  # nothing was mailed of what was refused


@ON_SQLITE
def test_the_shell_withholds_and_discloses(app: Flask, letter: Letter) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=["letters", *words])
        return done.exit_code, done.stdout or done.stderr

    assert run("withhold", "rues", "2", "--reason", WHY) == (0, "rues\n")
    assert (letter.version.number, letter.version.withheld) == (3, "")
    assert run("withhold", "rues", "3", "--keep-text", "--reason", WHY) == (0, "rues\n")
    assert (letter.version.withheld, letter.version.withheld_for) == ("reason", WHY)
    assert run("disclose", "rues", "3") == (0, "rues\n")
    make_letter(slug="brouillon", published=False)
    for words, code, sentence in (
        (("withhold", "rues", "2", "--reason", WHY), 1, "already"),
        (("withhold", "rues", "3", "--reason", WHY), 1, "take-down"),
        (("withhold", "rues", "9", "--reason", WHY), 1, "no version 9"),
        (("withhold", "rues", "1", "--keep-text", "--reason", WHY), 1, "No reason was given"),
        (("withhold", "rues", "2", "--reason", " "), 2, "say why"),
        (("withhold", "brouillon", "1", "--reason", WHY), 1, "there is nothing to withhold"),
        (("withhold", "rues", "deux", "--reason", WHY), 2, "deux"),
        (("disclose", "rues", "3"), 1, "Nothing"),
        (("disclose", "inconnue", "3"), 1, "inconnue"),
    ):
        done, said = run(*words)
        assert done == code and sentence in said, words


@pytest.fixture
def send(app: Flask, client: Reader) -> Callable[..., tuple[int, str]]:
    app.config["ADMINISTRATORS"] = ["admin@example.org"]
    client.log_in(make_organiser(email="admin@example.org"))

    def post(**typed: str) -> tuple[int, str]:
        page = "/manage/site/versions"
        answer = client.post(page, data={**client.fields(page), **typed})
        return answer.status_code, answer.text

    return post


@ON_SQLITE
def test_an_administrator_does_so_in_the_browser(
    client: Reader, letter: Letter, send: Callable[..., tuple[int, str]]
) -> None:
    page, typed = "/manage/site/versions", {"what": "text", "reason": WHY}
    assert f'href="{page}"' in client.get("/manage/site").text
    for address, sentence in (
        ("", "collez son adresse"),
        ("http://localhost/letters/rues", "/versions/"),
        ("http://localhost/letters/rues/versions/22222222222", "/versions/"),
        ("http://localhost/letters/rues/versions/2/changes", "/versions/"),  # of which of its two texts?
        ("http://localhost/letters/rues/versions/9", "Aucune version"),
        ("http://localhost/letters/autre/versions/2", "Aucune version"),
        ("http://localhost/letters/rues/versions/3", "le texte d’aujourd’hui"),
    ):
        status, answer = send(**typed, address=address)
        assert status == 422 and sentence in answer, address
    assert send(address="http://localhost/letters/rues/versions/2", what="all", reason=WHY)[0] == 422
    status, answer = send(address="http://localhost/letters/rues/versions/1", what="reason", reason=WHY)
    assert status == 422 and "Aucun motif n’a été donné" in answer
    sent = {**typed, "address": " http://localhost/letters/rues/versions/2?lang=en#x "}
    assert send(**sent)[0] == 303
    assert client.get(f"{PATH}/2").status_code == 410
    listed = client.get(page).text
    heading, words = listed.split("<details")  # whoever runs the site reads there what they withhold
    assert "Nos rues" in heading and "Un juge l’a dit." in heading and "Le maire" not in heading
    assert all(text in words for text in ("Le maire vole", "Le maire est un voleur", "Le texte accuse"))
    assert send(**sent)[0] == 422 and "data-once" in listed
    shown = {**client.fields(page), "slug": "rues", "number": "2"}
    for _ in range(2):  # pressed twice
        assert client.post(f"{page}/disclose", data=shown).location == page
    assert client.get(f"{PATH}/2").status_code == 200
    for rubbish in ({"slug": "ru\0es"}, {"number": "x"}, {"number": "0"}, {"number": "9" * 30}, {"slug": ""}):
        assert client.post(f"{page}/disclose", data={**shown, **rubbish}).location == page
