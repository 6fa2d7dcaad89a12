"""Run shell commands in the test's own context, and leave no session open."""

from pathlib import Path

from flask import Flask

from tribune.database import db


def shell(app: Flask, *words: str | Path) -> tuple[int, str]:
    """Run a command; return its exit code and its output."""
    db.session.remove()
    done = app.test_cli_runner().invoke(args=[str(word) for word in words])
    db.session.remove()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output
