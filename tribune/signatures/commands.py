"""`flask signatures …`: the list from the shell."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import gettempdir
from typing import IO

import click
from sqlalchemy.orm.exc import ObjectDeletedError

from tribune.exports.actions import begin, counted
from tribune.exports.choice import Choice
from tribune.exports.scripts import NotMade
from tribune.exports.spreadsheet import COLUMNS, cells, csv_parts
from tribune.exports.workbook import MOST_ROWS, TooManyRows, workbook
from tribune.files import named_file
from tribune.importing import shell
from tribune.importing.actions import CannotImport, NothingNew, ReasonMissing, latest, start
from tribune.importing.entries import ASK, ATTEST
from tribune.importing.report import look_over, tell_columns
from tribune.letters.shell import named_letter
from tribune.mine.erasing import erase_for_them
from tribune.people.queries import signature_of, whole_line
from tribune.reading.streamed import streamed
from tribune.shell import progress_bar, shell_blueprint, sigterm_unwinds
from tribune.signatures.counting import drifts
from tribune.signatures.counting import recount as recount_letter
from tribune.signatures.table import EXPORTED, line_writer

bp = shell_blueprint("signatures_commands", __name__, "signatures", "Export, import, erase and recount signatures.")


@bp.cli.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--status", type=click.Choice(list(EXPORTED)), default="confirmed", show_default=True)
@click.option("--delimiter", type=click.Choice(["semicolon", "comma"]), default="semicolon", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; without it, standard output.")
def export(slug: str, kind: str, status: str, delimiter: str, output: Path | None) -> None:
    """Write a letter's signatures as CSV or XLSX. Its log records that you did."""
    letter = named_letter(slug)
    choice = Choice(status)
    length = letter.confirmed_count + letter.attested_count if status == "confirmed" else choice.count(letter)
    with sigterm_unwinds(), _opened(None if output == Path("-") else output) as file:
        done = begin(letter, choice, by=None, what=kind, purpose="")
        written = line_writer(letter)
        rows = counted(choice.rows(letter), done)
        with progress_bar(length, rows, hidden=file.isatty()) as shown:  # a bar would overwrite rows on a terminal
            between = delimiter if kind == "csv" else "comma"
            parts = csv_parts(COLUMNS, shown, lambda s: cells(s, written(s)), between)
            if kind == "csv":
                for part in parts:
                    file.write(part)
            else:
                _write_workbook(file, parts)


def _write_workbook(file: IO[bytes], parts: Iterable[bytes]) -> None:
    where = ""
    try:
        where = f" {gettempdir()}"
        made = workbook(parts)
    except TooManyRows:
        raise click.ClickException(
            f"A workbook holds {MOST_ROWS} rows, and these are more: take --format csv."
        ) from None
    except NotMade as error:
        raise click.ClickException(f"The workbook could not be made ({error}): take --format csv.") from None
    except OSError as error:
        raise click.ClickException(
            f"The temporary folder{where} failed: {error.strerror}. Name another in TMPDIR."
        ) from None
    with made:
        shutil.copyfileobj(made, file)


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """Open the file, or standard output, for writing. Raises ClickException if it cannot be written."""
    if output is None and sys.stdout is None:  # `>&-`
        raise click.ClickException("The output cannot be written: it is closed.")
    try:
        with named_file(output) if output else nullcontext(sys.stdout.buffer) as file:
            yield file
            file.flush()
    except BrokenPipeError:  # the reader has read enough
        raise
    except OSError as error:
        raise click.ClickException(f"{output or 'The output'} cannot be written: {error.strerror}.") from None


