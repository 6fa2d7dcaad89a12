"""Pages that belong to no area: the front page and the health of the site."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

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
    """The database answers, has the schema of this code, and mails are leaving: 200, else 503."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        schema = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    answer = {
        "database": "ok",
        "schema": schema,
        "schema_of_the_code": head,
        "oldest_mail_seconds": age_of_the_oldest(),
    }
    return jsonify(answer), 200 if schema == head else 503
