"""The page of a signature that does not count leads on to nothing that would come to nothing."""

from datetime import timedelta

import time_machine
from flask import Flask

from tests.asking.again import ask, disagree
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, mine_path
from tests.page import Reader, words
from tribune.database import now, write

NEW_EMAIL = "Demander un nouveau courriel"


@ON_SQLITE
def test_who_has_confirmed_another_reads_so_and_where_to_find_it(app: Flask, client: Reader) -> None:
    letter = make_letter()
    first, second = (make_signature(letter, email="zoe@example.org", confirmed=number == 1) for number in (0, 1))
    page = words(client.get(mine_path(first)).text)
    assert "vous avez confirmé une autre signature" in page and NEW_EMAIL not in page
    assert "compte, et votre ligne est dans la liste publique" in words(client.get(mine_path(second)).text)


def test_who_did_not_confirm_in_time_reads_so(app: Flask, client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, confirmed=False)
    with write():
        letter.closed_at = now() + timedelta(minutes=1)
    for later, in_time in ((timedelta(hours=71), True), (timedelta(hours=73), False)):
        with time_machine.travel(now() + later):
            page = words(client.get(mine_path(signature)).text)
            assert (NEW_EMAIL in page) is in_time and ("n’a pas été confirmée à temps" in page) is not in_time


def test_nor_is_anybody_asked_about_a_new_text_once_it_is_too_late_to_sign_it(app: Flask, client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    with write():
        letter.closed_at, letter.contact = now(), "nous@example.org"
    reopens = "qui peuvent rouvrir la tribune : nous@example.org"
    for later, in_time in ((timedelta(hours=71), True), (timedelta(hours=73), False)):
        with time_machine.travel(now() + later):
            page = words(client.get(mine_path(signature)).text)
            assert ("Lire, puis répondre" in page) is in_time and ("trop tard pour le signer" in page) is not in_time
            assert (reopens in page) is not in_time
    disagree(signature)
    with time_machine.travel(now() + timedelta(hours=73)):
        assert reopens not in words(client.get(mine_path(signature)).text)
