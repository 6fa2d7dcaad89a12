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
    """Say in one what the database refuses, and that there is no room for what a command says: no traceback."""
    try:
        yield
    except DatabaseBusy:
        raise click.ClickException(
            "Another program holds the database: nothing was written. Try again in a few seconds."
        ) from None
    except UnicodeEncodeError:
        raise click.ClickException("What was typed is not UTF-8 text: nothing was written.") from None
    except DatabaseError as error:
        if not is_of_the_database(error):
            raise
        raise click.ClickException(
            f"The database fails: {said_by(error)}. `flask doctor` says what is wrong; where a table or a column is "
            "missing, as after an update, `flask db upgrade` makes it."
        ) from error
    except OSError as error:
        if error.errno not in FULL or error.filename is not None:  # a file, and no output
            raise
        sys.stdout = io.StringIO()  # Python writes what is left of it at the end, and would fail once more
        raise click.ClickException(f"The output cannot be written: {error.strerror}.") from None


class Commands(AppGroup):
    """A group of commands that read or write rows."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed. Raises ClickException where the database or the output refuses."""
        with sentences():
            return super().invoke(ctx)


class Command(click.Command):
    """The same of one command that is in no group."""

    def invoke(self, ctx: click.Context) -> Any:
        """As above."""
        with sentences():
            return super().invoke(ctx)


def shell_blueprint(name: str, module: str, group: str, words: str) -> Blueprint:
    """The commands `flask GROUP …`, and what they are for."""
    bp = Blueprint(name, module, cli_group=group)
    bp.cli = Commands(help=words)
    return bp


def progress_bar(length: int, rows: Any = None, *, hidden: bool = False) -> Any:
    """How far a command came, where it is a terminal that shows it: over `rows`, or moved by whoever has it."""
    return click.progressbar(rows, length, file=sys.stderr, hidden=hidden or not sys.stderr.isatty())


@contextmanager
def sigterm_unwinds() -> Iterator[None]:
    """Meanwhile SIGTERM ends the program as Ctrl-C does. Python itself dies of it on the spot, and leaves all as it is.

    As process 1 of a container it would not even do that, and go on until SIGKILL.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
