"""The links in mails: only those we signed, for what we signed them, and told to nobody."""

import re
import string
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, everything, latest_signature, make_letter, make_signature
from tests.page import Reader
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.links import confirm_link, not_me_link
from tribune.tokens import Purpose, issue

pytestmark = ON_SQLITE

FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
URL_SAFE = string.ascii_letters + string.digits + "-_."
PATHS = ("/signatures/confirm/", "/signatures/not-me/")


def token_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_a_damaged_link_shows_the_way_to_a_new_mail(client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False)
    good = token_of(confirm_path(signature))
    damaged = [good[:-10], good[:20], good + "A", good.replace(".", "", 1), good.upper(), "x", "a.b.c", "." * 9, "é"]
    before = everything()
    for path in PATHS:
        for token in [*damaged, "\ud800", "%ED%A0%80", "A" * 5000]:
            address = path + quote(token, safe="%", errors="surrogatepass")
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 404
                assert "Ce lien ne fonctionne pas" in answer.text
                assert 'href="/signatures/find"' in answer.text
    assert everything() == before


def test_a_token_serves_one_purpose(client: Reader) -> None:
    signature = make_signature(make_letter(slug="rues"), confirmed=False, email="zoe@example.org")
    payload, key = [signature.id, signature.link_nonce], mailbox_key("zoe@example.org")
    stamp = client.fields("/letters/rues/sign")["stamp"]
    before = everything()
    for purpose in set(Purpose) - {Purpose.CONFIRM}:
        assert client.post(PATHS[0] + issue(purpose, payload)).status_code == 404
    for purpose in set(Purpose) - {Purpose.NOT_ME}:
        assert client.post(PATHS[1] + issue(purpose, [key])).status_code == 404
    assert client.post(PATHS[0] + stamp).status_code == 404
    assert everything() == before


def test_nothing_in_the_database_serves_as_a_token(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues")
    before = everything()
    held = {word for row in before for cell in row for word in re.findall(r"[\w.-]{8,}", str(cell))}
    assert latest_signature().link_nonce in held
    assert all(client.post(path + word).status_code == 404 for word in held for path in PATHS)
    assert everything() == before


def test_the_link_of_one_signature_does_not_confirm_another(client: Reader) -> None:
    letter = make_letter()
    one, other = (make_signature(letter, confirmed=False) for _ in range(2))
    before = everything()
    swapped = issue(Purpose.CONFIRM, [one.id, other.link_nonce])
    assert client.post(PATHS[0] + swapped).status_code == 404
    assert everything() == before


@FEW
@given(where=st.floats(0, 1), character=st.sampled_from(URL_SAFE))
def test_no_change_to_a_token_is_forgiven(client: Reader, where: float, character: str) -> None:
    signature = make_signature(make_letter(), confirmed=False)
    for path, token in zip(PATHS, map(token_of, [confirm_path(signature), not_me_link("a" * 43).url()]), strict=True):
        place = int(where * (len(token) - 2))  # the last character of base64 holds bits that mean nothing
        changed = token[:place] + character + token[place + 1 :]
        assert changed == token or client.post(path + changed).status_code == 404
    assert signature.confirmed_at is None


@FEW
@given(token=st.text(st.characters(blacklist_characters="/"), min_size=1, max_size=60))
def test_no_text_is_a_link_by_chance(client: Reader, token: str) -> None:
    for path in PATHS:
        answer = client.get(path + quote(token, safe="", errors="surrogatepass"))
        assert answer.status_code == (400 if "\0" in token else 404)


def test_pages_opened_by_a_link_are_kept_by_nobody(client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    not_me = not_me_link(mailbox_key("zoe@example.org")).url().removeprefix("http://localhost")
    for path in (confirm_path(signature), not_me, PATHS[0] + "broken", PATHS[1] + "broken"):
        for answer in (client.get(path), client.post(path), client.get(path)):
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_link_leads_to_the_public_address_whatever_host_was_asked(client: Reader) -> None:
    signature = make_signature(make_letter(slug="rues"), confirmed=False)
    assert confirm_link(signature).url().startswith("http://localhost/signatures/confirm/")
    assert client.get("/letters/rues", headers={"Host": "evil.example.net"}).status_code == 400
