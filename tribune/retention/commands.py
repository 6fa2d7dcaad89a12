"""`flask retention …`: run by hand what the mail worker deletes automatically."""

import click

from tribune.retention import actions, counting, queries
from tribune.shell import shell_blueprint

bp = shell_blueprint("retention", __name__, "retention", "Delete what is no longer to be kept.")


@bp.cli.command()
@click.option("--dry-run", is_flag=True, help="Say how many rows each rule would take, and change nothing.")
def run(dry_run: bool) -> None:
    """Delete all that is due, and print how many rows each rule took.

    The mail worker also does this by itself. You may stop the command at any moment, run it again, or run it twice at
    once.
    """
    done = ((rule.name, counting.count(rule)) for rule in queries.RULES) if dry_run else actions.run()
    for name, rows in done:
        click.echo(f"{name}\t{rows}")
