"""The list of signatories: who is in it, in which order, and how they are found."""

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, make_signature
from tests.page import Reader, listed
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.signatures.listing import signatories
from tribune.signatures.models import Signature

PATH = "/letters/rues/signatories"
FIRST = """Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso
Bruno Humbert, Président de la Ruche
Nathan Stern, Ingénieur social"""


def names(letter: Letter, **asked: str) -> list[str]:
    return [f"{s.given_name} {s.family_name}" for s in signatories(letter, **asked).signatures]


def sign_as(letter: Letter, *family_names: str) -> None:
    for family_name in family_names:
        make_signature(letter, given_name="A", family_name=family_name)


def test_first_signatories_come_first_in_their_order_and_those_who_share_a_line_stay_on_it(client: Reader) -> None:
    letter = make_letter(slug="rues", first=FIRST)
    sign_as(letter, "Zola", "Arnaud")
    first = FIRST.splitlines()
    assert listed(client.get(PATH).text) == [*first, "A Arnaud", "A Zola"]
    assert listed(client.get(PATH + "?order=surname").text) == [*first, "A Arnaud", "A Zola"]
    sign_as(letter, "Bach")
    assert listed(client.get(PATH + "?order=recent").text) == [*first, "A Bach", "A Arnaud", "A Zola"]
    assert listed(client.get(PATH + "?order=rubbish").text) == [*first, "A Bach", "A Arnaud", "A Zola"]


def test_surnames_stand_where_a_reader_looks_for_them(app: Flask) -> None:
    letter = make_letter()
    in_order = ["d’Estaing", "de Gaulle", "Eluard", "Éluard", "Elven", "Évrard", "Noël", "Œuvrard", "Oz", "Zola", "王"]
    sign_as(letter, *reversed(in_order))
    assert names(letter, order="surname") == [f"A {name}" for name in in_order]


def test_namesakes_follow_each_other_by_given_name(app: Flask) -> None:
    letter = make_letter()
    for given_name in ("Zoé", "Émile", "Edgar"):
        make_signature(letter, given_name=given_name, family_name="Martin")
    assert names(letter, order="surname") == ["Edgar Martin", "Émile Martin", "Zoé Martin"]


def test_each_letter_has_its_own_list(client: Reader) -> None:
    letter = make_letter(slug="rues")
    sign_as(make_letter(), "Ailleurs")
    sign_as(letter, "Ici")
    assert listed(client.get(PATH).text) == ["A Ici"]


FOUND = {
    "elodie": True,
    "ELODIE": True,
    "lefevre elodie": True,
    "Lefèvre, éditrice": True,
    "oeuvre": True,
    "Œuvre": True,
    "art l’oeuvre": True,
    "strasse": True,
    "lefevre zola": False,
    "'; DROP TABLE signatures; --": False,
}


def test_a_search_finds_all_its_words_whatever_the_accents(app: Flask) -> None:
    letter = make_letter()
    make_signature(
        letter, given_name="Élodie", family_name="Lefèvre", role="Éditrice, Straße 5", organisation="L’Œuvre d’art"
    )
    sign_as(letter, "Zola")
    assert {q: "Élodie Lefèvre" in names(letter, q=q) for q in FOUND} == FOUND
    assert names(letter, q="zola") == ["A Zola"]


def test_first_signatories_are_found_too(client: Reader) -> None:
    make_letter(slug="rues", first=FIRST)
    assert listed(client.get(PATH + "?q=ruche").text) == ["Bruno Humbert, Président de la Ruche"]
    assert "Personne dans cette liste" in client.get(PATH + "?q=personne").text


def test_an_organisation_is_found_whole_whatever_its_spelling(app: Flask) -> None:
    letter = make_letter()
    long, arabic = "Association des amis du quartier " * 6, "\ufdfa" * 200
    for number, organisation in enumerate(["Le Port", "LE PORT !", "Le Portail", long.strip(), arabic, "★", ""]):
        make_signature(letter, given_name="A", family_name=str(number), organisation=organisation)
    assert names(letter, organisation="le port", order="surname") == ["A 0", "A 1"]
    assert names(letter, organisation=long) == ["A 3"]
    assert names(letter, organisation=arabic) == ["A 4"]
    assert names(letter, organisation="★") == ["A 5"]
    assert names(letter, organisation="!") == []


def test_the_page_finds_an_organisation_as_long_as_the_form_takes(client: Reader) -> None:
    letter = make_letter(slug="rues")
    make_signature(letter, given_name="A", family_name="B", organisation="x" * 200)
    make_signature(letter, given_name="C", family_name="D", organisation="x" * 150)
    assert listed(client.get(PATH, query_string={"organisation": "x" * 200}).text) == [f"A B ({'x' * 200})"]
    assert len(listed(client.get(PATH, query_string={"q": "xx " * 33 + "xnobody"}).text)) == 2  # 100 characters


@ON_SQLITE
def test_a_line_keeps_its_address(client: Reader) -> None:
    letter = make_letter(slug="rues", first=FIRST)
    sign_as(letter, "Zola")
    for position, section in enumerate(("Élus", "élus"), 10):  # two sections, each under its heading
        make_signature(letter, position=position, section=section)
    everybody = db.session.scalars(sa.select(Signature.public_id)).all()
    for path in (PATH, PATH + "?order=surname", "/letters/rues"):
        page = client.get(path).text
        assert all(page.count(f'id="s-{public_id}"') == 1 for public_id in everybody)


def test_who_is_not_shown_is_nowhere(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Léa Martin, maire (Nantes)")
    sign_as(letter, "Zola")
    hiding = {"pending": {"confirmed": False}, "unpublished": {"published": False}, "held": {}, "hidden": {}}
    name = {"given_name": "Inconnue", "family_name": "Secrète", "organisation": "Rivages"}
    secrets = [
        make_signature(letter, **name, **how, position=position)  # type: ignore[arg-type]
        for position in (None, 1)  # one of many, and a first signatory
        for how in hiding.values()
    ]
    for held, hidden in (secrets[2:4], secrets[6:8]):
        held.held_at, held.counted_at = now(), None
        hidden.hidden_at = now()
    db.session.commit()
    queries = ["", "?order=surname", "?q=inconnue", "?organisation=rivages"]
    for path in ["/letters/rues", "/letters/rues/signatories.csv", *(PATH + query for query in queries)]:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Secrète" not in answer.text
        assert not any(secret.public_id in answer.text for secret in secrets)
    assert listed(client.get(PATH).text) == ["Léa Martin, maire (Nantes)", "A Zola"]


def test_a_signature_is_listed_from_the_moment_it_is_confirmed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", given_name="Zoé", family_name="d’Été", role="éditrice", organisation="Le Port")
    assert listed(client.get(PATH).text) == []
    confirm = confirm_path(latest_signature())
    sign_as(letter, "Zola")
    client.post(confirm)  # the latest to do so, though not to sign
    latest = ["Zoé d’Été, éditrice (Le Port)", "A Zola"]
    assert listed(client.get(PATH).text) == listed(client.get("/letters/rues").text) == latest


def test_a_line_that_two_people_share_is_found_whole(client: Reader) -> None:
    make_letter(slug="rues", first="Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso\nAna Lo, maire")
    page = client.get("/letters/rues/signatories?q=thomassin")
    assert listed(page.text) == ["Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso"]
