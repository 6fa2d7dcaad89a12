"""`flask backup`, `flask restore` and `flask apply-erasures`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from flask import Blueprint
from sqlalchemy.exc import DatabaseError

from tribune.backup import actions
from tribune.backup.database import SiteRuns
from tribune.backup.file import BadBackup, Reader
from tribune.backup.replacing import IsWhole, KnowsMore
from tribune.backup.wishes import Granted
from tribune.database import is_postgresql
from tribune.faults import FULL, said_by
from tribune.shell import Command, progress_bar, sigterm_unwinds

bp = Blueprint("backup", __name__, cli_group=None)

A_FILE = click.Path(dir_okay=False, path_type=Path)
CARE = (
    "The backup holds names, addresses and the site's own keys: keep it where nobody else can read it. "
    "SECRET_KEY, in instance/config.py, is not in it: keep that too, but somewhere else."
)
CARE_OF_ERASURES = (
    "This file holds nobody's name or address: keep it on another machine, beside a whole backup, which "
    "`flask restore` needs."
)


@bp.cli.command("backup", cls=Command)
@click.argument("file", type=A_FILE)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option(
    "--erasures-only", is_flag=True, help="Write only what no restore may undo, such as erasures: small, to run often."
)
def backup_command(file: Path, force: bool, erasures_only: bool) -> None:
    """Back up the site to FILE while it runs. The last line printed is FILE."""
    with _bar() as (length, told), _sentences(file), sigterm_unwinds():
        if file.exists() and not file.is_file():
            raise click.ClickException(f"{file} is a device or a pipe, which a backup cannot replace: name a file.")
        if file.exists() and not force:
            raise click.ClickException(f"{file} exists already: choose another name, or replace it with --force.")
        actions.back_up(file.resolve(), wishes_only=erasures_only, total=length, told=told)
    click.echo(CARE_OF_ERASURES if erasures_only else CARE, err=True)
    click.echo(file)


@bp.cli.command("restore", cls=Command)
@click.argument("file", type=A_FILE)
@click.option("--replace", is_flag=True, help="Restore over a site that is not empty: what it holds now is deleted.")
@click.option("--erasures", type=A_FILE, help="A file of --erasures-only, or a newer backup: apply its erasures too.")
def restore_command(file: Path, replace: bool, erasures: Path | None) -> None:
    """Restore the site as it was when FILE was written. Stop the site first.

    All of it is restored, or nothing. What people have since erased, withdrawn or hidden stays so, as far as the
    present database or the file of --erasures knows. Everybody has to log in again.
    """
    # The backup comes last: what is wrong once both are open is said of it.
    with _bar() as (length, told), _opened(erasures) if erasures else nullcontext() as others, _opened(file) as backup:
        length(backup.manifest.rows)
        done = actions.restore(backup, replace=replace, erasures=others, told=told)
    click.echo(f"The site is back as it was at {_moment(backup)}, with {done.signatures} signatures.")
    is_newer = others is not None and actions.is_newer(others, backup)
    if others:
        late = "" if is_newer else ", before the backup: only what was erased was taken from it"
        click.echo(f"{erasures} was written at {_moment(others)}{late}.")
    click.echo(_again(done.again))
    passkeys, links, untold = done.again.keys
    click.echo(f"Revoked again: passkeys {passkeys}, private links {links}.")
    if untold:
        click.echo(f"Not known to have been revoked since, so that they work again: {untold}.")
    if not (others or replace):  # into an empty site, as on a new machine
        click.echo(
            "What people erased or withdrew after that moment has come back, unless a file of --erasures knows of it: "
            "to give one now, restore again with --replace; once people have signed, use `flask apply-erasures`."
        )
    click.echo(
        f"Mails that had left since, and are not sent again: {done.had_left}. "
        f"Mails that leave once the site starts: {done.to_leave}."
    )
    if done.to_leave and not (is_newer or replace):
        click.echo(
            "Some of these may have left before the site was lost. To look first, set MAIL_WORKER = False before you "
            "start it: docs/deploy.md says how."
        )
    click.echo("Everybody has to log in again.")
    click.echo(
        "Run `flask retention run`, which deletes again what was deleted automatically since; then start the site."
    )


@bp.cli.command("apply-erasures", cls=Command)
@click.argument("file", type=A_FILE)
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
def apply_command(file: Path, dry_run: bool) -> None:
    """Apply what people wished, of a FILE of `flask backup --erasures-only`, to a site restored without it.

    Stop the site first. All of it is applied, or nothing. What somebody wished before they did something by which they
    stand, such as confirming or signing again, is left out. Applied twice, it changes nothing more.
    """
    with _opened(file) as erasures:
        granted = actions.apply(erasures, dry_run=dry_run)
    click.echo(f"{file} was written at {_moment(erasures)}.")
    click.echo(_again(granted) + (" Nothing was changed: this was a dry run." if dry_run else ""))
    if granted.left_out:
        click.echo(f"Left out, since they have done something by which they stand: {granted.left_out}.")


def _again(granted: Granted) -> str:
    return (
        f"Erased again: {granted.erased}, withdrawn again: {granted.withdrawn}. "
        f"Hidden again, or news refused again: {granted.consents}. "
        f"Declined again: {granted.declined}, mailboxes written to no more: {granted.silent}."
    )


def _moment(backup: Reader) -> str:
    return backup.manifest.moment.isoformat(timespec="seconds")


@contextmanager
def _opened(file: Path) -> Iterator[Reader]:
    """Open a backup to restore from it."""
    advice = " If its file is damaged, move it away first, with the -wal and -shm beside it, and keep all three."
    if is_postgresql():  # no file of ours
        advice = (
            " Check SQLALCHEMY_DATABASE_URI: it must name a database that answers, and the account that owns its "
            "tables (docs/deploy.md)."
        )
    with _sentences(file, advice), actions.opened(file) as reader:
        yield reader


@contextmanager
def _sentences(file: Path, advice: str = "") -> Iterator[None]:
    """Turn errors into one sentence: what went wrong, and that nothing was changed; `advice` if the database fails."""
    try:
        yield
    except BadBackup as error:
        raise click.ClickException(f"{file}: {error} Nothing was changed.") from None
    except KnowsMore:
        raise click.ClickException(
            f"{file} knows who erased or withdrew, hid their line, declined, or wants no more mail, and this database "
            "does not; or it is of another site. If the site was "
            f"lost, restore a backup first, with `--erasures {file}`; if that was done without it, do it again, with "
            f"`--replace`, or stop the site and run `flask apply-erasures {file}`, which keeps what came since; "
            "otherwise name another file. Nothing was changed."
        ) from None
    except IsWhole:
        raise click.ClickException(
            f"{file} is a whole backup, of which little would be left: name another file. Nothing was changed."
        ) from None
    except actions.AnotherSite:
        raise click.ClickException(
            f"{file} is of another site than this database, or nothing was restored here yet: then restore a backup, "
            f"with `--erasures {file}`. Nothing was changed."
        ) from None
    except actions.SiteHasRows:
        raise click.ClickException(
            "The site is not empty. `--replace` restores all the same: what is there now is deleted, and what people "
            "erased stays erased. For a second restore to know all else that they wished, run `flask backup "
            "--erasures-only BEFORE` first, and give BEFORE by --erasures to each. Nothing was changed."
        ) from None
    except SiteRuns:
        raise click.ClickException(
            "The database is in use: stop the site (and `flask outbox deliver`), then try again. Nothing was changed."
        ) from None
    except OSError as error:
        full = "; make room there, or choose another place" if error.errno in FULL else ""
        raise click.ClickException(f"{file}: {error.strerror}{full}. Nothing was changed.") from None
    except DatabaseError as error:
        raise click.ClickException(
            f"The database fails: {said_by(error)}. Nothing was changed. `flask doctor` says what is wrong.{advice}"
        ) from None


@contextmanager
def _bar() -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Show a progress bar on a terminal; yield the functions that set its length and move it."""
    with progress_bar(0) as bar:

        def length(number: int) -> None:
            bar.length = number

        yield length, bar.update
