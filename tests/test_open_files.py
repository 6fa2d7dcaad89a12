"""Many connections are many open files, of which a machine lets a process have few until it asks for more."""

import shlex
import shutil
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.abuse.slow import slow
from tests.conftest import SETTINGS
from tests.servers.site import HOST, ROOT, SERVE, serve
from tribune.serving import CONNECTIONS, FEWEST, OTHER_FILES

FEW, MANY = 128, 200


def allowed(files: str, command: list[str]) -> list[str]:
    """The command, where it may open so many files: as `ulimit` is told."""
    return ["sh", "-c", f"ulimit {files} && exec {shlex.join(command)}"]


def settings(migrated_sqlite: Path, folder: Path) -> dict[str, str]:
    """Those of a site that mails nothing."""
    return {
        "TRIBUNE_SECRET_KEY": str(SETTINGS["SECRET_KEY"]),
        "TRIBUNE_SQLALCHEMY_DATABASE_URI": f"sqlite:///{shutil.copy(migrated_sqlite, folder)}",
        "TRIBUNE_MAIL_WORKER": "off",
    }


def test_who_comes_is_served_though_more_are_connected_than_files_may_be_open_at_first(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    with serve(settings(migrated_sqlite, tmp_path), allowed(f"-Sn {FEW}", SERVE)) as site:
        with slow(site.port, MANY):
            for page in ("/", "/static/tribune.css"):
                with closing(HTTPConnection(HOST, site.port, timeout=30)) as connection:
                    connection.request("GET", page)
                    assert connection.getresponse().status == 200
        assert "accept()" not in site.output


def test_somebody_is_let_in_however_few_files_the_machine_allows(migrated_sqlite: Path, tmp_path: Path) -> None:
    with serve(settings(migrated_sqlite, tmp_path), allowed("-n 64", SERVE)) as site:
        assert site.answers()


@pytest.mark.parametrize(
    ("files", "room"), [("-n 300", 300 - OTHER_FILES), ("-n 3000", CONNECTIONS), ("-n 50", FEWEST)]
)
def test_no_more_are_let_in_than_the_machine_allows(files: str, room: int) -> None:
    words = "from tribune.serving import room_for_connections; print(room_for_connections())"
    command = allowed(files, [sys.executable, "-c", words])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{room}\n"
