"""`flask doctor`: what is wrong, and how to mend it."""

import json
from collections.abc import Iterator

import click
from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from tribune.doctor.database import SCHEMA, check_database
from tribune.doctor.findings import Finding, Level
from tribune.doctor.mail import check_mail_server, check_queue
from tribune.doctor.settings import check_settings
from tribune.doctor.state import check_rows

bp = Blueprint("doctor", __name__, cli_group=None)


@bp.cli.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor_command(as_json: bool) -> None:
    """Check settings, durability, mail and proxy; exit 1 when something is wrong."""
    findings = list(_examine())
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.level:<6}{finding.what}: {finding.found}")
            if finding.mend:
                click.echo(f"      → {finding.mend}")
    number = sum(finding.level is Level.WRONG for finding in findings)
    if number:
        raise click.ClickException(f"{number} wrong: see what each line says.")


def _examine() -> Iterator[Finding]:
    yield from check_settings()
    yield from check_mail_server()
    try:
        of_the_database = list(check_database())
        yield from of_the_database
        if all(finding.level is Level.OK for finding in of_the_database if finding.what == SCHEMA):
            yield from check_queue()
            yield from check_rows()
    except SQLAlchemyError as error:
        why = getattr(error, "orig", None) or type(error).__name__
        yield Finding(
            Level.WRONG, "Database", " ".join(str(why).split()), "Check SQLALCHEMY_DATABASE_URI and its server."
        )
