"""Import a file from the shell: its terms, the rows added one after the other, and undone if that fails."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from sqlalchemy.orm.exc import ObjectDeletedError

from tribune.database import DatabaseBusy, db
from tribune.faults import FULL, is_of_the_database
from tribune.importing import actions
from tribune.importing.columns import DATE, HELD, guess_columns
from tribune.importing.entries import Terms
from tribune.importing.moments import is_month_first
from tribune.importing.room import room_kept
from tribune.letters.models import Letter
from tribune.moderation.actions import advance as go_back
from tribune.moderation.actions import undo
from tribune.moderation.models import Batch
from tribune.moderation.pieces import at_once
from tribune.reading.columns import Columns, columns_of
from tribune.reading.grid import REFUSALS, CannotRead, Sheet
from tribune.reading.streamed import Streamed
from tribune.shell import progress_bar

NO_CSV = (
    "This is not a CSV: any spreadsheet program can save one. "
    "The page “Import earlier signatures” reads XLSX and ODS too."
)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn errors into one sentence that says why a file cannot be read, and where; leave those of the output."""
    try:
        yield
    except CannotRead as error:
        where = f", row {error.row}" if error.row else ""
        why = NO_CSV if error.reason == "no_table" else REFUSALS[error.reason]
        raise click.ClickException(f"{path}{where}: {why} Nothing was imported.") from None
    except (OSError, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) in {*FULL, errno.EPIPE}:  # of what is printed meanwhile: reading takes no room
            raise
        raise click.ClickException(f"{path} cannot be read: {error}. Nothing was imported.") from None
    except sqlite3.Error as error:  # of `Seen`: those of the site's database are SQLAlchemy's
        raise click.ClickException(f"The temporary folder failed: {error}. Nothing was imported.") from None


@dataclass(frozen=True)
class Said:
    """The options about a file. `headings`: their row, None to guess; `columns`: each `HEADING=WHAT`."""

    columns: tuple[str, ...]
    headings: int | None
    zone: str
    month_first: bool


def terms_of(letter: Letter, file: Streamed, begins: Sheet, said: Said, **more: Any) -> Terms:
    """Return the terms: guessed, except where options say otherwise. `begins`: its first rows; `more`: other Terms."""
    columns = guess_columns(begins.rows, said.headings)
    headings, held = columns.names(begins.rows), list(columns.held)
    for choice in said.columns:
        heading, _, what = choice.rpartition("=")
        place = headings.index(heading) if heading in headings else int(heading) - 1 if heading.isdecimal() else -1
        if what not in HELD or not 0 <= place < len(held):
            raise click.BadParameter(
                f"{choice!r}: write HEADING=WHAT or NUMBER=WHAT; WHAT is one of {', '.join(HELD)}."
            )
        held[place] = what
    try:
        clocks = ZoneInfo(said.zone or letter.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(f"No time zone is called {said.zone!r}: write Europe/Paris, or UTC.") from None
    columns = columns_of(held, columns.headings, begins.rows)
    month_first = said.month_first or is_month_first(_dates_in(file, columns))
    return Terms(columns=columns, zone=clocks, month_first=month_first, **more)


def _dates_in(file: Streamed, columns: Columns) -> Iterator[str]:
    """Yield the cells that say when people signed; the caller may stop at any one."""
    if DATE not in columns.held:
        return
    place = columns.held.index(DATE)
    for sheet in file.sheets():
        for row in sheet.rows:
            if row.number > columns.headings:
                yield from row.cells[place : place + 1]  # the row may be shorter


def add_all(batch: Batch, file: Streamed, terms: Terms) -> None:
    """Add the rows of a checked file; if it fails half way, undo it.

    If the machine stops, what was written stays, and the same command goes on from there. Raises ClickException, or an
    error of ours as it is.
    """
    number = batch.id
    try:
        with room_kept() as set_free:
            try:
                _advance(batch, file, terms)
            except actions.Stopped:
                raise click.ClickException("It was undone in the meantime, or continues in another process.") from None
            except ObjectDeletedError:
                raise click.ClickException("The letter was deleted in the meantime, with all that was added.") from None
            except (Exception, KeyboardInterrupt) as error:
                set_free()
                ended = _after_failing(number)
                if _is_ours(error):
                    click.echo(ended, err=True)
                    raise
                raise click.ClickException(f"{_what_failed(error)} {ended}") from error
    except OSError as error:
        raise click.ClickException(f"{_what_failed(error)} {_after_failing(number)}") from error


def _advance(batch: Batch, file: Streamed, terms: Terms) -> None:
    came = batch.last_id
    with progress_bar(file.lines) as bar:
        for row in actions.advance(batch, file.sheets(at_once(batch)), terms, inf):
            bar.update(row - came)
            came = row


def _is_ours(error: BaseException) -> bool:
    """Whether the code is wrong: neither the database nor the file has failed, and nobody has stopped it."""
    of_the_file = isinstance(error, CannotRead | OSError | UnicodeDecodeError | sqlite3.Error)  # as in `readable`
    stopped = isinstance(error, KeyboardInterrupt | actions.CannotImport)
    return not (of_the_file or stopped or (isinstance(error, Exception) and is_of_the_database(error)))


def _what_failed(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Stopped by hand."
    if isinstance(error, actions.CannotImport):
        return "The letter was closed in the meantime."
    if isinstance(error, DatabaseBusy):
        return "Another program held the database for too long."
    first = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return f"The database or the file failed: {first or type(error).__name__}."


def _after_failing(batch_id: int) -> str:
    """Undo what was added so far, and say so; or say how to."""
    try:
        take_back(db.session.get_one(Batch, batch_id))
    except Exception:  # of any kind: the disk may still be full
        return (
            "What was added so far could not be undone either. Once there is room, run the same command again: it "
            "continues where it stopped. Or undo it: flask signatures undo-import."
        )
    return "All that had been added was undone: nothing was imported."


def take_back(batch: Batch) -> None:
    """Undo an import completely."""
    undo(batch, by=None)
    go_back(batch, inf)
