"""Groups of commands: what the database or the output cannot do is said in a sentence; SIGTERM ends them in order."""

import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Blueprint
from flask.cli import AppGroup
from sqlalchemy.exc import DatabaseError

from tribune.database import DatabaseBusy
from tribune.faults import FULL, is_of_the_database, said_by


@contextmanager
def sentences() -> Iterator[None]:
    """Turn faults of the database, and a full disk under the output, into a ClickException with a sentence."""
    try:
        yield
    except DatabaseBusy:
        raise click.ClickException(
            "Another program holds the database: nothing was written. Try again in a few seconds."
        ) from None
    except UnicodeEncodeError as error:
        if error.encoding != "utf-8":  # as the database and our files are
            raise click.ClickException(
                f"The output is in {sys.stdout.encoding}, which lacks some of its characters, and is cut short: set "
                "PYTHONIOENCODING=utf-8 in the environment."
            ) from None
        raise click.ClickException("What was typed is not UTF-8 text: nothing was written.") from None
    except DatabaseError as error:
        if not is_of_the_database(error):
            raise
        raise click.ClickException(
            f"The database fails: {said_by(error)}. `flask doctor` says what is wrong; if a table or a column is "
            "missing, as after an update, `flask db upgrade` adds it."
        ) from error
    except OSError as error:
        if error.errno not in FULL or error.filename is not None:  # about a file, not the output
            raise
        sys.stdout = io.StringIO()  # at exit Python flushes the rest, and would fail once more
        raise click.ClickException(f"The output cannot be written: {error.strerror}.") from None


class Commands(AppGroup):
    """A group of commands that read or write rows."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed. Raises ClickException where the database or the output refuses."""
        with sentences():
            return super().invoke(ctx)


class Command(click.Command):
    """The same for one command that is in no group."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, as above."""
        with sentences():
            return super().invoke(ctx)


def shell_blueprint(name: str, module: str, group: str, words: str) -> Blueprint:
    """Return a blueprint for the commands `flask GROUP …`; `words` say what they are for."""
    bp = Blueprint(name, module, cli_group=group)
    bp.cli = Commands(help=words)
    return bp


def progress_bar(length: int, rows: Any = None, *, hidden: bool = False) -> Any:
    """Return a progress bar over `rows`, or one the caller moves; hidden where it is no terminal."""
    on_terminal = sys.stderr is not None and sys.stderr.isatty()  # None after `2>&-`
    return click.progressbar(rows, length, file=sys.stderr, hidden=hidden or not on_terminal)


@contextmanager
def sigterm_unwinds() -> Iterator[None]:
    """Within the block SIGTERM raises SystemExit, so that the program unwinds; by default Python dies on the spot.

    As process 1 of a container it would not even do that, and go on until SIGKILL.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
