"""What commands about a letter share: the group `flask letters …`, and the letter that was named."""

import click

from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.shell import shell_blueprint

bp = shell_blueprint(
    "letters_commands", __name__, "letters", "Import, list, publish and close letters; take down what cannot stay."
)


def named_letter(slug: str) -> Letter:
    """Return the letter of this slug; raise ClickException if there is none."""
    letter = letter_by_slug(slug)
    if letter is None:
        raise click.ClickException(f"No letter is called {slug!r}: `flask letters list` shows them.")
    return letter
