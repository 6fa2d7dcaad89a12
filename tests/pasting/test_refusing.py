"""What is not kept: what holds no letter, what is too large, what would go to others, what means harm."""

import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_member
from tests.page import Reader
from tests.pasting.form import PAGE, PASTE, REVIEW, SHORT, change, filled_in, paste, row_of, send, the_letter, words
from tribune.database import db, write
from tribune.fields import INVISIBLE
from tribune.organisers.models import Organiser
from tribune.pasting.understood import MOST_PEOPLE
from tribune.signatures.models import Signature
from tribune.teams.actions import found
from tribune.teams.models import Membership, Role


@ON_SQLITE
def test_an_empty_box_or_one_without_a_text_is_refused_in_words(client: Reader, organiser: Organiser) -> None:
    for page, said in (
        ("", "Paste the page here"),
        (" \n ", "Paste the page here"),
        ("Signataires :\nAna Ba", "no text"),
    ):
        answer = paste(client, page, lang="en")
        assert answer.status_code == 422 and said in words(answer) and 'href="#page"' in answer.text


@ON_SQLITE
def test_what_is_too_large_is_refused_in_words(client: Reader, organiser: Organiser) -> None:
    people = "\n".join(f"Ana Ba{number}, maire" for number in range(MOST_PEOPLE + 1))
    for page, status, said in (
        (SHORT + people, 422, "flask letters import"),
        (SHORT + "Ana Ba\n" * 20_000, 422, "flask letters import"),
        ("Un mot. " * 9000, 422, "64 kB"),
        (SHORT + "Ana Ba\n" * 400 + "\nLaisser un commentaire\n" + "é" * 126_000, 422, "too much around"),
        ("x" * 300_000, 413, "256 kB"),
    ):
        answer = (
            paste(client, page, lang="en") if status == 422 else client.post(f"{PASTE}?lang=en", data={"page": page})
        )
        assert answer.status_code == status and said in words(answer)
    answer = client.post(f"{REVIEW}?lang=en", data={"text": "x" * 1_100_000})
    assert answer.status_code == 413 and "1024 kB" in words(answer)
    rows = MultiDict([("line", "1")] * (2 * MOST_PEOPLE + 1))  # each of which makes much more of a page than it sends
    assert send(client, filled_in(paste(client, SHORT + "Ana Ba").text) | rows, "show").status_code == 413


@ON_SQLITE
def test_the_letter_goes_to_a_team_one_may_write_in_and_to_no_other(client: Reader, organiser: Organiser) -> None:
    second = found("Les voisins", by=organiser)
    other = make_letter()
    readers = make_letter()
    with write() as session:
        session.add(Membership(team_id=readers.team_id, organiser_id=organiser.id, role=Role.VIEWER))
    box = client.get(PASTE).text
    assert "Les voisins" in box and f'value="{readers.team_id}"' not in box
    page = filled_in(paste(client, SHORT + "Ana Ba", team=str(second.id)).text)
    before = everything()
    for team in (other.team_id, readers.team_id, 999_999, 2**70, "x", ""):
        assert paste(client, SHORT + "Ana Ba", team=str(team)).status_code == 422
        assert send(client, page, attested="y", team=str(team)).status_code == 422
    assert everything() == before
    send(client, page, attested="y")
    assert the_letter().team_id == second.id


@ON_SQLITE
def test_who_may_only_read_is_told_so(app: Flask, client: Reader) -> None:
    viewer = make_member(make_letter(), Role.VIEWER)
    with write() as session:
        session.execute(
            sa.delete(Membership).where(Membership.organiser_id == viewer.id, Membership.role == Role.OWNER)
        )
    client.log_in(viewer)
    answer = client.get(f"{PASTE}?lang=en")
    assert answer.status_code == 200 and "not add one" in words(answer) and "<textarea" not in answer.text
    app.config["WTF_CSRF_ENABLED"] = False
    for path in (PASTE, REVIEW):
        answer = client.post(path, data={"page": SHORT, "lang": "en"})
        assert answer.status_code == 403 and "not add one" in words(answer)


