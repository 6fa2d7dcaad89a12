"""Commands of `flask letters …` that take a letter, or one of its versions, from its readers, and give it back."""

import click

from tribune.fields import is_printable, tidy_text
from tribune.letters.life import NotPublished
from tribune.letters.queries import withheld_versions
from tribune.letters.shell import bp, named_letter
from tribune.notices import actions, withholding
from tribune.notices.forms import LONGEST_REASON


def told(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Return a reason for its owners as they will read it, or raise BadParameter."""
    reason = tidy_text(value).strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise click.BadParameter(f"say why, in {LONGEST_REASON} characters at most.")
    if not is_printable(reason):
        raise click.BadParameter("it contains characters that cannot be printed: type it again.")
    return reason


@bp.cli.command("take-down")
@click.argument("slug")
@click.option(
    "--reason", required=True, callback=told, help="Why: mailed to its owners, shown on its desk and in its log."
)
def take_down(slug: str, reason: str) -> None:
    """Hide a letter from readers; `put-back` undoes it."""
    try:
        actions.take_down(named_letter(slug), reason)
    except NotPublished:
        raise click.ClickException(
            "Readers do not see this letter: nothing to take down. `flask organisers block` shuts out who writes it."
        ) from None
    except actions.TakenDownAlready:
        raise click.ClickException("This letter has already been taken down.") from None
    click.echo(slug)


@bp.cli.command("put-back")
@click.argument("slug")
def put_back(slug: str) -> None:
    """Show a taken-down letter to readers again. It is open or closed as it was before."""
    try:
        actions.put_back(named_letter(slug))
    except actions.NotTakenDown:
        raise click.ClickException("This letter is not taken down.") from None
    click.echo(slug)


@bp.cli.command()
@click.argument("slug")
@click.argument("version", type=int)
@click.option("--keep-text", is_flag=True, help="Leave its text; withhold only the reason given for it.")
@click.option(
    "--reason", required=True, callback=told, help="Why you withhold it: mailed to its owners, kept in its log."
)
def withhold(slug: str, version: int, reason: str, keep_text: bool) -> None:
    """Hide an earlier version; `disclose` undoes it."""
    try:
        withholding.withhold(named_letter(slug), version, "reason" if keep_text else "text", reason)
    except NotPublished:
        raise click.ClickException("Readers do not see this letter: there is nothing to withhold.") from None
    except withholding.UnknownVersion:
        raise click.ClickException(f"This letter has no version {version}.") from None
    except withholding.TextToday:
        raise click.ClickException(
            "This is the text today: its organisers can change it, and `flask letters take-down` hides it meanwhile. "
            "--keep-text withholds only the reason given for it."
        ) from None
    except withholding.NoReason:
        raise click.ClickException("No reason was given for this version.") from None
    except withholding.WithheldAlready:
        raise click.ClickException("This has already been withheld.") from None
    click.echo(slug)


@bp.cli.command()
def withheld() -> None:
    """List the versions that are withheld.

    One a line: slug, version, `text` (with the reason given for it) or `reason` alone, why; separated by tabs.
    """
    for letter, version in withheld_versions():
        why = " ".join(version.withheld_for.split())
        click.echo(f"{letter.slug}\t{version.number}\t{version.withheld}\t{why}")


@bp.cli.command()
@click.argument("slug")
@click.argument("version", type=int)
def disclose(slug: str, version: int) -> None:
    """Stop withholding a version.

    Readers see it again, unless its letter is taken down.
    """
    letter = named_letter(slug)
    try:
        withholding.disclose(letter, version)
    except (withholding.UnknownVersion, withholding.NotWithheld):
        raise click.ClickException("Nothing of this version is withheld.") from None
    if letter.taken_down_at:
        click.echo("Readers see it once `flask letters put-back` shows them the letter again.", err=True)
    click.echo(slug)
