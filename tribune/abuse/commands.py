"""`flask site …`: what an administrator does in an emergency. Every process obeys within seconds."""

import click

from tribune.abuse import switches
from tribune.fields import is_printable
from tribune.shell import shell_blueprint

bp = shell_blueprint("site_commands", __name__, "site", "Emergency switches.")


@bp.cli.command("pause-signing")
def pause_signing() -> None:
    """Let nobody sign by the form; confirming and accepting invitations go on."""
    switches.turn_on(switches.PAUSED)
    click.echo(f"Signing is paused, everywhere within {switches.KEPT} seconds.")


@bp.cli.command("resume-signing")
def resume_signing() -> None:
    """Let people sign by the form again."""
    switches.turn_off(switches.PAUSED)
    click.echo("People can sign again.")


@bp.cli.command("read-only")
@click.argument("state", type=click.Choice(["on", "off"]))
def read_only(state: str) -> None:
    """Make the site read-only, or end that. While it is on, the site writes nothing and sends no mail."""
    if state == "on":
        switches.turn_on(switches.READ_ONLY)
        click.echo(f"The site is read-only, everywhere within {switches.KEPT} seconds.")
    else:
        switches.turn_off(switches.READ_ONLY)
        click.echo("The site can be written to again.")


@bp.cli.command()
@click.argument("text", required=False)
@click.option("--clear", is_flag=True, help="Remove the banner.")
def banner(text: str | None, clear: bool) -> None:
    """Show a sentence on top of every page."""
    words = " ".join((text or "").split())
    if clear == bool(words):
        raise click.UsageError('Give either the text, in quotes, or "--clear".')
    if len(words) > switches.LONGEST_BANNER:
        raise click.UsageError(f"Shorten the text to {switches.LONGEST_BANNER} characters at most.")
    if not is_printable(words):
        raise click.UsageError("The text contains characters that cannot be printed.")
    if clear:
        switches.turn_off(switches.BANNER)
        click.echo("It will be gone from every page within a minute.")
    else:
        switches.turn_on(switches.BANNER, words)
        click.echo("Every page will show it within a minute, once caches have asked again.")


@bp.cli.command()
def status() -> None:
    """Print each switch: off, or since when it is on."""
    moments, now_set = switches.since(), switches.current()
    for name in (switches.PAUSED, switches.READ_ONLY, switches.BANNER):
        since = f"since {moments[name]:%Y-%m-%d %H:%M:%S} UTC" if name in moments else "off"
        words = f"\t{now_set.banner}" if name == switches.BANNER and name in moments else ""
        click.echo(f"{name.replace('_', '-')}\t{since}{words}")
