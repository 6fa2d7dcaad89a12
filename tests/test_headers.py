"""What every answer says to browsers and caches, and to whom the site belongs."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.addresses import NAMES, address, build, rules
from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser, make_signature, owner_of
from tests.objects import full_letter
from tests.page import Reader, hidden_fields
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.outbox.delivery import deliver_due
from tribune.outbox.transport import mailbox_folder

pytestmark = ON_SQLITE

MakeApp = Callable[..., Flask]
PUBLIC = ["/", "/letters/rues", "/letters/rues/sign", "/letters/rues/check-inbox", "/letters/rues/signatories"]

# What is asked anew each time: how the site is, the questions of a program that signs, who is told of a flaw.
KEPT_BY_NOBODY = {"pages.healthz", "pages.readyz", "doctor_views.metrics", "abuse.ask", "notices.security_txt"}
KEPT_A_MOMENT = "public, max-age=10, stale-while-revalidate=10, stale-if-error=20"
BY_ITSELF = {"default-src", "style-src", "base-uri", "frame-ancestors", "sandbox"}


def reader(app: Flask) -> Reader:
    client = app.test_client()
    assert isinstance(client, Reader)
    return client


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = full_letter(make_organiser())
    with write():
        letter.noindex = True
    return letter


def answers(app: Flask, client: Reader, letter: Letter, names: set[str]) -> Iterator[tuple[Rule, TestResponse]]:
    """What each address of these blueprints answers to GET."""
    app.config |= {"OPERATOR_CONTACT": "operator@example.org", "METRICS_TOKEN": "a token"}
    for rule in rules(app, names):
        if "GET" in (rule.methods or set()):
            yield rule, client.get(address(app, rule, letter), headers={"Authorization": "Bearer a token"})


def test_nothing_may_come_from_elsewhere_and_nobody_may_frame_us(app: Flask, client: Reader, letter: Letter) -> None:
    make_letter(slug="rues")
    client.log_in(owner_of(letter))
    given = [answer for _, answer in answers(app, client, letter, NAMES[0] | NAMES[1])]
    outside = [reader(app).get(path) for path in [*PUBLIC, "/nothing", "/organisers/log-in", "/static/tribune.css"]]
    for answer in [*given, *outside]:
        path, headers = answer.request.path, answer.headers
        policy = {
            name: to for name, _, to in (part.partition(" ") for part in headers["Content-Security-Policy"].split("; "))
        }
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", path
        assert "object-src" not in policy, path
        if "sandbox" in policy:  # a mail that is shown by itself, with its own style: no script, no form
            assert policy.keys() == BY_ITSELF and not policy["sandbox"], path
        else:
            ours = {policy[f"{kind}-src"] for kind in ("script", "style", "img", "font", "connect")}
            assert ours == {policy["form-action"]} == {"'self'"}, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Referrer-Policy"] in {"strict-origin-when-cross-origin", "no-referrer"}, path
        read_by_others = [(name, to) for name, to in headers if name.startswith("Access-Control-")]
        assert read_by_others == [("Access-Control-Allow-Origin", "*")] * path.endswith("/count.json"), path
        assert "Strict-Transport-Security" not in headers, path


@pytest.mark.usefixtures("early_in_the_hour")
def test_any_cache_may_keep_a_public_page_and_ask_whether_it_changed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    tags = {}
    for path in PUBLIC:
        answer = client.get(path)
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == (KEPT_A_MOMENT, "Accept-Language")
        tags[path] = answer.headers["ETag"]
        again = client.get(path, headers={"If-None-Match": tags[path]})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tags[path])
    make_signature(letter)
    for path in ("/letters/rues", "/letters/rues/signatories"):
        assert client.get(path, headers={"If-None-Match": tags[path]}).status_code == 200
    with write():
        letter.version.title = "Un autre titre"
    for path, tag in tags.items():
        changed = client.get(path, headers={"If-None-Match": tag})
        assert changed.status_code == 200 and changed.headers["ETag"] != tag


@pytest.mark.usefixtures("early_in_the_hour")
def test_any_cache_may_keep_every_page_that_is_the_same_for_all(app: Flask, client: Reader, letter: Letter) -> None:
    for rule, answer in answers(app, client, letter, NAMES[0]):
        kept = "token" not in rule.arguments and rule.endpoint not in KEPT_BY_NOBODY
        assert ("public" in answer.headers["Cache-Control"]) is kept, (
            f"{rule}: {'add @cacheable above the view' if kept else 'no cache may keep it'}"
        )
        if kept:
            of_languages = None if answer.mimetype.startswith("image/") else "Accept-Language"
            assert (answer.headers["Cache-Control"], answer.headers.get("Vary")) == (KEPT_A_MOMENT, of_languages), rule
            tag = answer.headers.get("ETag")
            assert (tag is None) is (rule.endpoint == "exports.signatories_csv"), rule  # made while it is sent
            again = client.get(answer.request.path, headers={"If-None-Match": tag or ""})
            assert again.status_code == (304 if tag else 200), rule


def test_what_every_page_needs_is_kept_as_pages_are(client: Reader) -> None:
    for asked in ({}, {"If-None-Match": client.get("/static/tribune.css").headers["ETag"]}):
        answer = client.get("/static/tribune.css", headers=asked)
        assert answer.status_code == (304 if asked else 200)
        assert (answer.headers["Cache-Control"], answer.headers.get("Vary")) == (KEPT_A_MOMENT, None)


def test_search_engines_leave_out_every_page_of_a_letter_they_leave_out(
    app: Flask, client: Reader, letter: Letter
) -> None:
    seen = 0
    for rule, answer in answers(app, client, letter, NAMES[0]):
        if "slug" in rule.arguments and answer.mimetype != "application/json":
            said = b'<meta name="robots" content="noindex">' in answer.data or "X-Robots-Tag" in answer.headers
            assert said, f"{rule}: where letter.noindex, say so in the page's head or by left_out()"
            seen += 1
    assert seen >= 10


def test_a_head_says_the_same_without_the_page(client: Reader) -> None:
    make_letter(slug="rues")
    for path in PUBLIC:
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])


def test_a_page_in_another_language_is_another_page(client: Reader) -> None:
    make_letter(slug="rues")
    french = client.get("/letters/rues", headers={"Accept-Language": "fr"})
    english = client.get("/letters/rues", headers={"Accept-Language": "en", "If-None-Match": french.headers["ETag"]})
    assert english.status_code == 200


def test_no_cache_keeps_what_went_wrong(client: Reader) -> None:
    make_letter(slug="rues")
    for path in ("/nothing", "/letters/nothing", "/letters/rues/signatories?after=x"):
        answer = client.get(path)
        assert answer.status_code in {400, 404} and "public" not in answer.headers["Cache-Control"]


def test_nginx_alone_keeps_for_a_second_that_a_letter_is_not_there(app: Flask, client: Reader) -> None:
    make_letter(slug="rues")
    make_letter(slug="secrete", published=False)
    with write():
        make_letter(slug="retiree").taken_down_at = now()
    refused = {"secrete": 404, "nothing": 404, "rues/history/9": 404, "retiree": 410, "RUES": 302, "rues/": 308}
    for path, status in refused.items():
        answer = client.get(f"/letters/{path}")
        assert answer.status_code == status, path
        said = {name: value for name, value in answer.headers if name in {"Cache-Control", "X-Accel-Expires", "Vary"}}
        assert said == {"X-Accel-Expires": "1", "Vary": "Accept-Language", "Cache-Control": "no-store"}, path
        assert [*said].index("X-Accel-Expires") < [*said].index("Cache-Control"), "an older nginx would keep nothing"
    for path in (
        "/letters/preview/x",
        "/letters/preview/x/",
        "/nothing",
        "/manage/letters/9",
        "/mine/x",
        "/letters/rues/signatories?after=x",
    ):
        answer = client.get(path)
        assert answer.status_code >= 300 and "X-Accel-Expires" not in answer.headers, path


def test_a_page_behind_a_link_is_kept_and_told_to_nobody(app: Flask, client: Reader, letter: Letter) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    behind = {rule.rule: rule for rule in rules(app, NAMES[0] | NAMES[1]) if "token" in rule.arguments}
    seen = 0
    for rule in behind.values():
        for path in (address(app, rule, letter), build(app, rule, {"token": "damaged"})):
            for method in ("GET", "POST", "GET"):  # once more when the button has acted
                answer = client.open(path, method=method)
                assert answer.headers["Cache-Control"] == "no-store", f"{method} {rule}"
                assert "X-Accel-Expires" not in answer.headers, f"{method} {rule}"
                if answer.status_code not in {400, 405}:  # nobody gets such a page by a form of ours
                    told = [answer.headers.get(name) for name in ("Referrer-Policy", "X-Robots-Tag")]
                    assert told == ["no-referrer", "noindex"], f"{method} {rule}"
                    seen += 1
    assert seen >= 60


def test_another_host_is_refused_and_never_reaches_a_mail(app: Flask, client: Reader) -> None:
    make_letter(slug="rues")
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}
    typed |= client.fields("/letters/rues/sign")
    for host in ("evil.example.org", "localhost.evil.example.org", "localhost@evil.example.org", ""):
        for path in [*PUBLIC, "/healthz", "/organisers/log-in", "/nothing"]:
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 400 and "evil" not in answer.text, path
        assert client.post("/letters/rues/sign", data=typed, headers={"Host": host}).status_code == 400
    forwarded = {"X-Forwarded-Host": "evil.example.org", "Forwarded": "host=evil.example.org"}
    assert client.post("/letters/rues/sign", data=typed, headers=forwarded).status_code == 303
    deliver_due()
    [mail] = mailbox_folder().glob("*.eml")
    assert b"http://localhost/" in mail.read_bytes() and b"evil" not in mail.read_bytes()


def test_a_host_is_ours_in_any_spelling_and_forms_sent_there_are_taken(make_app: MakeApp) -> None:
    https = {"X-Forwarded-Proto": "https", "Origin": "https://letters.example.org"}
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}
    with make_app(PUBLIC_URL="https://letters.example.org", TRUSTED_PROXIES=1).app_context() as context:
        make_letter(slug="rues")
        client = reader(context.app)
        for host in (
            "letters.example.org",
            "LETTERS.Example.ORG",
            "letters.example.org:443",
            "Letters.Example.org:443",
        ):
            headers = {**https, "Host": host}
            page = client.get("/letters/rues/sign", headers=headers)
            assert page.status_code == 200, host
            sent = client.post("/letters/rues/sign", data={**typed, **dict(hidden_fields(page.text))}, headers=headers)
            assert (sent.status_code, sent.location) == (303, "/letters/rues/check-inbox"), host


def test_a_full_stop_after_the_host_leads_to_the_site(client: Reader) -> None:
    make_letter(slug="rues")
    for host in ("localhost.", "LocalHost.", "localhost.:80"):
        for path in ("/letters/rues?lang=en", "/letters/évêque"):
            answer = client.get(path, headers={"Host": host})
            there = "http://localhost" + path.replace("évêque", "%C3%A9v%C3%AAque")
            assert (answer.status_code, answer.location) == (308, there), host
            assert answer.headers["Cache-Control"] == "no-store"
        assert client.post("/letters/rues/sign", headers={"Host": host}).status_code == 400
    for host in ("evil.example.org.", "localhost..", ".localhost.", "localhost.evil.example.org.", "localhost.:x", "."):
        assert client.get("/", headers={"Host": host}).status_code == 400, host


def test_a_site_on_https_says_so_for_a_year(make_app: MakeApp) -> None:
    with make_app(PUBLIC_URL="https://letters.example.org").app_context() as context:
        headers = reader(context.app).get("/", base_url="https://letters.example.org").headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(("proxies", "seen"), [(0, (False, "127.0.0.1")), (1, (True, "192.0.2.7"))])
def test_a_proxy_is_believed_when_it_is_trusted(make_app: MakeApp, proxies: int, seen: tuple[bool, str]) -> None:
    with make_app(TRUSTED_PROXIES=proxies).app_context() as context:
        asked: list[tuple[bool, str | None, str]] = []
        context.app.before_request(lambda: asked.append((request.is_secure, request.remote_addr, request.host)))
        forwarded = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.7",
            "X-Forwarded-Host": "evil.example.org",
        }
        reader(context.app).get("/", headers=forwarded)
        assert asked == [(*seen, "localhost")]


def test_the_cookie_of_who_signs_is_secure_where_the_site_is(make_app: MakeApp) -> None:
    with make_app(PUBLIC_URL="https://localhost").app_context() as context:
        make_letter(slug="rues")
        cookie = reader(context.app).sign("rues").headers["Set-Cookie"]
        assert cookie.startswith("__Secure-tribune_signing=") and "; Secure;" in cookie


def test_a_nul_in_an_address_is_a_bad_request(client: Reader) -> None:
    make_letter(slug="rues")
    for path in ("/letters/a%00b", "/?lang=%00", "/letters/rues/signatories?q=%00", "/%00"):
        assert client.get(path).status_code == 400, path


def test_what_a_page_does_not_take_is_said_with_what_it_takes(client: Reader) -> None:
    make_letter(slug="rues")
    for method in ("PUT", "DELETE", "PATCH", "POST", "TRACE"):
        answer = client.open("/letters/rues", method=method)
        assert answer.status_code == 405 and "GET" in answer.headers["Allow"]
