"""What every command that names a letter needs."""

import click

from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug


def named_letter(slug: str) -> Letter:
    """The letter of a slug, or a sentence that says there is none."""
    letter = letter_by_slug(slug)
    if letter is None:
        raise click.ClickException(f"No letter is called {slug!r}: `flask letters list` shows them.")
    return letter
