"""Shared by every command that names a letter."""

import click

from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug


def named_letter(slug: str) -> Letter:
    """Return the letter of this slug; raise ClickException if there is none."""
    letter = letter_by_slug(slug)
    if letter is None:
        raise click.ClickException(f"No letter is called {slug!r}: `flask letters list` shows them.")
    return letter
