"""A site that sends its mails to a server of the test."""

from collections.abc import Callable

from flask import Flask

MakeApp = Callable[..., Flask]


def site(make_app: MakeApp, port: int = 0, **settings: object) -> Flask:
    """It sends to this port."""
    return make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_DEFAULT_SENDER="t@example.org", **settings)
