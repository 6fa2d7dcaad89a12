"""The public pages of a letter."""

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.headers import cacheable, private_page
from tribune.letters.guard import public_letter
from tribune.letters.queries import letter_of_preview, published_letter
from tribune.letters.words import addressed, counted, embargo_end, long_moment
from tribune.signatures.beside import beside
from tribune.tokens import Purpose

bp = Blueprint("letters", __name__)
bp.add_app_template_filter(addressed)
bp.add_app_template_filter(counted)
bp.add_app_template_filter(embargo_end)
bp.add_app_template_filter(long_moment)


@bp.get("/letters/<slug>")
@cacheable
def letter(slug: str) -> ResponseReturnValue:
    """Show the letter: its text, who carries it, who signed, and the form."""
    found = published_letter(slug) or public_letter(_as_read(slug))
    if found.slug != slug:
        return redirect(url_for("letters.letter", slug=found.slug), 302)
    return render_template("letters/letter.html", letter=found, **beside(found))


def _as_read(slug: str) -> str:
    """Return the slug without capitals or final punctuation, which people type or copy from a newspaper."""
    return slug.lower().rstrip(tokens.GLUED)


@bp.get("/letters/<slug>/count.json")
@cacheable
def count(slug: str) -> ResponseReturnValue:
    """Return how many have confirmed, as a number and in the words of the page, which polls this while it is open.

    `words`, `also`: as from `counted`, one after the other. `short`: for the bar; empty at 0, since the page may
    list people attested by the organisers. Pages of other sites may read it too: it is the same for everybody.
    """
    found = public_letter(slug)
    number, (words, also) = found.confirmed_count, counted(found)
    answer = jsonify(confirmed=number, words=words, also=also, short=words if number else "")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@bp.get("/letters/preview/<token>")
def preview(token: str) -> Response:
    """Show the letter as readers will see it to whoever has the private link, without an account."""
    payload = tokens.payload_of(Purpose.PREVIEW, token)
    found = letter_of_preview(*payload) if payload else None
    if found is None:
        return private_page("letters/preview_gone.html", 404)
    return private_page("letters/letter.html", letter=found, **beside(found, "link"))
