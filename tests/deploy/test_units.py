"""The units of `deploy/systemd` are what systemd understands, and all of them are confined."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import cannot_run
from tests.servers.site import ROOT

UNITS = ROOT / "deploy" / "systemd"
INSTANCES = {"tribune-web@": "tribune-web@5001", "tribune-worker@": "tribune-worker@1"}


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the site stands where the tests run, and each template has an instance."""
    if not shutil.which("systemd-analyze"):
        cannot_run("systemd: no systemd-analyze on this machine (`apt install systemd`).")
    folder, flask = tmp_path_factory.mktemp("units"), f'"{Path(sys.executable).parent / "flask"}"'  # it may have spaces
    for written in UNITS.rglob("tribune-*.*"):
        if written.is_file():
            here = written.read_text().replace("/srv/tribune/.venv/bin/flask", flask)
            (folder / f"{INSTANCES.get(written.stem, written.stem)}{written.suffix}").write_text(here)
    shutil.copytree(UNITS / "tribune-.service.d", folder / "tribune-.service.d")
    return folder


def analyze(units: Path, *words: str) -> str:
    """What systemd says of it: nothing when all is well."""
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0"}
    done = subprocess.run(
        ["systemd-analyze", *words], env=environment, capture_output=True, text=True, cwd=units, check=False
    )
    return done.stderr if done.stderr or not done.returncode else f"exit code {done.returncode}\n{done.stdout}"


def test_systemd_finds_nothing_wrong(units: Path) -> None:
    names = sorted(unit.name for unit in units.glob("tribune-*.*") if unit.is_file())
    assert len(names) == len(list(UNITS.glob("tribune-*.*"))) - 1 == 7
    assert analyze(units, "verify", "--man=no", *names) == ""


def test_a_mistake_would_be_found(units: Path, tmp_path: Path) -> None:
    broken = (units / "tribune-site.service").read_text().replace("RestartSec", "RestartSecond")
    (tmp_path / "tribune-broken.service").write_text(broken)
    assert "RestartSecond" in analyze(tmp_path, "verify", "--man=no", "tribune-broken.service")


def test_erasures_are_kept_nowhere_but_on_another_machine(units: Path) -> None:
    """By a command, which makes it a unit that has failed, as docs/deploy.md has cron tell; an assertion does not."""
    unit = (units / "tribune-erasures.service").read_text()
    [first] = re.findall("^ExecStartPre=[+](.+)$", unit, re.MULTILINE)  # outside what confines it, where all is mounted
    assert subprocess.run(first.split(), check=False).returncode != 0
    assert subprocess.run(first.replace("/mnt/elsewhere", "/proc").split(), check=False).returncode == 0


def test_systemd_knows_the_words_in_which_cron_asks_what_has_failed() -> None:
    """Misunderstood, it names no unit, and cron mails its complaint every day."""
    if not shutil.which("systemctl"):
        cannot_run("systemd: no systemctl on this machine (`apt install systemd`).")
    documentation = (ROOT / "docs" / "deploy.md").read_text()
    [asked] = re.findall(r"^    45 7 \* \* \* +root  (systemctl .+)$", documentation, re.MULTILINE)
    done = subprocess.run(shlex.split(asked), capture_output=True, text=True, check=False)
    assert not re.search("unknown|unrecognized|invalid", done.stderr, re.IGNORECASE), done.stderr


def test_no_service_starts_before_its_database() -> None:
    """A backup that was missed while the machine was off is made as it starts."""
    services = list(UNITS.glob("*.service"))
    early = [
        service.name
        for service in services
        if "\nAfter=network-online.target postgresql.service\n" not in service.read_text()
    ]
    assert services and early == []


def test_a_pdf_that_takes_all_the_memory_stops_no_site() -> None:
    """By default systemd stops a whole service once Linux has ended one of its processes for want of memory."""
    assert "\nOOMPolicy=continue\n" in (UNITS / "tribune-.service.d" / "hardening.conf").read_text()


@pytest.mark.parametrize(
    "unit", ["tribune-site", "tribune-web@5001", "tribune-worker@1", "tribune-backup", "tribune-erasures"]
)
def test_a_service_may_touch_little(units: Path, unit: str) -> None:
    assert analyze(units, "security", "--offline=true", "--threshold=20", "--no-pager", f"{unit}.service") == ""
