"""Who is asked again reads how their line will be shown, also where organisers have hidden it."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.asking.again import agree, ask
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, owner_of
from tests.page import Reader
from tribune.database import now
from tribune.signatures.links import agree_link

pytestmark = ON_SQLITE

HIDDEN = "The organisers of this letter have hidden your line."


@pytest.mark.parametrize(
    ("given", "before", "after"),
    [
        ({}, "This line will be shown in the public list.", "Your line is in the public list."),
        ({"published": False}, "your name will not be shown.", "your name is not shown."),
        ({"hidden_at": now()}, HIDDEN, HIDDEN),
    ],
)
def test_before_and_after_agreeing(client: Reader, given: dict[str, Any], before: str, after: str) -> None:
    letter = make_letter(slug="rues")
    signature = make_signature(letter, **given)
    make_correction(letter, substance=True)
    ask(letter)
    path = urlsplit(agree_link(signature).url()).path
    sentences = (HIDDEN, "in the public list.", "your name will not be shown.", "your name is not shown.")

    def said() -> list[str]:
        page = client.get(f"{path}?lang=en").text
        return [sentence for sentence in sentences if sentence in page]

    assert len(said()) == 1 and said()[0] in before
    agree(signature)
    assert len(said()) == 1 and said()[0] in after


def test_organisers_see_that_somebody_who_is_asked_again_is_hidden(client: Reader) -> None:
    letter = make_letter()
    make_signature(letter, hidden_at=now())
    make_correction(letter, substance=True)
    ask(letter)
    client.log_in(owner_of(letter))
    table = client.get(f"/manage/letters/{letter.id}/signatures?lang=en").text
    assert "Signed an earlier text, asked again (hidden)" in table
