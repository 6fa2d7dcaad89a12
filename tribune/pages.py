"""Pages that belong to no area: the front page, what crawlers are asked, and the health of the site."""

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from tribune.abuse.shedding import Importance, matters
from tribune.database import reading
from tribune.fields import tidy
from tribune.headers import cacheable
from tribune.letters.queries import published_letters
from tribune.outbox.models import OF_ACCOUNTS, Message
from tribune.outbox.queries import age_of_the_oldest
from tribune.schema import revision_of, revision_of_the_code

bp = Blueprint("pages", __name__)

# The address of a further page of a list changes with every signature: crawlers would walk it without end, and go on
# finding names at addresses to which nothing leads any more. All else that they are to leave out says so itself, by
# `noindex`, which they could not read if they were kept away.
ROBOTS = "User-agent: *\nDisallow: /letters/*/signatories?order=*&after=\n"


@bp.get("/")
@cacheable
def home() -> ResponseReturnValue:
    """Published letters, newest first, with their counts."""
    after = tidy(request.args.get("after"))
    letters, next_page = published_letters(after)
    return render_template("pages/home.html", letters=letters, after=after, next_page=next_page)


@bp.get("/robots.txt")
@cacheable
def robots() -> ResponseReturnValue:
    """Tell crawlers where not to go."""
    return Response(ROBOTS, mimetype="text/plain")


@bp.get("/healthz")
@matters(Importance.SIGN)
def healthz() -> ResponseReturnValue:
    """Answer 200: the process is alive."""
    return jsonify(status="ok")


@bp.get("/readyz")
@matters(Importance.SIGN)
def readyz() -> ResponseReturnValue:
    """Answer 200 if the database answers and has this code's schema, else 503; and how long mail has waited.

    Mails about accounts are left out: on a quiet site, whoever types an address at the door would see if it has one.
    """
    head = revision_of_the_code()
    try:
        with reading().connect() as connection:
            schema = revision_of(connection)
        age = age_of_the_oldest(Message.budget.not_in(OF_ACCOUNTS)) if schema == head else None
    except DBAPIError:
        return jsonify(database="unreachable"), 503
    answer = {"database": "ok", "schema": schema, "schema_of_the_code": head, "oldest_mail_seconds": age}
    return jsonify(answer), 200 if schema == head else 503
