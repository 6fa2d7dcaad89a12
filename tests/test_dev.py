"""dev.py in a small checkout of its own, whose environment holds stand-ins that tell how they were called."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from signal import SIGKILL

import pytest

import dev
from tests.servers.disk import fill, small_disk

TELL = '#!/bin/sh\necho "$(basename "$0") $*"\n'
EVERYTHING = " ".join(dev.EVERYTHING)


class Checkout:
    """A folder with dev.py, two locks and an environment that counts as installed from them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.record = folder, folder / ".venv" / "installed"
        shutil.copy(dev.ROOT / "dev.py", folder)
        self.locks = [folder / lock.name for lock in dev.LOCKS]
        for lock in self.locks:
            lock.write_text("# nothing\n")
        (folder / ".venv" / "bin").mkdir(parents=True)
        for name in ["python", "pytest", "pybabel", *(check.split()[0] for check in dev.CHECKS)]:
            self.program(name, TELL)
        (folder / ".venv" / "pyvenv.cfg").write_text(f"command = python3 -m venv {folder.resolve() / '.venv'}\n")
        self.installed(self.locks)

    def program(self, name: str, script: str) -> None:
        """Put a program into the environment."""
        path = self.folder / ".venv" / "bin" / name
        path.write_text(script)
        path.chmod(0o755)

    def installed(self, locks: Sequence[Path]) -> None:
        """Note that the environment holds these locks."""
        self.record.write_text("\n".join(dev.stamps(locks)) + "\n")

    def type(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `python dev.py …` here, with these variables of ours alone."""
        machine = {name: value for name, value in os.environ.items() if not name.startswith("TRIBUNE_")}
        command = [sys.executable, "dev.py", *words]
        return subprocess.run(
            command, cwd=self.folder, env=machine | variables, capture_output=True, text=True, check=False
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def uv(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has uv, and no ensurepip, as Debian without python3-venv: to put pip anywhere takes seconds."""
    folder = tmp_path_factory.mktemp("uv")
    (folder / "uv").write_text(TELL)
    (folder / "uv").chmod(0o755)
    (folder / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_an_old_python_is_refused_in_one_sentence() -> None:
    with pytest.raises(SystemExit, match=r"^Tribune needs Python 3\.11 or newer, and this is 3\.10: .*\.$"):
        dev.refuse_old((3, 10))
    dev.refuse_old((3, 11))


@pytest.mark.parametrize("words", [[], ["walk"], ["run", "--port", "http"], ["install", "--port", "1"]])
def test_words_that_mean_nothing_are_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        dev.main(words)
    assert refusal.value.code == 2


@pytest.mark.parametrize("number", ["0", "99999"])
def test_a_port_that_no_machine_has_is_wrong_usage(checkout: Checkout, number: str) -> None:
    done = checkout.type("run", "--port", number)
    assert (done.returncode, done.stdout) == (2, "") and f"'{number}'" in done.stderr


def test_the_settings_of_this_machine_are_written_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    dev.write_config(tmp_path / "instance")
    written = tmp_path / "instance" / "config.py"
    text = written.read_text()
    assert re.search(r"^SECRET_KEY = '[0-9a-f]{64}'\nDEVELOPMENT = True$", text, re.MULTILINE)
    assert written.stat().st_mode & 0o777 == 0o600
    dev.write_config(tmp_path / "instance")
    assert written.read_text() == text


def test_two_machines_have_two_keys(tmp_path: Path) -> None:
    for machine in ("one", "other"):
        dev.write_config(tmp_path / machine)
    assert (tmp_path / "one" / "config.py").read_text() != (tmp_path / "other" / "config.py").read_text()


def test_links_lead_to_the_port_that_was_asked_for() -> None:
    assert "TRIBUNE_PUBLIC_URL" not in dev.environment({}, "127.0.0.1", 5000)
    assert dev.environment({}, "127.0.0.1", 8000)["TRIBUNE_PUBLIC_URL"] == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("192.0.2.7", "http://192.0.2.7:5000"), ("::1", "http://localhost:5000"), ("[::1]", "http://localhost:5000"),
        ("0.0.0.0", None), ("::", None), ("2001:db8::7", None), ("localhost", None), ("", None), ("127.0.0.1:80", None),
    ],
)  # fmt: skip
def test_links_lead_to_the_one_address_that_was_asked_for(host: str, url: str | None) -> None:
    assert dev.environment({}, host, 5000).get("TRIBUNE_PUBLIC_URL") == url


