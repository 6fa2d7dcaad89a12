"""What the shell tells of a file before it is imported: its columns, and what would become of each row."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from tribune.exports.spreadsheet import csv_parts, safe
from tribune.files import named_file
from tribune.importing.actions import check
from tribune.importing.columns import DATE, perhaps_agreed
from tribune.importing.entries import Terms
from tribune.importing.known import DOUBTFUL, LEFT_OUT, NEW, REFUSED, THERE, Finding
from tribune.importing.shell import readable
from tribune.importing.words import WORDS
from tribune.letters.models import Letter
from tribune.reading.doubts import TABLE_DOUBTS
from tribune.reading.grid import Sheet
from tribune.reading.streamed import Streamed
from tribune.shell import progress_bar

SHOWN = 10  # rows printed of each kind; the report holds all
KINDS = {NEW: "to add", DOUBTFUL: "of these to look at", THERE: "there already", REFUSED: "refused"}
ASKED_NOT_TO = "left out, without saying which: they asked for that, or their mailbox would return our question"
PERHAPS = (
    "perhaps about being shown, or news: if “yes” there means that they agree, add --column NUMBER=published, or =news"
)
REPORT = ["row", "name", "verdict", "why"]


def tell_columns(file: Streamed, begins: Sheet, terms: Terms) -> None:
    """Print each column: its number, its heading, what it holds; then how dates are read, and a doubtful encoding."""
    headings = terms.columns.names(begins.rows) or ["-"] * len(terms.columns.held)
    unsure = perhaps_agreed(begins.rows, terms.columns)
    for place, (heading, held) in enumerate(zip(headings, terms.columns.held, strict=False)):
        perhaps = f"\t{PERHAPS}" if place in unsure else ""
        click.echo(f"column {place + 1}\t{heading}\t{held}{perhaps}")
    if DATE in terms.columns.held:
        order = "month before day" if terms.month_first else "day before month"
        click.echo(f"dates\t{order} where the year is not first, on the clocks of {terms.zone}")
    if file.doubt:
        click.echo(f"letters\t{TABLE_DOUBTS[file.doubt]}")


def look_over(letter: Letter, file: Streamed, terms: Terms, report: Path | None) -> int:
    """Check the whole file, writing nothing; print how many rows are of each kind, which and why. Return how many new.

    `report`: where to write a CSV of all rows that have a reason.
    """
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = {kind: [] for kind in KINDS}

    def told() -> Iterator[Finding]:
        with readable(file.path):  # so that its errors are not taken for those of the report
            for finding in check(letter, _shown(file), terms):
                counts.update({finding.verdict, finding.kind})
                if finding.reasons:
                    if len(examples[finding.kind]) < SHOWN:
                        name = finding.name or "(no name)"
                        examples[finding.kind].append(f"row {finding.row}\t{name}\t{_why(finding)}")
                    yield finding

    if report:
        _write_report(report, file, told())
    else:
        for _finding in told():
            pass
    _tell(counts, examples)
    return counts[NEW]


def _write_report(report: Path, file: Streamed, told: Iterator[Finding]) -> None:
    try:
        if report.exists() and report.samefile(file.path):
            raise click.ClickException(f"{report} is the file itself: give the report another name.")
        with named_file(report) as lines:
            lines.writelines(csv_parts(REPORT, told, _cells, "comma"))
    except OSError as error:
        raise click.ClickException(f"{report} cannot be written: {error.strerror}. Nothing was imported.") from None


def _tell(counts: Counter[str], examples: dict[str, list[str]]) -> None:
    for kind, words in KINDS.items():
        click.echo(f"{counts[kind]}\t{words}")
        for line in examples[kind]:
            click.echo(f"\t{line}")
        if len(examples[kind]) < counts[kind] and kind != NEW:
            click.echo("\t…\tthe first ones; --report FILE writes them all")
    if counts[LEFT_OUT]:
        click.echo(f"{counts[LEFT_OUT]}\t{ASKED_NOT_TO}")


def _why(finding: Finding) -> str:
    return " ".join(WORDS[reason] for reason in finding.reasons)


def _cells(finding: Finding) -> list[str]:
    return [str(finding.row), safe(finding.name), finding.kind, _why(finding)]


def _shown(file: Streamed) -> Iterator[Sheet]:
    """Yield its sheets, with a progress bar on a terminal."""
    with progress_bar(file.lines) as bar:
        for sheet in file.sheets():
            yield sheet
            bar.update(len(sheet.rows))
