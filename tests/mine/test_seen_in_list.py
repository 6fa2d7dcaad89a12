"""One's own line in the public list, wherever it stands there."""

import re
from html import unescape

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_invited, make_letter, make_signature, mine_path
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.database import now, write
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE

pytestmark = ON_SQLITE


def assert_led_to_its_line(client: Reader, path: str, signature: Signature) -> str:
    """The list that a page leads to at this line."""
    led = re.search(r'href="(/[^"]*)#s-(\w+)"', client.get(path).text)
    assert led and led[2] == signature.public_id
    found = client.get(unescape(led[1])).text
    assert f'id="s-{signature.public_id}"' in found
    return found


def test_whoever_signed_long_ago_is_led_to_their_line(client: Reader) -> None:
    letter = make_letter()
    mine = make_signature(letter, given_name="Zoé", family_name="D’Évrard & fils")
    with write():
        for number in range(PAGE):
            make_signature(letter, family_name=f"After {number}")
    assert f'id="s-{mine.public_id}"' not in client.get(f"/letters/{letter.slug}/signatories").text
    assert_led_to_its_line(client, mine_path(mine), mine)


def test_whoever_has_just_confirmed_finds_their_line_among_all(client: Reader) -> None:
    letter = make_letter()
    mine, other = make_signature(letter), make_signature(letter)
    assert f'id="s-{other.public_id}"' in assert_led_to_its_line(client, confirm_path(mine), mine)


def test_whose_line_readers_do_not_see_is_not_told_that_it_leaves_the_list(client: Reader) -> None:
    announced, down = make_letter(published=False), make_letter()
    first, mine = accept(make_invited(announced)), make_signature(down)
    with write():
        down.taken_down_at = now()
    for signature, published in ((first, True), (mine, True), (first, False), (mine, False)):
        with write():
            signature.published = published
        page = client.get(f"{mine_path(signature)}?lang=en").text
        assert ("If you hide it, it will not appear there." if published else "you do not agree to your line") in page
        assert "If you hide it, it leaves the public list at once" not in page and "you are counted without" not in page
