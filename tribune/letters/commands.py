"""`flask letters …`: letters from the shell."""

from datetime import date, datetime
from pathlib import Path

import click

from tribune.checks import is_web_address
from tribune.database import write
from tribune.fields import tidy
from tribune.i18n import DEFAULT, LANGUAGES
from tribune.invitations.announcing import NotAsked, launch
from tribune.letters import actions, life
from tribune.letters.moments import FIRST_YEAR
from tribune.letters.queries import all_letters
from tribune.letters.rendering import TextTooLong
from tribune.letters.shell import bp, named_letter
from tribune.notices import shell
from tribune.organisers.models import Organiser
from tribune.organisers.queries import first_organiser, organiser_by_address
from tribune.pasting.actions import keep
from tribune.pasting.shell import kept, page_in, understood, words_of
from tribune.reading.people import read_people
from tribune.teams.queries import team_of

__all__ = ["bp", "shell"]  # the module is imported for the commands it adds to bp: take-down, withhold …

LACKS = {
    "title": "a title",
    "text": "a text",
    "controller": "who is responsible for the data of those who sign",
    "contact": "a contact address",
}


def web_address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Return the value, or raise BadParameter unless it is empty or a web address."""
    address = tidy(value)
    if address and not is_web_address(address):
        raise click.BadParameter(f"{value!r} is not an address that starts with https:// or http://.")
    return address


def day(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    """Return the day, or raise BadParameter if its year was typed with two digits."""
    if value and value.year < FIRST_YEAR:
        raise click.BadParameter("type the year with four digits.")
    return value and value.date()


@bp.cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organiser", "email", help="Email address of the account it is for; by default, the oldest.")
@click.option("--title", help="Its title, if the page has none or you want another.")
@click.option("--slug", default="", help="Its address: /letters/SLUG.")
@click.option("--language", "locale", type=click.Choice(list(LANGUAGES)), default=DEFAULT, show_default=True)
@click.option("--authors", default="", help="Who wrote it, as readers see it; by default, whoever the page names.")
@click.option("--addressee", default="", help="Whom it is addressed to.")
@click.option("--outlet", default="", help="Who printed it; by default, whoever the page names.")
@click.option("--outlet-url", default="", callback=web_address, help="The web address of the page there.")
@click.option(
    "--printed-on",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=day,
    help="The day it was printed, such as 2026-11-24.",
)
@click.option("--publish", is_flag=True, help="Show it to readers at once; without this, it is a draft.")
def import_(
    *,
    file: Path,
    email: str | None,
    title: str | None,
    slug: str,
    locale: str,
    printed_on: date | None,
    publish: bool,
    **typed: str,
) -> None:
    """Make a letter of a printed page, its signatories included. The last line printed is the slug."""
    organiser = _organiser(email)
    click.echo(f"Organiser: {organiser.email}")
    page = page_in(file)
    if not page.text.strip():
        raise click.ClickException("No text of a letter was found in this file.")
    people = read_people(page.signatories)
    for line in understood(page, people, title):
        click.echo(line)
    words, signatories = words_of(page, title=title, **typed), kept(people.people)
    try:
        with write():
            letter = keep(
                team_of(organiser),
                signatories,
                by=organiser,
                slug=slug,
                locale=locale,
                text=page.text,
                printed_on=printed_on,
                controller=organiser.name or organiser.email,  # `organisers add` asks for no name
                contact=organiser.email,
                **words,
            )
            if publish:
                launch(letter)
            slug = letter.slug
    except actions.SlugTaken:
        raise click.ClickException("Another letter has this address: choose another --slug.") from None
    except actions.FieldTooLong as error:
        raise click.ClickException(f"The {error.name} is too long: {error.longest} characters at most.") from None
    except TextTooLong:
        raise click.ClickException("The text is too long: 64 kB at most.") from None
    except life.NotReady as unready:
        instead = "Import it without --publish, then fill this in on its page."
        raise click.ClickException(f"{_lacks(unready)} {instead}") from None
    click.echo(slug)


def _organiser(email: str | None) -> Organiser:
    if email:
        found = organiser_by_address(email)
        if found is None:
            raise click.ClickException(f"No account has the address {email}: `flask organisers add` makes one.")
        if found.blocked_at:
            raise click.ClickException("This account is blocked: `flask organisers unblock` opens it again.")
        return found
    oldest = first_organiser()
    if oldest is None:
        raise click.ClickException(
            "There is no account yet, or all are blocked: `flask organisers add EMAIL` makes one."
        )
    return oldest


@bp.cli.command("list")
def list_() -> None:
    """List the letters.

    One a line: slug, state, confirmed signatures, title; separated by tabs.
    """
    for letter in all_letters():
        state = "taken down" if letter.taken_down_at else letter.state
        click.echo(f"{letter.slug}\t{state}\t{letter.confirmed_count}\t{letter.version.title}")


@bp.cli.command()
@click.argument("slug")
def publish(slug: str) -> None:
    """Publish a letter, or open a closed one again. First signatories who asked are told of the publication."""
    letter = named_letter(slug)
    if letter.taken_down_at:
        raise click.ClickException("This letter is taken down: `flask letters put-back` shows it again.")
    if letter.state == "closed":
        click.echo("It had been closed, and is open again: `flask letters close` closes it.", err=True)
    try:
        launch(letter)
    except NotAsked:
        raise click.ClickException(
            "Its text changed in substance, and those who signed an earlier text have not been asked. Ask them on "
            "its page, or say there that it was only a correction."
        ) from None
    except life.NotReady as unready:
        raise click.ClickException(f"{_lacks(unready)} Fill this in on its page, “Text and settings”.") from None
    click.echo(slug)


def _lacks(unready: life.NotReady) -> str:
    return f"Readers cannot see it yet: it lacks {'; '.join(LACKS[name] for name in unready.fields)}."


@bp.cli.command()
@click.argument("slug")
def close(slug: str) -> None:
    """Close a letter to new signatures. Those who have signed may still confirm for 72 hours."""
    try:
        life.close(named_letter(slug))
    except life.NotPublished:
        raise click.ClickException("This letter is not published: there is nothing to close.") from None
    click.echo(slug)
