"""What organisers and signatories read once retention has deleted the names."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.databases import ON_SQLITE
from tests.factories import make_signature, mine_path, owner_of
from tests.page import Reader
from tests.retention.forgetful import closed, names_go, ran, with_a_past
from tribune.letters.life import reopen
from tribune.letters.models import Letter

pytestmark = ON_SQLITE

GONE = "Les signatures ne nomment plus personne et restent comptées"


@pytest.fixture
def link(letter: Letter) -> Iterator[str]:
    """The letter once its names are gone; the link that one of them had."""
    link = mine_path(with_a_past(letter))
    closed(letter)
    day = names_go(letter)
    assert ran(day)["names"] == 4 and (letter.confirmed_count, letter.attested_count) == (1, 2)
    with time_machine.travel(day, tick=False):
        yield link


@pytest.mark.parametrize("page", ["signatures", "press", "organisations", "first"])
def test_a_page_without_names_says_why_and_asks_for_nothing(
    client: Reader, letter: Letter, link: str, page: str
) -> None:
    client.log_in(owner_of(letter))
    text = client.get(f"/manage/letters/{letter.id}/{page}").text
    assert GONE in text and not [
        word for word in ("pas encore", "pour l’instant", "à fusionner encore") if word in text
    ]


@pytest.mark.parametrize("page", ["press?people=first", "organisations", "first"])
def test_once_somebody_signs_again_no_page_says_that_nobody_is_named(
    client: Reader, letter: Letter, link: str, page: str
) -> None:
    reopen(letter)
    make_signature(letter, organisation="")
    client.log_in(owner_of(letter))
    assert GONE not in client.get(f"/manage/letters/{letter.id}/{page}").text


def test_the_log_does_not_say_that_those_who_did_not_count_stay_counted(
    client: Reader, letter: Letter, link: str
) -> None:
    client.log_in(owner_of(letter))
    log = client.get(f"/manage/letters/{letter.id}/log").text
    assert "tout ce qui nommait 4 signataires. Qui comptait compte toujours." in log
    assert "3 signatures restent comptées" in client.get(f"/manage/letters/{letter.id}/files").text


def test_who_would_open_the_letter_again_reads_that_people_may_then_count_twice(
    client: Reader, letter: Letter, link: str
) -> None:
    client.log_in(owner_of(letter))
    assert "comptent alors deux fois" in client.get(f"/manage/letters/{letter.id}/close").text


def test_who_opens_the_link_of_a_nameless_signature_reads_that_it_still_counts(client: Reader, link: str) -> None:
    answer = client.get(link)
    assert answer.status_code == 410 and "continue de compter, sans nommer personne" in answer.text


def test_before_the_names_go_nobody_is_told_of_counting_twice(client: Reader, letter: Letter) -> None:
    with_a_past(letter)
    closed(letter)
    client.log_in(owner_of(letter))
    assert "deux fois" not in client.get(f"/manage/letters/{letter.id}/close").text
