"""Set up, run and test Tribune with Python alone: `python3 dev.py run`, `python3 dev.py test`.

All dependencies go into .venv, exactly as the lock files say.
"""

from __future__ import annotations  # so that an older Python gets as far as `refuse_old`

import argparse
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]  # the second contains the first
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
# What a caller may have set for another project: pip would install elsewhere, and .venv read what is elsewhere.
ELSEWHERE = ("PIP_PREFIX", "PIP_TARGET", "PIP_USER", "PYTHONPATH")
CHECKS = ["ruff check", "ruff format --check", "mypy", "lint-imports", "djlint templates --lint --quiet"]
# One process per core, and one more for when others wait; each runs whole files and its own servers. The order of files
# is in tests/conftest.py.
EVERYTHING = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]


def refuse_old(python: tuple[int, int]) -> None:
    """Exit with one sentence if this Python is too old."""
    if python < (3, 11):
        sys.exit(f"Tribune needs Python 3.11 or newer, and this is {python[0]}.{python[1]}: try python3.13 dev.py.")


def stamps(locks: Sequence[Path]) -> list[str]:
    """Return one line per lock file, which changes with the file or with this Python."""
    return [f"{lock.name} {hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()}" for lock in locks]


def install(locks: Sequence[Path]) -> None:
    """Install what `locks` say into .venv, if not there already. One incomplete, outdated or moved is made anew."""
    wanted, record = stamps(locks), VENV / "installed"
    present = record.read_text().splitlines() if record.exists() and not moved() else []
    if present[: len(wanted)] == wanted:
        return
    command = installer()
    print(f"Installing {locks[-1].name} into .venv (half a minute, or more on a slow line; this time only)", flush=True)
    if present and present == wanted[: len(present)]:
        record.unlink()
    else:
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, symlinks=os.name != "nt", with_pip=bool(find_spec("ensurepip")))
    if fails([*command, "--quiet", "--require-hashes", "-r", locks[-1]]):
        sys.exit("The installation failed for the reason above: mend that, then run the same command again.")
    record.write_text("\n".join(wanted) + "\n")


def moved() -> bool:
    """Whether .venv was made in another place, which its programs name in their first line, or does not say where."""
    said = VENV / "pyvenv.cfg"
    made = said.read_bytes() if said.exists() else b""
    return not any(os.fsencode(f" {place}{os.linesep}") in made for place in (VENV, VENV.resolve()))


