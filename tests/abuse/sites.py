"""What the scripts stand on: each database, empty, outside of the tests; and one open letter on it."""

import argparse
import faulthandler
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Protocol

import sqlalchemy as sa
from flask import Flask

from tests.conftest import SETTINGS, let_go, migrate, new_app
from tests.factories import make_letter
from tests.servers import postgresql
from tests.servers.smtp import MailServer
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.counting import recount

SLUG = "rues"
LIMIT = 3600  # seconds for each database


class Found(Protocol):
    """What a script found."""

    def wrong(self) -> list[str]:
        """What does not hold of all that the script promises."""


def report(check: Callable[..., Found], **defaults: float) -> NoReturn:
    """Print what is found on each database, and what of it is wrong; the exit code is 1 when anything is.

    `check`: takes a URL, a folder, and the `options` of these names.
    """
    asked, failed = options(**defaults), False
    for name, url, folder in databases():
        failed = tell(name, check(url, folder, **asked)) or failed
    sys.exit(failed)


def options(**defaults: float) -> dict[str, Any]:
    """What the command line of the script says, by name, and else these."""
    parser = argparse.ArgumentParser(description=(sys.modules["__main__"].__doc__ or "").splitlines()[0])
    for name, default in defaults.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    return vars(parser.parse_args())


def tell(name: str, found: Found) -> bool:
    """Print what was found there; whether it is wrong."""
    wrong = found.wrong()
    print(f"{name} {'FAILS' if wrong else 'HOLDS'}: {found}", *wrong, sep="\n  ", flush=True)
    return bool(wrong)


def limit_time() -> None:
    """From now on a script has LIMIT seconds: then it stops what it has started, and fails."""

    def stop(*_: object) -> NoReturn:
        raise TimeoutError(f"not done within {LIMIT} seconds")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    faulthandler.dump_traceback_later(LIMIT + 120, exit=True)  # should something refuse to stop


def databases() -> Iterator[tuple[str, str, Path]]:
    """SQLite, then PostgreSQL, both writing as in production: the name, the URL, and a folder to use."""
    limit_time()
    with tempfile.TemporaryDirectory() as made:
        url = f"sqlite:///{made}/tribune.sqlite"
        migrate(url, Path(made))
        yield "SQLite", url, Path(made)
    limit_time()
    with tempfile.TemporaryDirectory() as made, postgresql.own() as server:
        migrate(server.url, Path(made))
        yield "PostgreSQL", server.url, Path(made)


@contextmanager
def open_letter(url: str, folder: Path, mails: MailServer | None = None) -> Iterator[tuple[Flask, dict[str, str]]]:
    """Publish a letter there: the site in this process, to look at what others leave, and the settings of theirs.

    Mails go to `mails`; without it they wait. No thread of the web process delivers.
    """
    ours = {"MAIL_DEFAULT_SENDER": "tribune@example.org"}
    if mails:
        ours |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": mails.port}
    app = new_app(url, folder, **ours)
    theirs = {"SECRET_KEY": SETTINGS["SECRET_KEY"], "SQLALCHEMY_DATABASE_URI": url, "MAIL_WORKER": "off", **ours}
    try:
        with app.app_context():
            make_letter(slug=SLUG)
            db.session.remove()
            yield app, {f"TRIBUNE_{name}": str(value) for name, value in theirs.items()}
    finally:
        let_go(app)


def the_letter() -> Letter:
    """The letter, read afresh. Needs an app context."""
    db.session.rollback()
    return db.session.scalars(sa.select(Letter).where(Letter.slug == SLUG)).one()


def losses(lost: set[str], right: bool) -> list[str]:
    """In words: who was told that they signed and is not there, and a public number (`right`) that is not the rows'."""
    told = [f"lost: {sorted(lost)}"] if lost else []
    return told if right else [*told, "the public number is not that of the rows"]


def counted_right() -> bool:
    """Whether the public number is that of the rows, at one instant."""
    right = recount(the_letter()) == (0, 0)
    db.session.remove()
    return right
