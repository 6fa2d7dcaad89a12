"""The page after confirming says each thing once."""

import re
from urllib.parse import urlsplit

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_letter, make_signature
from tests.page import Reader


@ON_SQLITE
def test_that_a_signature_counts_is_said_once(app: Flask, client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False, published=False)
    answer = client.post(confirm_path(signature))
    page = client.get(f"{urlsplit(answer.location or '').path}").text
    assert len(re.findall("Votre signature compte", page)) == 1 and "Votre nom n’est pas affiché." in page
