"""Once a letter is taken down, no page that stays leads to one that is gone, nor proposes what would be refused."""

import re

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, owner_of
from tests.links import links_of
from tests.page import Reader
from tribune.letters import life
from tribune.notices.actions import take_down
from tribune.notices.withholding import withhold


@ON_SQLITE
def test_no_page_leads_to_one_that_is_gone(app: Flask, client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature, _other = (make_signature(letter, organisation="Rues calmes") for _ in range(2))
    links = [link.url().removeprefix("http://localhost") for link in links_of(letter).values()]
    make_correction(letter)
    withhold(letter, 1, "text", "")
    take_down(letter, "")
    client.log_in(owner_of(letter))
    app.config["ADMINISTRATORS"] = [owner_of(letter).email]
    desk = f"/manage/letters/{letter.id}"
    pages = ("", "/signatures", f"/signatures/{signature.public_id}", "/signatures/import")
    for path in (*(desk + page for page in pages), "/manage/site/versions", *links):
        for leads in re.findall(r'<a [^>]*href="([^"]*/letters/rues[^"]*)"', client.get(path).text):
            assert client.get(leads).status_code != 410, (path, leads)
    assert "La page que voient les lecteurs" not in client.get(f"{desk}/preview").text


@ON_SQLITE
def test_what_takes_no_signature_is_neither_to_be_shared_nor_opened_again(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    table, file = (f"/manage/letters/{letter.id}/{page}" for page in ("signatures", "signatures/import"))
    life.close(letter, owner_of(letter))
    assert "Faites connaître" not in client.get(table).text and "L’ouvrir de nouveau" in client.get(file).text
    take_down(letter, "")
    assert "Faites connaître" not in client.get(table).text and "L’ouvrir de nouveau" not in client.get(file).text