def test_the_public_url_of_the_caller_is_kept() -> None:
    chosen = {"TRIBUNE_PUBLIC_URL": "http://tribune.example.org"}
    assert dev.environment(chosen, "192.0.2.7", 8000)["TRIBUNE_PUBLIC_URL"] == "http://tribune.example.org"


def test_switches_of_flask_that_the_caller_has_set_do_not_reach_the_site() -> None:
    given = {"FLASK_DEBUG": "1", "FLASK_APP": "another", "LANG": "fr_FR.UTF-8"}
    assert dev.environment(given, "127.0.0.1", 5000) == {"LANG": "fr_FR.UTF-8", "TRIBUNE_DEVELOPMENT": "1"}


def test_what_another_project_has_set_moves_no_package(checkout: Checkout) -> None:
    checkout.installed(checkout.locks[:1])
    checkout.program("python", '#!/bin/sh\necho "$2 [$PYTHONPATH$PIP_TARGET$PIP_PREFIX$PIP_USER] $PIP_INDEX_URL"\n')
    other = {"PYTHONPATH": "/other", "PIP_TARGET": "/other", "PIP_PREFIX": "/other", "PIP_USER": "1"}
    done = checkout.type("bench", PIP_INDEX_URL="https://mirror.example.org/", **other)
    told = re.findall(r"^(.*) https://mirror\.example\.org/$", done.stdout, re.MULTILINE)
    assert told == ["pip []", "bench []"]


def test_run_hands_over_to_the_site(checkout: Checkout) -> None:
    started = checkout.type("run", "--host", "0.0.0.0", "--port", "8000", TRIBUNE_INSTANCE_PATH="")
    assert started.stdout == "python -m flask --app wsgi demo run --host 0.0.0.0 --port 8000\n"
    assert (checkout.folder / "instance" / "config.py").exists()


