"""`flask signatures …`: the list from the shell."""

import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import click
from flask import Blueprint

from tribune.exports.actions import begin, counted
from tribune.exports.choice import Choice
from tribune.exports.spreadsheet import COLUMNS, cells, csv_parts
from tribune.exports.workbook import MOST_ROWS, TooManyRows, workbook
from tribune.letters.queries import all_letters
from tribune.letters.shell import named_letter
from tribune.signatures import recounting
from tribune.signatures.models import Signature
from tribune.signatures.table import EXPORTED, line_writer

bp = Blueprint("signatures_commands", __name__, cli_group="signatures")
bp.cli.help = "Signatures: exported, counted again."


@bp.cli.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--status", type=click.Choice(list(EXPORTED)), default="confirmed", show_default=True)
@click.option("--delimiter", type=click.Choice(["semicolon", "comma"]), default="semicolon", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output without it.")
def export(slug: str, kind: str, status: str, delimiter: str, output: Path | None) -> None:
    """Write the signatures as CSV or as a workbook (XLSX), streamed, with a line in the log of the letter."""
    letter = named_letter(slug)
    choice = Choice(status)
    length = letter.confirmed_count + letter.attested_count if status == "confirmed" else choice.count(letter)
    with _opened(output) if output else nullcontext(sys.stdout.buffer) as file:
        done = begin(letter, choice, by=None, what=kind, purpose="")
        written = line_writer(letter)
        rows = counted(choice.rows(letter), done)
        with click.progressbar(rows, length=length, file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:
            if kind == "csv":
                for part in csv_parts(COLUMNS, shown, lambda s: cells(s, written(s)), delimiter):
                    file.write(part.encode())
            else:
                _write_workbook(file, shown, lambda s: cells(s, written(s)))
        file.flush()


def _write_workbook(file: BinaryIO, rows: Iterable[Signature], as_cells: Callable[[Signature], list[str]]) -> None:
    try:
        with workbook(COLUMNS, rows, as_cells) as made:
            shutil.copyfileobj(made, file)
    except TooManyRows:
        raise click.ClickException(
            f"A workbook holds {MOST_ROWS} rows, and these are more: take --format csv."
        ) from None


def _opened(output: Path) -> BinaryIO:
    try:
        return output.open("wb")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from None


@bp.cli.command()
@click.argument("slug", required=False)
@click.option("--repair", is_flag=True, help="Set the counters to what the rows say.")
def recount(slug: str | None, repair: bool) -> None:
    """Hold the public counters against the rows; exit 1 when they differ."""
    drifted = False
    for letter in [named_letter(slug)] if slug else all_letters():
        confirmed, attested = recounting.recount(letter, repair)
        drifted = drifted or bool(confirmed or attested)
        found = f"off by {confirmed:+d} confirmed, {attested:+d} attested" if confirmed or attested else "right"
        click.echo(f"{letter.slug}\t{found}{' (repaired)' if repair and found != 'right' else ''}")
    if drifted and not repair:
        raise click.ClickException("Counters differ from rows: `flask signatures recount --repair` sets them.")
