"""`flask demo …`: a site to try in one command, and made-up signatures by the thousand."""

import shlex
from pathlib import Path
from urllib.parse import urlsplit

import click
import flask_migrate
from flask import current_app

from tribune.checks import HERE
from tribune.config import DEVELOPMENT_URL
from tribune.database import db, write
from tribune.demo.people import fill
from tribune.letters import actions, life
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.letters.shell import named_letter
from tribune.organisers.links import log_in_link
from tribune.organisers.models import Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.people.adding import add
from tribune.reading.page import read_page
from tribune.reading.people import read_people
from tribune.serving import listen
from tribune.shell import progress_bar, shell_blueprint
from tribune.teams.actions import open_account
from tribune.teams.queries import team_of
from tribune.tokens import public_url

bp = shell_blueprint("demo", __name__, "demo", "A site to try and to measure, in development only.")

EMAIL = "demo@example.org"
SLUG = "socialgoodweek"
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104
TEXT = Path(__file__).with_name("letter.md")


def _only_in_development() -> None:
    if not current_app.config["DEVELOPMENT"]:
        raise click.ClickException("This is for development only: start the site with `python3 dev.py run` to try it.")


@bp.cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=5000, show_default=True)
def run(host: str, port: int) -> None:
    """Serve a site to try. It has a demo organiser and letter, and the schema of today."""
    _only_in_development()
    flask_migrate.upgrade()
    organiser = _organiser()
    letter = _letter(organiser)
    server = listen(current_app._get_current_object(), host, port)  # type: ignore[attr-defined]
    click.echo(f"The site       {public_url('pages.home')}")
    click.echo(f"The letter     {public_url('letters.letter', slug=letter.slug)}")
    click.echo(f"The mailbox    {public_url('development.mailbox')}")
    click.echo(f"The organiser  {log_in_link(organiser).url()}   (works once)")
    click.echo(f"Another link   {_settings()}.venv/bin/flask organisers log-in-link {EMAIL}")
    if host not in HERE and urlsplit(current_app.config["PUBLIC_URL"]).hostname in HERE:
        click.echo(f"Elsewhere      refused, until you start it with {_for_others(host, port)}")
    click.echo("Stop with Ctrl-C; nothing is lost.")
    db.session.remove()  # an open read would keep SQLite from emptying its journal, with what is erased in it
    server.run()


def _settings() -> str:
    """Return the variables to put before a command, if it would otherwise mean another site."""
    assumed = {"PUBLIC_URL": DEVELOPMENT_URL, "INSTANCE_PATH": str(Path(current_app.root_path).parent / "instance")}
    ours = {"PUBLIC_URL": current_app.config["PUBLIC_URL"], "INSTANCE_PATH": current_app.instance_path}
    return "".join(f"TRIBUNE_{name}={shlex.quote(ours[name])} " for name in assumed if ours[name] != assumed[name])


def _for_others(host: str, port: int) -> str:
    """Return the command that serves other machines too: a site answers only under the host of its PUBLIC_URL."""
    several = host in EVERYWHERE or ":" in host
    name, of_this_machine = ("ADDRESS", "   (ADDRESS: a name of this machine, or its IPv4)") if several else (host, "")
    return f"TRIBUNE_PUBLIC_URL=http://{name}:{port} python3 dev.py run --host {host} --port {port}{of_this_machine}"


def _organiser() -> Organiser:
    return organiser_by_address(EMAIL) or open_account(EMAIL, "SocialGoodWeek")


def _letter(organiser: Organiser) -> Letter:
    found = letter_by_slug(SLUG)
    if found is not None:
        return found
    page = read_page(TEXT.read_text("utf-8"))
    with write():
        letter = actions.create(
            team_of(organiser),
            by=organiser,
            title=page.title,
            text=page.text,
            standfirst=page.standfirst,
            slug=SLUG,
            authors="La SocialGoodWeek",
            outlet=page.outlet,
            contact=EMAIL,
        )
        add(letter, read_people(page.signatories).people, by=organiser)
        life.publish(letter)
    return letter


@bp.cli.command("fill")
@click.option("--signatures", type=click.IntRange(1), required=True, help="How many to add.")
@click.option("--letter", "slug", help="The letter to add them to; by default, a new one, published.")
def fill_command(signatures: int, slug: str | None) -> None:
    """Add made-up, confirmed signatures. The last line printed is the slug."""
    _only_in_development()
    if slug:
        letter = named_letter(slug)
    else:
        title = f"Une tribune à {signatures} signatures"
        organiser, text = _organiser(), "Texte d'essai.\n\nUn autre paragraphe."
        letter = actions.create(team_of(organiser), by=organiser, title=title, text=text, contact=EMAIL)
        life.publish(letter)
    with progress_bar(signatures) as bar:
        for part in fill(letter, signatures):
            bar.update(part)
    click.echo(letter.slug)
