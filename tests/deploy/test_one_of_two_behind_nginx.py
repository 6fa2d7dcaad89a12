"""Two web processes behind a real nginx, as docs/deploy.md has them; one of them no longer answers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from select import select

from tests.deploy.test_behind_nginx import Answer, Front, page_of
from tests.factories import make_letter
from tests.servers import nginx
from tests.servers.site import HOST, Site, free_port, serve
from tests.servers.small import small_site


class Patient(Front):
    """Each reader comes after nginx has written the one before to its log, and so has ceased to count them.

    It does so a moment after they have read their answer. Whoever came in between would find as many readers at either
    process, and might be given to the frozen one.
    """

    def logged(self) -> list[str]:
        return (self.folder / "tribune.log").read_text().splitlines()

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        before = len(self.logged())
        answer = super().ask(method, path, body, headers)
        self.wait_until(lambda: len(self.logged()) > before)
        return answer


@contextmanager
def site_at(port: int, migrated: Path) -> Iterator[tuple[Patient, dict[str, str]]]:
    """One process of a site that readers meet at this port, where nobody listens yet; the settings for another."""
    settings = {"PUBLIC_URL": f"http://{HOST}:{port}", "TRUSTED_PROXIES": "1"}
    with small_site(migrated, **settings) as (site, app), app.app_context():
        shared = {name: value for name, value in site.env.items() if name.startswith("TRIBUNE_")}
        del shared["TRIBUNE_INSTANCE_PATH"]
        yield Patient(port, Path(), site, app), shared


ESTABLISHED = "01"  # as Linux says it; in one that the other side has closed, its end too counts as a byte to be read


def keeps_unread(port: int) -> bool:
    """Whether somebody waits on a connection to this port whose request nobody has read."""
    _head, *lines = Path("/proc/net/tcp").read_text().splitlines()
    for line in lines:
        _number, own, _other, state, to_be_sent_and_read, *_more = line.split()
        unread = int(to_be_sent_and_read.partition(":")[2], 16)
        if own.endswith(f":{port:04X}") and state == ESTABLISHED and unread:
            return True
    return False


def frozen_with_somebody(other: Site, front: Patient, page: str) -> HTTPConnection:
    """Freeze it, and return a reader whom it keeps waiting."""
    other.freeze()
    for number in range(4):
        reader = HTTPConnection(HOST, front.port, timeout=30)
        reader.request("GET", f"{page}/signatories?q=reader{number}")
        while not select([reader.sock], [], [], 0.05)[0]:
            if keeps_unread(other.port):
                return reader
        reader.getresponse().read()
        reader.close()
        front.wait_until(lambda answered=number: len(front.logged()) > answered)
    raise AssertionError("nobody was given to the frozen process")


def test_a_frozen_process_keeps_one_reader_and_is_given_no_other_while_the_rest_can_answer(
    migrated_sqlite: Path,
) -> None:
    port = free_port()
    with site_at(port, migrated_sqlite) as (front, shared), serve(shared) as other:
        page = page_of(make_letter())
        with nginx.in_front(front.site.port, other.port, port=port) as front.folder:
            waits = frozen_with_somebody(other, front, page)
            assert {front.get(f"{page}/signatories?q=next{number}").status for number in range(12)} == {200}
            assert front.sign(page).status == 303
            waits.close()


def test_a_machine_that_is_gone_without_a_word_costs_a_form_five_seconds(migrated_sqlite: Path) -> None:
    port = free_port()
    with socket.socket() as gone, site_at(port, migrated_sqlite) as (front, _):
        gone.bind((HOST, 0))
        gone.listen(0)
        crowd = [socket.socket() for _ in range(4)]  # so that Linux answers no further SYN there
        for each in crowd:
            each.setblocking(False)
            each.connect_ex(gone.getsockname())
        page = page_of(make_letter())
        with nginx.in_front(gone.getsockname()[1], front.site.port, port=port) as front.folder:
            assert {front.sign(page).status for _ in range(2)} == {303}
            waited = [line.split()[4] for line in front.logged()]
        for each in crowd:
            each.close()
        assert [seconds for seconds in waited if float(seconds) > 4]  # it was asked
