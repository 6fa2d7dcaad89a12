"""`flask doctor`: print what is wrong, and how to fix it."""

import json

import click
from flask import Blueprint
from flask_babel import force_locale

from tribune.doctor.examining import examine
from tribune.doctor.findings import Level
from tribune.shell import Command

bp = Blueprint("doctor", __name__, cli_group=None)


@bp.cli.command("doctor", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def doctor_command(as_json: bool) -> None:
    """Check the site, and say how to mend what is wrong.

    Looks at settings, database, disk, mail and counters. The exit code is 1 if anything is wrong.
    """
    with force_locale("en"):  # the language of all commands
        findings = list(examine())
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.level:<6}{finding.what}: {finding.found}")
            if finding.mend:
                click.echo(f"      → {finding.mend}")
    number = sum(finding.level is Level.WRONG for finding in findings)
    if number:
        raise click.ClickException(f"Wrong: {number}. Each such line says how to mend it.")
