"""The groups of commands, which say in a sentence what their database cannot do, and an end that is not abrupt."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Blueprint
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from tribune.database import DatabaseBusy
from tribune.faults import OF_A_STATEMENT, said_by


class Commands(AppGroup):
    """Commands that read or write rows: who forgot `flask db upgrade` reads that, and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed. Raises ClickException where the database refuses."""
        try:
            return super().invoke(ctx)
        except DatabaseBusy:
            raise click.ClickException(
                "Another program holds the database: nothing was written. Try again in a few seconds."
            ) from None
        except UnicodeEncodeError:
            raise click.ClickException("What was typed is not UTF-8 text: nothing was written.") from None
        except (OperationalError, *OF_A_STATEMENT) as error:
            raise click.ClickException(
                f"The database fails: {said_by(error)}. `flask db upgrade` makes its tables, and is needed after each "
                "update; `flask doctor` says what else is wrong."
            ) from error


def shell_blueprint(name: str, module: str, group: str, words: str) -> Blueprint:
    """The commands `flask GROUP …`, and what they are for."""
    bp = Blueprint(name, module, cli_group=group)
    bp.cli = Commands(help=words)
    return bp


def progress_bar(length: int, rows: Any = None) -> Any:
    """How far a command came, where it is a terminal that shows it: over `rows`, or moved by whoever has it."""
    return click.progressbar(rows, length, file=sys.stderr, hidden=not sys.stderr.isatty())


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
