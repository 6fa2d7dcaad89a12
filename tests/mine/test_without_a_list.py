"""One's own signature under a letter that names nobody but its first signatories, or no longer does."""

import pytest

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_correction, make_letter, make_signature, mine_path, owner_of
from tests.page import Reader
from tribune.asking.actions import ask
from tribune.database import write
from tribune.moderation.actions import advance
from tribune.signatures.links import agree_link
from tribune.signatures.wordings import WORDINGS

pytestmark = [ON_SQLITE, pytest.mark.usefixtures("in_english")]


def test_where_the_letter_has_no_list_any_more_nobody_agrees_to_be_in_it(client: Reader) -> None:
    letter = make_letter()
    signature, agreed = make_signature(letter, published=False), make_signature(letter)
    path = mine_path(signature)
    with write():
        letter.public_list = "no"
    assert client.post(path, data={"act": "show"}).location.endswith("?said=changed")
    assert not signature.published
    for act in ("hide", "allow-news"):  # all other choices stay theirs
        assert client.post(mine_path(agreed), data={"act": act}).location.endswith(f"?said={act}")


def test_nobody_agrees_to_be_shown_otherwise_than_they_have_read(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, published=False)
    path = mine_path(signature)
    for public_list, act, other in (("yes", "show", "show-initials"), ("initials", "show-initials", "show")):
        with write():
            letter.public_list, signature.published = public_list, False
        assert client.post(path, data={"act": other}).location.endswith("?said=changed") and not signature.published
        client.post(path, data={"act": act})
        assert signature.published and signature.wording == WORDINGS[public_list]


def test_a_first_signatory_agrees_to_no_initials(client: Reader) -> None:
    signature = make_signature(make_letter(public_list="initials"), position=1, published=False, wording="2026-11")
    client.post(mine_path(signature), data={"act": "show"})
    assert signature.published and signature.wording == "2026-11"


def test_who_confirms_where_there_is_no_list_any_more_is_told_that_their_name_is_not_shown(client: Reader) -> None:
    letter = make_letter()
    path = confirm_path(make_signature(letter, confirmed=False))
    with write():
        letter.public_list = "no"
    assert "your name will not be shown" in client.get(path).text
    client.post(path)
    assert "Your name is not shown" in client.get(path).text


def test_a_first_signatory_is_shown_where_nobody_else_is_and_told_so(client: Reader) -> None:
    letter = make_letter(public_list="no")
    signature = make_signature(letter, position=1)
    assert "Your line is in the public list." in client.get(confirm_path(signature)).text
    for act, shown in (("hide", False), ("show", True)):
        assert f'name="act" value="{act}"' in client.get(mine_path(signature)).text
        client.post(mine_path(signature), data={"act": act})
        assert signature.published is shown


def test_who_agrees_to_new_words_where_there_is_no_list_is_not_promised_one(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    advance(ask(letter, owner_of(letter)), 1)
    with write():
        letter.public_list = "no"
    assert (
        "your name will not be shown" in client.get(agree_link(signature).url().removeprefix("http://localhost")).text
    )
