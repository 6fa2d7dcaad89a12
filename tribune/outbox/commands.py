"""`flask outbox …`: send what waits; the queue in numbers."""

import smtplib
import threading

import click
from flask import Blueprint, current_app

from tribune.abuse.switches import current
from tribune.outbox import delivery, queries
from tribune.outbox.transport import TryLater

bp = Blueprint("outbox", __name__, cli_group="outbox")
bp.cli.help = "Mails waiting to leave."


@bp.cli.command()
@click.option("--once", is_flag=True, help="Do the chores, send what is due now, then stop.")
def deliver(once: bool) -> None:
    """Send what waits, until stopped."""
    if not once:
        delivery.work(current_app._get_current_object(), threading.Event())  # type: ignore[attr-defined]
        return
    if current().read_only:
        raise click.ClickException("The site is read-only: `flask site read-only off` lets mails leave again.")
    for chore in current_app.extensions["chores"]:  # where this is all that runs, nobody else does them
        chore.do()
    try:
        click.echo(delivery.deliver_due())
    except (TryLater, smtplib.SMTPException, OSError) as fault:
        raise click.ClickException(
            f"The mail server cannot be reached ({fault}). Check MAIL_SERVER; mails wait."
        ) from fault


@bp.cli.command()
def status() -> None:
    """Print the queue in numbers."""
    queue = queries.queue()
    click.echo(f"waiting\t{queue.waiting}\nsent\t{queue.sent}\ngave up\t{queue.gave_up}")
    click.echo(f"oldest waiting, seconds\t{queries.age_of_the_oldest()}")
