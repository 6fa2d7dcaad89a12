"""`flask organisers …`: accounts from the shell."""

import click
from flask import current_app

from tribune.config import DEVELOPMENT_URL
from tribune.fields import has_address, is_printable, tidy
from tribune.letters.shell import named_letter
from tribune.notices.actions import block as block_account
from tribune.organisers import actions
from tribune.organisers.forms import LONGEST_NAME
from tribune.organisers.links import log_in_link
from tribune.organisers.models import Organiser
from tribune.organisers.queries import all_organisers, organiser_by_address
from tribune.outbox.mailboxes import AddressRefused
from tribune.shell import shell_blueprint
from tribune.teams.actions import open_account
from tribune.teams.queries import members_of

bp = shell_blueprint("organisers_commands", __name__, "organisers", "Accounts of the organisers who publish letters.")


@bp.cli.command()
@click.argument("email")
@click.option("--name", default="", help="What it is called. Imported letters name it as responsible for the data.")
def add(email: str, name: str) -> None:
    """Make an account for an address."""
    called = tidy(name)
    if len(called) > LONGEST_NAME:
        raise click.ClickException(f"Shorten the name to {LONGEST_NAME} characters at most.")
    if not is_printable(called):
        raise click.ClickException("The name contains characters that cannot be printed: type it again.")
    if has_address(called):
        raise click.ClickException("Leave addresses and telephone numbers out of the name: it is shown in emails.")
    try:
        click.echo(open_account(email, called).email)
    except AddressRefused:
        raise click.ClickException(f"{email!r} is not an email address that mail can be sent to.") from None
    except actions.AlreadyThere:
        raise click.ClickException("This address has an account already.") from None


@bp.cli.command("list")
@click.option("--letter", "slug", help="Only the members of this letter's team.")
def list_(slug: str | None) -> None:
    """List the accounts.

    One a line: address, name, `blocked` or nothing; separated by tabs.
    """
    letter = named_letter(slug) if slug else None
    for account in [member.organiser for member in members_of(letter.team)] if letter else all_organisers():
        click.echo(f"{account.email}\t{account.name}\t{'blocked' if account.blocked_at else ''}")


@bp.cli.command("log-in-link")
@click.argument("email")
def print_log_in_link(email: str) -> None:
    """Print a link that logs in to an account. It works once, within half an hour."""
    account = _account(email)
    if account.blocked_at:
        raise click.ClickException("This account is blocked: `flask organisers unblock` opens it again.")
    click.echo(log_in_link(account).url())
    if current_app.config["PUBLIC_URL"] == DEVELOPMENT_URL:  # nothing tells a command what `dev.py run --port` said
        at_another = f"TRIBUNE_PUBLIC_URL={DEVELOPMENT_URL.removesuffix('5000')}PORT"
        click.echo(f"If the site was started with another --port, put {at_another} before this command.", err=True)


@bp.cli.command("log-out")
@click.argument("email")
def log_out(email: str) -> None:
    """Log an account out everywhere. Log-in links mailed to it stop working too."""
    click.echo(f"Log-ins ended: {actions.leave_everywhere(_account(email))}.")


@bp.cli.command()
@click.argument("email")
def block(email: str) -> None:
    """Log an account out everywhere, and let nobody log in to it.

    If nobody else can change one of its letters, waiting invitations are paused and a scheduled publication is called
    off. Invitations into the teams it owns are revoked, since one may be a way back. Readers still see what is
    published: `flask letters take-down` takes it away from them.
    """
    click.echo(f"Blocked. Log-ins ended: {block_account(_account(email))}.")


@bp.cli.command()
@click.argument("email")
def unblock(email: str) -> None:
    """Let the owner of a blocked account log in again."""
    actions.unblock(_account(email))
    click.echo("No longer blocked.")


def _account(email: str) -> Organiser:
    organiser = organiser_by_address(email)
    if organiser is None:
        raise click.ClickException(
            "No account has this address: `flask organisers list` shows all, and `flask organisers add` makes one."
        )
    return organiser