def installer() -> list[str | Path]:
    """Return the beginning of a command that installs into .venv, by whatever this machine has."""
    if find_spec("ensurepip"):
        return [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", PYTHON]
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--disable-pip-version-check"]
    sys.exit("This Python comes without pip: run `apt install python3-venv`, or install uv, then try again.")


def compile_translations(folder: Path = ROOT / "translations") -> None:
    """Compile the .mo files that the site reads, where missing or older than the .po."""
    for written in folder.glob("*/LC_MESSAGES/messages.po"):
        compiled = written.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= written.stat().st_mtime:
            continue
        # With half of it, as a full disk or Ctrl-C leaves, no page could be read, and it would be newer than the .po.
        unfinished = written.with_suffix(".unfinished")
        if fails([PROGRAMS / "pybabel", "--quiet", "compile", "-i", written, "-o", unfinished]):
            unfinished.unlink(missing_ok=True)
            sys.exit(f"{written} does not compile, for the reason above.")
        unfinished.replace(compiled)


def write_config(instance: Path) -> None:
    """Write config.py with a new secret key, unless there is one: another key would break signed links and log-ins."""
    instance.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(instance / "config.py", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    try:
        with open(file, "w", encoding="utf-8") as config:
            config.write(
                "# Made by `dev.py run` for this machine alone, and never committed."
                " Keep it: a new key breaks old links.\n"
                f"SECRET_KEY = '{secrets.token_hex(32)}'\n"
                "DEVELOPMENT = True\n"
            )
    except OSError:
        (instance / "config.py").unlink()  # else no later run would give it a key
        raise


def environment(caller: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """Return the caller's environment in development mode, with PUBLIC_URL where the site is, without FLASK_* ones."""
    ours = {name: value for name, value in caller.items() if not name.startswith("FLASK_")}
    where = (name_of(host), port)
    if where != ("127.0.0.1", 5000):
        ours.setdefault("TRIBUNE_PUBLIC_URL", "http://{}:{}".format(*where))
    return ours | {"TRIBUNE_DEVELOPMENT": "1"}


def name_of(host: str) -> str:
    """Return the host of an address that leads to a server which listens on `host`."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:  # a name
        return "127.0.0.1"
    if address.version == 6:  # no site can be called that
        return "localhost" if address.is_loopback else "127.0.0.1"
    return "127.0.0.1" if address.is_unspecified else str(address)


def run(host: str, port: int) -> None:
    """Serve the site with its demo letter; the server replaces this process."""
    prepare(LOCKS[:1])
    instance = Path(os.environ.get("TRIBUNE_INSTANCE_PATH") or ROOT / "instance").absolute()
    write_config(instance)
    ours = environment({**os.environ, "TRIBUNE_INSTANCE_PATH": str(instance)}, host, port)
    os.chdir(ROOT)
    command = [str(PYTHON), "-m", "flask", "--app", "wsgi", "demo", "run", "--host", host, "--port", str(port)]
    if os.name == "nt":
        sys.exit(subprocess.run(command, env=ours, check=False).returncode)
    os.execve(command[0], command, ours)


def test(pytest_words: Sequence[str]) -> int:
    """Run all checks, then all tests; with arguments for pytest, only those tests. Return 0 when nothing failed."""
    prepare(LOCKS)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process would compile all tests anew, in nine seconds
    failed = [] if pytest_words else [check for check in CHECKS if program_fails(check.split())]
    pytest_failed = program_fails(["pytest", *(pytest_words or EVERYTHING)])
    if failed:
        print(f"Failed before the tests: {', '.join(failed)}.")
    return 1 if failed or pytest_failed else 0


def bench(words: Sequence[str]) -> int:
    """Run the benches, and write docs/performance.md; return 0 when all could be measured."""
    prepare(LOCKS)
    return int(fails([PYTHON, "-m", "bench", *words]))


def translate() -> int:
    """Update the catalogues from the code; return 0 when that worked, even if some texts are not translated yet."""
    prepare(LOCKS[:1])
    return int(fails([PYTHON, ROOT / "translations" / "update.py"]))


def prepare(locks: Sequence[Path]) -> None:
    """Make everything that the project's own code needs to start, and be deaf to `ELSEWHERE` from now on."""
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    install(locks)
    compile_translations()


def program_fails(words: Sequence[str]) -> bool:
    """Run a program of .venv under a heading; return whether it failed."""
    print(f"\n== {' '.join(words)}", flush=True)
    return fails([PROGRAMS / words[0], *words[1:]])


def fails(command: Sequence[str | Path]) -> bool:
    """Run a command in the repository, its output going to the terminal; return whether it failed."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode != 0


def port(word: str) -> int:
    """Read a port. Raises ValueError if nothing can listen there."""
    if (number := int(word)) not in range(1, 2**16):
        raise ValueError
    return number


def main(words: Sequence[str]) -> int:
    """Do what the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("run", help="start the site, its demo letter and its mailbox on this machine")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    serve.add_argument("--port", default=5000, type=port, help="the port to listen on (default: %(default)s)")
    commands.add_parser("test", help="run every check and every test; with arguments, pytest alone with these")
    commands.add_parser("bench", help="measure what the site costs; the bench takes what follows, --help too")
    commands.add_parser("install", help="make .venv and the translations ready, and no more, as for production")
    commands.add_parser("translate", help="bring the catalogues up to date, and say what is left to translate")
    if words[:1] == ["test"]:  # not by argparse: what follows belongs to pytest, options included
        return test(words[1:])
    if words[:1] == ["bench"]:
        return bench(words[1:])
    asked = parser.parse_args(words)
    if asked.command == "install":
        prepare(LOCKS[:1])
    elif asked.command == "translate":
        return translate()
    else:
        run(asked.host, asked.port)
    return 0


if __name__ == "__main__":
    refuse_old(sys.version_info[:2])
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # the folder of another account, a full disk
        sys.exit(f"{error.filename or ROOT}: {error.strerror}. Mend that, then run the same command again.")
