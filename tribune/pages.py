"""Pages that belong to no area: the front page and the health of the site."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from tribune.database import db
from tribune.headers import cacheable
from tribune.letters.queries import published_letters
from tribune.outbox.queries import age_of_the_oldest

bp = Blueprint("pages", __name__)


@bp.get("/")
@cacheable
def home() -> ResponseReturnValue:
    """Published letters, newest first, with their counts."""
    return render_template("pages/home.html", letters=published_letters())


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and has the schema of this code: 200, else 503; and for how long mail has waited."""
    head = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    try:
        with db.engine.connect() as connection:
            schema = MigrationContext.configure(connection).get_current_revision()
        age = age_of_the_oldest() if schema == head else None
    except OperationalError:
        return jsonify(database="unreachable"), 503
    answer = {"database": "ok", "schema": schema, "schema_of_the_code": head, "oldest_mail_seconds": age}
    return jsonify(answer), 200 if schema == head else 503