@ON_SQLITE
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_corrected_while_another_tab_logged_out_can_be_pasted_again(
    client: Reader, organiser: Organiser, language: str
) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    page = filled_in(paste(client, f"{PAGE}\n\nLaisser un commentaire\nVotre adresse ne sera pas publiée.\n").text)
    change(page, "family_name", row_of(page, "Drevillon"), "Drévillon")
    people = list(zip(page.getlist("given_name"), page.getlist("family_name"), page.getlist("role"), strict=True))
    client.delete_cookie("tribune_organiser")
    out = client.post(REVIEW, data={**page.to_dict(flat=False), "act": "keep"}, headers={"Accept": "text/html"})
    assert out.status_code == 400 and 'href="/organisers/log-in" target="_blank"' in out.text
    [given] = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", out.text, re.DOTALL)
    client.log_in(organiser)
    again = filled_in(paste(client, unescape(given)).text)
    assert (again["title"], len(people)) == (page["title"], 45)
    assert list(zip(*(again.getlist(name) for name in ("given_name", "family_name", "role")), strict=True)) == people


LIST = "Un texte assez long.\n\nSignataires :\n"
LONG = {
    "brackets": "[" * 65536,
    "brackets in the list": LIST + "[" * 65536,
    "many lines": "Un texte.\n\n" * 10_000,
    "many lines of a list": LIST + "Ana Ba\n" * 10_000,
    "many short lines": LIST + "a\n" * 900,
    "many on a line": LIST + "Ana Ba ; " * 10_000,
}
STRANGE = {
    "NUL and controls": "Un te\0xte\x01.\n\nSignataires :\nLéa\0 Mar\x1ftin, mai\x85re\x7f\n",
    "never assigned": LIST + "Zoé \ufdd0\uffff\U0001ffffe, m\ufffeaire (\ufdd0)\n",
    "turned around": f"\u202eUn texte.\u2066\n\n{LIST}Ana \u202eBa\u2066, maire\n",
    "zero width": LIST + "Z\u200bo\u2060é\ufeff B\u200da\n",
    "a tower of marks": LIST + "Z" + "\u0301\u0323" * 100 + " Ba, maire\n",
    "ligatures": LIST + f"Léa Ba, maire ({chr(0xFDFA) * 199})\n",
    "a script": '# <script>1</script>\n\n</textarea><script>2</script>\n\nSignataires :\n"><script> x, "\'>\n',
    "a tab": LIST + "Nom\tPrénom\te-mail\nBa\tAna\tana@example.org\n",
}


@ON_SQLITE
def test_a_page_of_any_length_is_read_or_refused(client: Reader, organiser: Organiser) -> None:
    assert_read_or_refused(client, LONG)


def test_a_hostile_page_is_read_or_refused_and_never_breaks(client: Reader, organiser: Organiser) -> None:
    assert_read_or_refused(client, STRANGE)


def assert_read_or_refused(client: Reader, pages: dict[str, str]) -> None:
    """Each page is shown to be looked over and then kept, or refused in words."""
    for case, content in pages.items():
        answer = paste(client, content)
        assert answer.status_code in {200, 422}, case
        assert "<script>" not in answer.text
        if answer.status_code == 200:
            answer = send(client, filled_in(answer.text), attested="y")
            assert answer.status_code in {303, 422}, case


NASTY = [
    "\0",
    "Zo\0é",
    "\ud800".encode("utf-8", "surrogatepass"),
    "\u202e",
    "\uffff",
    "<b>",
    "9" * 5000,
    "-1",
    "x" * 5000,
]


def test_hostile_fields_of_the_review_are_refused_or_kept_as_plain_text(client: Reader, organiser: Organiser) -> None:
    page = filled_in(paste(client, SHORT + "Ana Ba, Présidente de la Ruche").text)
    fields = [field for field in [*page, "attested", "leave_out", "act", "unknown"] if field != "csrf_token"]
    sent: list[dict[str, Any]] = [{field: "\0\uffff\u202e<b>"} for field in fields]
    sent += [dict.fromkeys(fields, value) | {"act": act} for value in NASTY for act in ("keep", "look")]
    sent += [{"given_name": "<b>"}]
    for typed in sent:
        answer = send(client, page, **{"attested": "y", **typed})
        assert answer.status_code in {200, 303, 422}, typed
    assert send(client, MultiDict({"csrf_token": page["csrf_token"]})).status_code == 422
    assert send(client, page, attested="y", printed="x" * 401).status_code == 422
    names = {name for row in db.session.execute(sa.select(Signature.given_name, Signature.family_name)) for name in row}
    assert not {name for name in names if INVISIBLE.search(name)} and "<b>" in names
