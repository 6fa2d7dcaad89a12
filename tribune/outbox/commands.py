"""`flask outbox …`: send what waits; the queue in numbers."""

import smtplib
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from flask import current_app

from tribune.abuse.switches import current
from tribune.metrics import share
from tribune.outbox import delivery, queries
from tribune.outbox.bounces import MOST, StillLeaving, read_bounce, take_back
from tribune.outbox.transport import TryLater
from tribune.outbox.worker import Worker
from tribune.shell import shell_blueprint, sigterm_unwinds

A_PATH = click.Path(exists=True, allow_dash=True, path_type=Path)

bp = shell_blueprint("outbox", __name__, "outbox", "Mails: sent, waiting, and returned.")


@bp.cli.command()
@click.option("--once", is_flag=True, help="Do the chores, send what is due now, then stop.")
def deliver(once: bool) -> None:
    """Send mails and do the chores as they fall due, until stopped."""
    if not once:
        worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]
        with suppress(SystemExit), sigterm_unwinds():  # to be stopped is its normal end
            worker.start()
            try:
                worker.wait()
            finally:
                worker.finish()
        return
    if current().read_only:
        raise click.ClickException("The site is read-only: `flask site read-only off` lets mails be sent again.")
    share(current_app)
    for chore in current_app.extensions["chores"]:  # no worker may be running that does them
        chore.carry_out()
    try:
        click.echo(delivery.deliver_due())
    except (TryLater, smtplib.SMTPException, OSError) as fault:
        raise click.ClickException(
            f"No mail could be handed to MAIL_SERVER ({fault}); the mails wait. `flask doctor` says what to mend."
        ) from fault


@bp.cli.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
def bounces(files: tuple[Path, ...]) -> None:
    """Read mails that came back. FILES are mails, Maildir folders, or - for standard input; other mails are skipped."""
    share(current_app)
    read = back = early = 0
    try:
        for file in files:
            for mail in _mails(file):
                read += 1
                bounce = read_bounce(mail)
                try:
                    back += bounce is not None and take_back(bounce)
                except StillLeaving:
                    early += 1
    except OSError as error:  # else one would believe that nothing came back
        raise click.ClickException(f"{error.filename} cannot be read: {error.strerror}.") from None
    click.echo(f"read\t{read}\ncame back\t{back}")
    if early:  # else they would not be read again
        raise click.ClickException(f"{early} came back before their sending was written down: read them again later.")


def _mails(file: Path) -> Iterator[bytes]:
    """Yield the first MOST bytes of each mail: from standard input, a file, or a folder."""
    if str(file) == "-":
        if sys.stdin is None:  # `<&-`
            raise click.ClickException("There is no standard input to read from: it is closed.")
        yield sys.stdin.buffer.read(MOST)
    elif file.is_dir():
        folders = [file, *(within for within in (file / "new", file / "cur") if within.is_dir())]
        for found in sorted(each for folder in folders for each in folder.iterdir() if each.is_file()):
            yield from _mails(found)
    else:
        # a mail program may just have moved it: it is read the next time
        with suppress(FileNotFoundError), file.open("rb") as opened:
            yield opened.read(MOST)


@bp.cli.command()
def status() -> None:
    """Print the queue in numbers."""
    queue = queries.queue()
    click.echo(f"waiting\t{queue.waiting}\nsent\t{queue.sent}\ngave up\t{queue.gave_up}")
    click.echo(f"mailboxes that send mails back\t{queries.silent()}")
    click.echo(f"oldest waiting, seconds\t{queries.age_of_the_oldest()}")
