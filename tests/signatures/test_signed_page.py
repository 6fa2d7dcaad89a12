"""The page after confirming says each thing once."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import time_machine
from flask import Flask

from tests.asking.again import agree
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_correction, make_letter, make_signature, mine_path
from tests.page import Reader, words
from tribune.database import now
from tribune.headers import GONE
from tribune.signatures.links import agree_link

LATER = "Pendant une minute, une page déjà ouverte peut encore montrer la liste et le nombre d’avant."


@ON_SQLITE
def test_that_a_signature_counts_is_said_once(app: Flask, client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False, published=False)
    answer = client.post(confirm_path(signature))
    page = client.get(f"{urlsplit(answer.location or '').path}").text
    assert len(re.findall("Votre signature compte", page)) == 1 and "Votre nom n’est pas affiché." in page


def test_as_long_as_a_copy_may_show_who_signed_before_it_says_so(app: Flask, client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False)
    path = confirm_path(signature)
    client.post(path)
    assert LATER in client.get(path).text
    with time_machine.travel(now() + timedelta(seconds=GONE)):
        assert LATER not in client.get(path).text


def test_so_do_the_page_after_agreeing_and_ones_own_after_what_readers_see(app: Flask, client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    client.post(confirm_path(signature))
    asked, mine = urlsplit(agree_link(signature).url()).path, mine_path(signature)
    agreed = client.post(asked, data={"answer": "yes", "version": letter.version.digest}).location or ""
    assert LATER in client.get(agreed).text
    with time_machine.travel(now() + timedelta(seconds=GONE)):
        assert LATER not in client.get(agreed).text
    said = {act: client.post(mine, data={"act": act}).location or "" for act in ("hide", "withdraw", "sign-again")}
    assert LATER in client.get(said["sign-again"]).text and LATER not in client.get(mine).text
    assert LATER not in client.get(client.post(mine, data={"act": "allow-news"}).location or "").text
    assert LATER not in client.get(said["withdraw"]).text  # it is so no more


def test_it_tells_since_when_the_signature_counts(app: Flask, client: Reader) -> None:
    with time_machine.travel("2026-12-03 12:00Z"):
        letter = make_letter()
        signature = make_signature(letter, confirmed=False)
        make_correction(letter, substance=True)
        client.post(confirm_path(signature))
    with time_machine.travel("2026-12-05 12:00Z"):
        agree(signature)
        assert "Votre signature compte depuis le 5 décembre 2026" in words(client.get(confirm_path(signature)).text)
