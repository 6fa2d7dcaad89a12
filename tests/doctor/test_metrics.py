"""What programs that watch over the site read: the sum of all its processes, and nothing about anybody."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import new_app
from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, make_message
from tests.outbox.returned import left, report
from tests.page import Reader
from tests.servers import postgresql
from tests.servers.site import FLASK, ROOT, Site, serve
from tests.servers.small import small_site
from tests.shell import shell
from tribune.database import now, write
from tribune.metrics import METHODS, together
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import Message
from tribune.processes import DEAD
from tribune.tokens import Purpose, issue

TOKEN = "a token of the tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PATIENCE = 30  # seconds, on a busy machine
Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Numbers:
    """Every sample, by its name and labels."""
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def number(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers.get((name, frozenset(labels.items())), 0)


def scrape(client: Reader) -> Numbers:
    return read(client.get("/metrics", headers=BEARER).text)


@pytest.fixture
def watched(make_app: Callable[..., Flask]) -> Iterator[Reader]:
    """A reader of a site whose numbers are read."""
    app = make_app(METRICS_TOKEN=TOKEN)
    with app.app_context():
        client = app.test_client()
        assert isinstance(client, Reader)
        yield client


@ON_SQLITE
def test_without_a_token_there_is_nothing_and_with_a_wrong_one_no_number(client: Reader, watched: Reader) -> None:
    assert client.get("/metrics", headers=BEARER).status_code == 404
    for wrong in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer é"},
    ):
        answer = watched.get("/metrics", headers=wrong)
        assert (answer.status_code, answer.data, "WWW-Authenticate" in answer.headers) == (401, b"", True)
    answer = watched.get("/metrics", headers=BEARER)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@ON_SQLITE
def test_a_token_that_can_be_guessed_is_refused(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(Exception, match="METRICS_TOKEN must be empty, or 16 characters") as refused:
        make_app(METRICS_TOKEN="short")
    assert "short" not in str(refused.value)


@ON_SQLITE
def test_numbers_are_shared_where_somebody_may_read_them(app: Flask, client: Reader) -> None:
    for administrators in ([], ["admin@example.org"]):
        app.config["ADMINISTRATORS"] = administrators
        client.get("/healthz")
        assert together(app)._started is bool(administrators)


def test_what_happens_is_counted(watched: Reader) -> None:
    make_letter(slug="rues")
    before = scrape(watched)
    watched.sign("rues")
    watched.post(confirm_path(latest_signature()))
    watched.post(confirm_path(latest_signature()))
    make_message()
    assert shell(watched.application, "outbox", "deliver", "--once")[0] == 0
    make_message()
    after = scrape(watched)

    def more(name: str, **labels: str) -> float:
        return number(after, name, **labels) - number(before, name, **labels)

    assert more("tribune_requests_total", endpoint="signatures.sign", method="POST", status="303") == 1
    assert more("tribune_request_seconds_count", endpoint="signatures.confirm") == 2
    assert more("tribune_database_statements_total", endpoint="signatures.sign") >= 3
    assert more("tribune_database_seconds_total", endpoint="signatures.sign") > 0
    assert more("tribune_signatures_total", what="signed") == more("tribune_signatures_total", what="confirmed") == 1
    assert (more("tribune_mails_total", what="sent"), number(after, "tribune_mails_waiting")) == (2, 1)
    assert number(after, "tribune_signatures_pending") == 0
    assert number(after, "tribune_database_bytes") > 10_000 and number(after, "tribune_database_up") == 1


@ON_SQLITE
def test_a_mail_that_is_put_off_waits_and_is_not_late(watched: Reader) -> None:
    """As one to a mailbox that is full: it waits for three days, and no alarm should ring for so long."""
    put_off, due = make_message(), make_message()
    with write() as session:
        session.execute(sa.update(Message).values(created_at=now() - timedelta(hours=2)))
        session.execute(sa.update(Message).where(Message.id == put_off.id).values(next_at=now() + timedelta(hours=1)))
        session.execute(sa.update(Message).where(Message.id == due.id).values(next_at=now() - timedelta(minutes=10)))
    numbers = scrape(watched)
    assert number(numbers, "tribune_oldest_mail_seconds") >= 7200
    assert 600 <= number(numbers, "tribune_late_mail_seconds") < 660
    assert deliver_due() == 1
    assert number(scrape(watched), "tribune_late_mail_seconds") == 0


def test_what_is_rolled_back_is_not_counted(watched: Reader) -> None:
    make_letter(slug="rues")
    before = scrape(watched)
    watched.sign("rues", email="not an address")
    assert shell(watched.application, "site", "read-only", "on")[0] == 0
    assert watched.sign("rues").status_code == 503
    after = scrape(watched)
    signed = [number(numbers, "tribune_signatures_total", what="signed") for numbers in (before, after)]
    assert signed[0] == signed[1]
    assert (number(after, "tribune_read_only"), number(after, "tribune_signing_paused")) == (1, 0)


def labels_of(client: Reader) -> set[tuple[str, str]]:
    return {pair for _, pairs in scrape(client) for pair in pairs}


@ON_SQLITE
def test_nothing_that_somebody_sends_becomes_a_label(watched: Reader, make_app: Callable[..., Flask]) -> None:
    make_letter(slug="canari")
    before = labels_of(watched)  # of other sites, too, which tests made in this process
    token = issue(Purpose.CONFIRM, [1, "a nonce"])
    for path in ("/letters/canari?q=canari", f"/signatures/confirm/{token}", '/canari"}\n', "/letters/canari/nothing"):
        watched.get(path, headers={"X-Request-ID": "canari", "User-Agent": "canari"})
    watched.open("/letters/canari", method="CANARI")
    text = watched.get("/metrics", headers=BEARER).text
    assert "canari" not in text.lower() and token not in text
    app, allowed = watched.application, {"none"}
    labels = labels_of(watched)
    allowed |= set(app.view_functions)
    assert {value for name, value in labels - before if name == "endpoint"} <= allowed
    assert {value for name, value in labels if name == "method"} <= METHODS | {"other"}
    assert all(re.fullmatch(r"\d{3}", value) for name, value in labels if name == "status")
    assert ("method", "other") in labels and ("endpoint", "none") in labels


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_while_the_database_is_away_the_rest_is_told(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/missing/tribune.sqlite"
    else:
        with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as url:
            pass  # dropped again
    app = new_app(url, tmp_path, METRICS_TOKEN=TOKEN)
    with app.app_context():
        client = app.test_client()
        assert isinstance(client, Reader)
        client.get("/healthz")
        numbers = scrape(client)
    assert ("tribune_database_up", frozenset()) in numbers and number(numbers, "tribune_database_up") == 0
    assert number(numbers, "tribune_requests_total", endpoint="pages.healthz", method="GET", status="200") >= 1


def get(site: Site, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    connection.request("GET", path, headers=BEARER)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def counted(file: Path) -> float:
    """How often a process, by its file, has shown /legal."""
    counts = json.loads(file.read_text())["counts"]
    wanted = {"endpoint": "notices.legal", "method": "GET", "status": "200"}
    return sum(n for (name, labels), n in counts if name == "tribune_requests_total" and dict(labels) == wanted)


@contextmanager
def another(site: Site) -> Iterator[Site]:
    """A second process of the same site."""
    settings = {name: value for name, value in site.env.items() if name.startswith("TRIBUNE_")}
    with serve({**settings, "TRIBUNE_PUBLIC_URL": "http://127.0.0.1"}) as other:
        yield other


def test_two_processes_are_summed_and_one_that_was_killed_stays_counted(migrated_sqlite: Path) -> None:
    def notices(site: Site) -> float:
        labels = {"endpoint": "notices.legal", "method": "GET", "status": "200"}
        return number(read(get(site, "/metrics")), "tribune_requests_total", **labels)

    with small_site(migrated_sqlite, METRICS_TOKEN=TOKEN) as (site, _), another(site) as other:
        folder = Path(site.env["TRIBUNE_INSTANCE_PATH"]) / "metrics"
        for process, times in ((site, 2), (other, 3)):
            for turn in range(times):
                get(process, f"/legal?number={turn}")  # the same page again would be answered from memory
        until(lambda: notices(site) == notices(other) == 5)
        other.kill()
        [lost] = [file for file in folder.glob("*.json") if counted(file) == 3]
        long_ago = time.time() - 2 * DEAD
        os.utime(lost, (long_ago, long_ago))
        until(lambda: len(list(folder.glob("*.json"))) == 1)
        assert not lost.exists() and notices(site) == 5


def test_one_that_is_asked_to_stop_writes_down_what_it_has_counted(migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite, METRICS_TOKEN=TOKEN) as (site, _):
        folder = Path(site.env["TRIBUNE_INSTANCE_PATH"]) / "metrics"
        until(lambda: list(folder.glob("*.json")))
        for turn in range(3):
            get(site, f"/legal?number={turn}")
        site.stop()
        assert sum(map(counted, folder.glob("*.json"))) == 3


def test_mails_that_a_command_takes_back_are_summed_too(migrated_sqlite: Path, tmp_path: Path) -> None:
    with small_site(migrated_sqlite, METRICS_TOKEN=TOKEN) as (site, app):
        with app.app_context():
            (tmp_path / "returned").write_bytes(report(left().message_id))
        assert number(read(get(site, "/metrics")), "tribune_mails_total", what="gave_up") == 0
        taken = [*FLASK, "outbox", "bounces", str(tmp_path / "returned")]
        done = subprocess.run(taken, cwd=ROOT, env=site.env, check=True, capture_output=True, text=True)
        assert done.stdout == "read\t1\ncame back\t1\n"
        assert number(read(get(site, "/metrics")), "tribune_mails_total", what="gave_up") == 1


@ON_SQLITE
def test_a_folder_that_cannot_be_written_stops_nobody(watched: Reader) -> None:
    (Path(watched.application.instance_path) / "metrics").write_text("not a folder")
    assert watched.get("/").status_code == 200
    key = {"endpoint": "pages.home", "method": "GET", "status": "200"}
    assert number(scrape(watched), "tribune_requests_total", **key) >= 1
