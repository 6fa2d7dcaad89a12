"""Signing with signs that nobody sees: what is stored of a name, and that who looks for it finds it."""

from tests.databases import ON_SQLITE
from tests.factories import latest_signature, make_letter
from tests.page import Reader
from tribune.signatures import actions


def test_a_name_copied_from_a_printed_page_is_found_by_typing_it(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", given_name="Éve\u00ad\u0301", family_name="Quatre\u00adbarbes", publish="y")
    signature = latest_signature()
    assert (signature.given_name, signature.family_name) == ("Évé", "Quatrebarbes")
    actions.confirm(signature.id, signature.link_nonce)
    found = "/letters/rues/signatories?q="
    assert all("Quatrebarbes" in client.get(found + typed).text for typed in ("quatrebarbes", "quatre%C2%ADbarbes"))
    answer = client.sign("rues", given_name="Ana", family_name="\u00ad")
    assert answer.status_code == 422 and letter.confirmed_count == 1  # readers would see nothing


@ON_SQLITE
def test_nothing_unseen_in_a_name_hides_it_from_who_looks_for_it(client: Reader) -> None:
    """A sign that chooses how the one before it looks prints as nothing after a letter that has one look alone."""
    make_letter(slug="rues")
    for sign in ("\ufe0f", "\ufe00\ufe0f", "\U000e0100", "\u180b"):
        names = {"given_name": f"Emma{sign}nuel", "family_name": f"{sign}Mac{sign}ron", "role": f"\u2764{sign}"}
        client.sign("rues", **names, email=f"{ord(sign[0])}@example.org")  # one mailbox may be sent three mails
        signature = latest_signature()
        assert signature.email == f"{ord(sign[0])}@example.org"
        assert (signature.given_name, signature.family_name) == ("Emmanuel", "Macron")
        assert [flag.kind for flag in signature.flags] == ["joke"] and signature.role[:1] == "\u2764"
        assert client.sign("rues", given_name=sign, family_name=f" {sign}").status_code == 422


@ON_SQLITE
def test_letters_keep_their_marks_and_the_look_that_was_chosen(client: Reader) -> None:
    make_letter(slug="rues")
    chosen = {"family_name": "葛\U000e0100城", "given_name": "ᠪ\u180bᠠ", "role": "☮\ufe0f", "organisation": "လွှို့"}
    client.sign("rues", **chosen)
    assert chosen == {name: getattr(latest_signature(), name) for name in chosen}


@ON_SQLITE
def test_a_name_is_written_with_the_joiners_of_its_spelling_and_no_others(client: Reader) -> None:
    make_letter(slug="rues")
    spelt = {"given_name": "علی\u200cرضا ශ්\u200dරී", "family_name": "രാജന്\u200d", "organisation": "র\u200d্যাব"}
    client.sign("rues", **spelt)
    assert spelt == {name: getattr(latest_signature(), name) for name in spelt}
    client.sign(
        "rues", given_name="\u200cعلی\u200c\u200cرضا\u200c ی\u200d", family_name="Ma\u200dcr\u200d\u200con\u200b"
    )
    assert (latest_signature().given_name, latest_signature().family_name) == ("علی\u200cرضا ی", "Macron")
    assert client.sign("rues", family_name="\u200d\u200c\u200b").status_code == 422
    assert client.sign("rues", email="zo\u200de\u200c@example.org").status_code == 303
    assert latest_signature().email == "zoe@example.org"