def test_the_settings_are_written_where_the_instance_is_said_to_be(checkout: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "instance"
    checkout.type("run", TRIBUNE_INSTANCE_PATH=str(elsewhere))
    assert (elsewhere / "config.py").exists() and not (checkout.folder / "instance").exists()


def test_an_instance_that_cannot_be_made_is_said_in_a_sentence(checkout: Checkout) -> None:
    in_a_file = checkout.folder / "dev.py" / "instance"
    done = checkout.type("run", TRIBUNE_INSTANCE_PATH=str(in_a_file))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{in_a_file}: Not a directory. Mend that, then run the same command again.\n"


def test_an_instance_that_is_near_is_the_same_for_the_site(checkout: Checkout, tmp_path: Path) -> None:
    checkout.program("python", '#!/bin/sh\necho "$TRIBUNE_INSTANCE_PATH"\n')
    (tmp_path / "here").mkdir()
    started = subprocess.run(
        [sys.executable, checkout.folder / "dev.py", "run"], cwd=tmp_path / "here", check=True,
        env={**os.environ, "TRIBUNE_INSTANCE_PATH": "near"}, capture_output=True, text=True,
    )  # fmt: skip
    assert started.stdout == f"{tmp_path / 'here' / 'near'}\n"
    assert (tmp_path / "here" / "near" / "config.py").exists()


def test_every_check_and_the_tests_run_even_after_one_failed(checkout: Checkout) -> None:
    checkout.program("mypy", TELL + "exit 1\n")
    done = checkout.type("test")
    assert re.findall(r"^== (.*)$", done.stdout, re.MULTILINE) == [*dev.CHECKS, f"pytest {EVERYTHING}"]
    assert done.stdout.endswith(f"\npytest {EVERYTHING}\nFailed before the tests: mypy.\n")
    assert done.returncode == 1


def test_nothing_follows_the_last_words_of_pytest_when_all_is_well(checkout: Checkout) -> None:
    done = checkout.type("test")
    assert done.stdout.endswith(f"\n== pytest {EVERYTHING}\npytest {EVERYTHING}\n")
    assert done.returncode == 0


def test_a_failing_test_fails_the_command(checkout: Checkout) -> None:
    checkout.program("pytest", "#!/bin/sh\nexit 1\n")
    assert checkout.type("test").returncode == 1


def test_words_for_pytest_run_pytest_alone(checkout: Checkout) -> None:
    done = checkout.type("test", "-k", "names", "-x", "tests/letters")
    assert done.stdout == "\n== pytest -k names -x tests/letters\npytest -k names -x tests/letters\n"


def test_what_pytest_has_compiled_is_kept_for_the_next_time(checkout: Checkout) -> None:
    checkout.program("pytest", '#!/bin/sh\necho "$1 [$PYTHONDONTWRITEBYTECODE]"\n')
    assert checkout.type("test", "-x", PYTHONDONTWRITEBYTECODE="1").stdout.endswith("\n-x []\n")


def test_after_run_the_tests_only_add_what_is_missing(checkout: Checkout) -> None:
    checkout.installed(checkout.locks[:1])
    done = checkout.type("test", "--co")
    assert (
        f"python -m pip install --disable-pip-version-check --quiet --require-hashes -r {checkout.locks[1]}"
        in done.stdout
    )
    assert checkout.record.read_text().splitlines() == dev.stamps(checkout.locks)


def test_after_the_tests_run_installs_nothing(checkout: Checkout) -> None:
    assert checkout.type("install").stdout == ""


def test_a_failed_installation_is_said_and_not_taken_for_done(checkout: Checkout) -> None:
    checkout.installed(checkout.locks[:1])
    checkout.program("python", "#!/bin/sh\necho 'No space left' >&2\nexit 1\n")
    done = checkout.type("test")
    assert done.stderr.startswith("No space left\nThe installation failed")
    assert done.returncode == 1
    assert not checkout.record.exists()


def test_where_pip_is_for_the_machine_alone_it_installs_and_without_any_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = ["pip"]
    monkeypatch.setattr(dev, "find_spec", lambda name: name in there)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert dev.installer()[:5] == [sys.executable, "-m", "pip", "--python", dev.PYTHON]
    there.clear()
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        dev.installer()


def test_one_that_is_made_anew_has_pip(checkout: Checkout) -> None:
    checkout.record.unlink()
    assert checkout.type("install").returncode == 0
    pip = [checkout.folder / ".venv" / "bin" / "python", "-m", "pip", "--version"]
    assert subprocess.run(pip, capture_output=True, check=False).returncode == 0
    assert checkout.record.read_text().splitlines() == dev.stamps(checkout.locks[:1])


@pytest.mark.usefixtures("uv")
@pytest.mark.parametrize("lost", ["installed", "pyvenv.cfg"])
def test_a_half_made_environment_is_made_anew(checkout: Checkout, lost: str) -> None:
    (checkout.folder / ".venv" / lost).unlink()
    done, python = checkout.type("install"), checkout.folder / ".venv" / "bin" / "python"
    assert done.stdout.endswith(f"\nuv pip install --python {python} --quiet --require-hashes -r {checkout.locks[0]}\n")
    assert done.returncode == 0
    assert "version" in (checkout.folder / ".venv" / "pyvenv.cfg").read_text()
    assert checkout.record.read_text().splitlines() == dev.stamps(checkout.locks[:1])


@pytest.mark.usefixtures("uv")
@pytest.mark.parametrize("below", [False, True])
def test_an_environment_that_was_moved_is_made_anew(tmp_path: Path, below: bool) -> None:
    then = tmp_path / "then"
    first = tmp_path / then.relative_to("/") if below else tmp_path / "first"  # as "/mnt/srv/tribune"
    first.mkdir(parents=True)
    checkout = Checkout(first)
    first.rename(then)
    checkout.folder = then
    assert checkout.type("install").returncode == 0
    assert f" {then / '.venv'}\n" in (then / ".venv" / "pyvenv.cfg").read_text()


def test_one_below_an_accent_is_found_in_place_whatever_the_language_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "Hélène"
    folder.mkdir()
    done = Checkout(folder).type("install", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stdout) == (0, "")


def test_one_that_is_a_link_to_another_disk_is_found_in_place(checkout: Checkout) -> None:
    venv, disk = checkout.folder / ".venv", checkout.folder / "disk"
    venv.rename(disk)
    venv.symlink_to(disk)
    assert checkout.type("install").stdout == ""


def test_a_lock_that_changed_has_another_stamp(checkout: Checkout) -> None:
    before = dev.stamps(checkout.locks)
    checkout.locks[1].write_text("# something\n")
    after = dev.stamps(checkout.locks)
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


def test_translations_are_compiled_only_when_they_changed(checkout: Checkout) -> None:
    written = checkout.folder / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    written.parent.mkdir(parents=True)
    written.touch()
    checkout.program("pybabel", TELL + 'for last; do :; done; touch "$last"\n')
    compiled = written.with_suffix(".mo")
    unfinished = written.with_suffix(".unfinished")
    assert checkout.type("install").stdout == f"pybabel --quiet compile -i {written} -o {unfinished}\n"
    assert checkout.type("install").stdout == ""
    os.utime(compiled, (0, 0))
    assert checkout.type("install").stdout != ""


def test_translations_that_were_interrupted_are_compiled_the_next_time(checkout: Checkout) -> None:
    written = checkout.folder / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    written.parent.mkdir(parents=True)
    written.touch()
    compile_to = '#!/bin/sh\nfor last; do :; done\necho {} > "$last"\n'
    checkout.program("pybabel", compile_to.format("half") + "kill -KILL $PPID\n")  # a job in the background ignores INT
    assert checkout.type("install").returncode == -SIGKILL
    checkout.program("pybabel", compile_to.format("whole"))
    assert checkout.type("install").returncode == 0
    assert [file.name for file in written.parent.iterdir() if file != written] == ["messages.mo"]
    assert written.with_suffix(".mo").read_text() == "whole\n"


def test_what_a_full_disk_left_half_made_is_made_anew_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path, megabytes=1) as disk:
        written = disk / "fr" / "LC_MESSAGES" / "messages.po"
        written.parent.mkdir(parents=True)
        written.write_text('msgid ""\nmsgstr "Language: fr"\n\nmsgid "yes"\nmsgstr "oui"\n')
        ballast = fill(disk)
        with pytest.raises(SystemExit, match=r"messages\.po does not compile"):
            dev.compile_translations(disk)
        with pytest.raises(OSError, match="No space left"):
            dev.write_config(disk)
        ballast.unlink()
        dev.compile_translations(disk)
        dev.write_config(disk)
        assert b"oui" in written.with_suffix(".mo").read_bytes() and "SECRET_KEY" in (disk / "config.py").read_text()


def test_translate_brings_the_catalogues_up_to_date(checkout: Checkout) -> None:
    done = checkout.type("translate")
    assert done.stdout == f"python {checkout.folder / 'translations' / 'update.py'}\n" and done.returncode == 0
    checkout.program("python", "#!/bin/sh\nexit 1\n")
    assert checkout.type("translate").returncode == 1


def test_the_site_is_tested_with_the_very_versions_it_runs_with() -> None:
    core, tests = ({line for line in lock.read_text().splitlines() if "==" in line} for lock in dev.LOCKS)
    assert core
    assert core <= tests


def test_the_locks_name_no_place_to_install_from() -> None:
    for lock in dev.LOCKS:
        assert not re.search(r"://|--(extra-)?index-url|--find-links", lock.read_text())


def test_bench_is_given_all_that_follows(checkout: Checkout) -> None:
    done = checkout.type("bench", "--full", "--only", "desk")
    assert (done.returncode, done.stdout) == (0, "python -m bench --full --only desk\n")