@bp.cli.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--attest", is_flag=True, help="You vouch for these people: they count at once. Otherwise each is asked by email."
)
@click.option("--published", is_flag=True, help="You attest that all agreed to be shown, whatever the file says.")
@click.option("--reason", default="", help="How you know: needed with --attest or --published, and kept in the log.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=WHAT",
    help="What a column holds, if the guess is wrong; once for each such column.",
)
@click.option("--headings", type=click.IntRange(0), help="Which row has the headings (0: none), if the guess is wrong.")
@click.option("--zone", default="", help="Time zone of the dates, such as Europe/Paris; by default, the letter's.")
@click.option("--month-first", is_flag=True, help="Dates are written 11/24/2026 rather than 24/11/2026.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and import nothing.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows to look at to this file, as CSV."
)
@click.option("--yes", is_flag=True, help="Import without asking first.")
def import_(
    *,
    slug: str,
    file: Path,
    attest: bool,
    published: bool,
    reason: str,
    columns: tuple[str, ...],
    headings: int | None,
    zone: str,
    month_first: bool,
    dry_run: bool,
    report: Path | None,
    yes: bool,
) -> None:
    """Add earlier signatures from a CSV, marked as imported. Nothing is added unless the whole file can be read."""
    letter = named_letter(slug)
    how = ATTEST if attest else ASK
    with shell.readable(file):
        read = streamed(file)
        begins = read.begins()
        said = shell.Said(columns, headings, zone, month_first)
        terms = shell.terms_of(letter, read, begins, said, how=how, published=published, reason=reason)
        tell_columns(read, begins, terms)
        new = look_over(letter, read, terms, report)
    asks = not yes and sys.stdin is not None and sys.stdin.isatty()  # None after `<&-`
    if dry_run or (asks and not click.confirm("Import these?", err=True)):
        return
    try:
        batch = start(letter, terms, by=None, digest=read.digest, new=new)
    except ReasonMissing:
        raise click.UsageError("Say how you know, with --reason TEXT: the team's log keeps it.") from None
    except CannotImport:
        raise click.ClickException(
            "This letter is closed, or nobody can confirm before it is published: publish it, or --attest."
        ) from None
    except NothingNew:
        click.echo("Nobody in this file would be added: nothing was done.")
        return
    if not batch.finished_at:  # else the same command was run twice
        shell.add_all(batch, read, terms)
    click.echo(f"{batch.done} imported. To undo this: flask signatures undo-import {slug}")


@bp.cli.command("undo-import")
@click.argument("slug")
def undo_import(slug: str) -> None:
    """Undo the last import under a letter.

    Signatures stay if their owners have since confirmed them or, within the last year, decided anything about them,
    or if they were placed among the first signatories.
    """
    batch = latest(named_letter(slug))
    if batch is None:
        raise click.ClickException("Nothing was imported under this letter, or all of it has been undone.")
    shell.take_back(batch)
    kept = f" Signatures that stay, since they were changed meanwhile: {batch.done}." if batch.done else ""
    click.echo(f"The import was undone.{kept}")


@bp.cli.command()
@click.argument("slug")
@click.argument("public_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask whether it is the right one.")
def erase(slug: str, public_id: str, yes: bool) -> None:
    """Erase a signature at the request of somebody who cannot do it themselves.

    They have lost the mailbox, say, to which "My signatures" would mail a link. Make sure first that it is they who
    ask. ID: from a file, or the address of its page. The letter's log records that you did, not whose it was. It cannot
    be undone.
    """
    found = signature_of(named_letter(slug), public_id)
    if found is None:
        raise click.ClickException("This letter has no signature with this ID: see `flask signatures export`.")
    if not yes:
        click.confirm(f"Erase “{whole_line(found).text}” for good?", abort=True)
    try:
        erase_for_them(found, by=None)
    except ObjectDeletedError:  # while we asked
        raise click.ClickException("It has been erased meanwhile.") from None
    click.echo("Erased.")


@bp.cli.command()
@click.argument("slug", required=False)
@click.option("--repair", is_flag=True, help="Set the counters right.")
def recount(slug: str | None, repair: bool) -> None:
    """Compare the public counters with the signatures. The exit code is 1 if they differ."""
    wrong = False
    for name, confirmed, attested in [(slug, *recount_letter(named_letter(slug)))] if slug else drifts():
        differs = bool(confirmed or attested)
        if repair and differs:
            recount_letter(named_letter(name), repair)
        wrong = wrong or differs
        found = f"off by {confirmed:+d} confirmed, {attested:+d} attested" if differs else "right"
        click.echo(f"{name}\t{found}{' (repaired)' if repair and differs else ''}")
    if wrong and not repair:
        raise click.ClickException("Counters are off: `flask signatures recount --repair` sets them right.")
