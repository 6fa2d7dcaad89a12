"""What a newcomer types, with Python alone: `python3 dev.py run` and `python3 dev.py test`.

Everything the project depends on goes into .venv, exactly as the lock files say.
"""

from __future__ import annotations  # so that an older Python comes as far as the sentence that refuses it

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
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]  # each holds all that is in the one before it
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
CHECKS = ["ruff check", "ruff format --check", "mypy", "lint-imports", "djlint templates --lint --quiet"]
# One process a core, and one more for when others wait; each with whole files and servers of its own. Which files come
# first, tests/conftest.py says.
EVERYTHING = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]


def refuse_old(python: tuple[int, int]) -> None:
    """Stop with one sentence where the project cannot run."""
    if python < (3, 11):
        sys.exit(f"Tribune needs Python 3.11 or newer, and this is {python[0]}.{python[1]}: try python3.13 dev.py.")


def stamps(locks: Sequence[Path]) -> list[str]:
    """One line a lock, different as soon as the lock or this Python is."""
    return [f"{lock.name} {hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()}" for lock in locks]


def install(locks: Sequence[Path]) -> None:
    """Bring .venv to what `locks` say; done already, it costs nothing. A half-made or outdated one is made anew."""
    wanted, record = stamps(locks), VENV / "installed"
    present = record.read_text().splitlines() if record.exists() else []
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


def installer() -> list[str | Path]:
    """Whatever this machine has for installing into .venv, as the beginning of a command."""
    if find_spec("ensurepip"):
        return [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", PYTHON]
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--disable-pip-version-check"]
    sys.exit("This Python comes without pip: run `apt install python3-venv`, or install uv, then try again.")


def compile_translations(folder: Path = ROOT / "translations") -> None:
    """Make the .mo files that the site reads, where they are older than what translators wrote."""
    for written in folder.glob("*/LC_MESSAGES/messages.po"):
        compiled = written.with_suffix(".mo")
        fresh = compiled.exists() and compiled.stat().st_mtime >= written.stat().st_mtime
        if not fresh and fails([PROGRAMS / "pybabel", "--quiet", "compile", "-i", written, "-o", compiled]):
            compiled.unlink(missing_ok=True)  # a full disk leaves half of it, with which no page could be read
            sys.exit(f"{written} does not compile, for the reason above.")


def write_config(instance: Path) -> None:
    """Give this machine its own secret key, once: signed links and log-ins stand or fall with it."""
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


def environment(caller: Mapping[str, str], port: int) -> dict[str, str]:
    """The caller's, in development, with links that lead to this port, and free of Flask's own switches."""
    ours = {name: value for name, value in caller.items() if not name.startswith("FLASK_")}
    if port != 5000:
        ours.setdefault("TRIBUNE_PUBLIC_URL", f"http://127.0.0.1:{port}")
    return ours | {"TRIBUNE_DEVELOPMENT": "1"}


def run(host: str, port: int) -> None:
    """Serve the site with its demo letter; this process becomes the server's."""
    prepare(LOCKS[:1])
    instance = Path(os.environ.get("TRIBUNE_INSTANCE_PATH") or ROOT / "instance").absolute()
    write_config(instance)
    ours = environment({**os.environ, "TRIBUNE_INSTANCE_PATH": str(instance)}, port)
    os.chdir(ROOT)
    command = [str(PYTHON), "-m", "flask", "--app", "wsgi", "demo", "run", "--host", host, "--port", str(port)]
    if os.name == "nt":
        sys.exit(subprocess.run(command, env=ours, check=False).returncode)
    os.execve(command[0], command, ours)


def test(pytest_words: Sequence[str]) -> int:
    """All checks, then all tests; with words for pytest, those tests alone. Zero when nothing failed."""
    prepare(LOCKS)
    failed = [] if pytest_words else [check for check in CHECKS if program_fails(check.split())]
    pytest_failed = program_fails(["pytest", *(pytest_words or EVERYTHING)])
    if failed:
        print(f"Failed before the tests: {', '.join(failed)}.")
    return 1 if failed or pytest_failed else 0


def bench(words: Sequence[str]) -> int:
    """Run the benches, and write docs/performance.md; zero when all could be measured."""
    prepare(LOCKS)
    return int(fails([PYTHON, "-m", "bench", *words]))


def translate() -> int:
    """Bring the catalogues up to date with the words of the code; zero when that worked, whatever is left to do."""
    prepare(LOCKS[:1])
    return int(fails([PYTHON, ROOT / "translations" / "update.py"]))


def prepare(locks: Sequence[Path]) -> None:
    """Everything that must be there before the project's own code can start."""
    install(locks)
    compile_translations()


def program_fails(words: Sequence[str]) -> bool:
    """Run a program of .venv under a heading, and tell whether it failed."""
    print(f"\n== {' '.join(words)}", flush=True)
    return fails([PROGRAMS / words[0], *words[1:]])


def fails(command: Sequence[str | Path]) -> bool:
    """Run a command in the repository, its words going straight to the reader, and tell whether it failed."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode != 0


def main(words: Sequence[str]) -> int:
    """What the words of the command line ask for; the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("run", help="start the site, its demo letter and its mailbox on this machine")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    serve.add_argument("--port", default=5000, type=int, help="the port to listen on (default: %(default)s)")
    commands.add_parser("test", help="run every check and every test; what follows goes to pytest alone")
    commands.add_parser("bench", help="measure what the site costs; what follows goes to bench, --help too")
    commands.add_parser("install", help="only make .venv and the translations ready, as production needs them")
    commands.add_parser("translate", help="bring the catalogues up to date, and say what is left to translate")
    if words[:1] == ["test"]:  # before argparse looks: what follows belongs to pytest, dashes included
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
