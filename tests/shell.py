"""Commands from the shell, in the test's own context, and nothing left open after them."""

from pathlib import Path

from flask import Flask

from tribune.database import db


def shell(app: Flask, *words: str | Path) -> tuple[int, str]:
    """The exit code of a command, and all that it said."""
    db.session.remove()
    done = app.test_cli_runner().invoke(args=[str(word) for word in words])
    db.session.remove()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output
