"""The public history of a text: its versions, and what changed."""

from datetime import timedelta

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from tribune.headers import cacheable
from tribune.history.changes import changes as changes_between
from tribune.history.queries import signed_from, version_of, versions_of
from tribune.letters.actions import MISPRINT
from tribune.letters.guard import public_letter
from tribune.letters.queries import said_before

bp = Blueprint("history", __name__)


@bp.get("/letters/<slug>/versions")
@cacheable
def versions(slug: str) -> ResponseReturnValue:
    """List when the text was changed, and why."""
    letter = public_letter(slug)
    found = versions_of(letter)
    since = signed_from(letter, found[0], found[1] if len(found) > 1 else None)
    minutes = MISPRINT // timedelta(minutes=1)
    return render_template("history/versions.html", letter=letter, versions=found, since=since, minutes=minutes)


@bp.get("/letters/<slug>/versions/<int:number>")
@cacheable
def version(slug: str, number: int) -> ResponseReturnValue:
    """Show the text as it was in one version."""
    letter = public_letter(slug)
    found = version_of(letter, number) or abort(404)
    after = version_of(letter, number + 1)
    since = signed_from(letter, found, after)
    page = render_template("history/version.html", letter=letter, version=found, after=after, since=since)
    return page, 410 if found.is_withheld else 200


@bp.get("/letters/<slug>/versions/<int:number>/changes")
@cacheable
def changes(slug: str, number: int) -> ResponseReturnValue:
    """Show what this version changed in the one before."""
    letter = public_letter(slug)
    after = version_of(letter, number) or abort(404)
    before = version_of(letter, number - 1) or abort(404)
    if before.is_withheld or after.is_withheld:
        return render_template("history/changes.html", letter=letter, version=after, changes=None), 410
    found = changes_between(before, after, letter.locale)
    said, _signed = said_before(letter, after.words, number)
    return render_template("history/changes.html", letter=letter, version=after, changes=found, said=said)
