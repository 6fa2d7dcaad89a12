"""Created here, bound to the application in create_app."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer

from tribune.tokens import Signer


class Logins(LoginManager):  # type: ignore[misc]
    """Flask-Login without its remember-me cookie and its variable for templates.

    Both read the session, hence the cookie, on every public page: no cache could keep it.
    """

    def init_app(self, app: Flask, add_context_processor: bool = False) -> None:
        """Bind to the application."""
        app.login_manager = self  # type: ignore[attr-defined]


class Sessions(SecureCookieSessionInterface):
    """The cookie of a log-in; one set by another machine is accepted even if the clock there is a little ahead."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookie and reads it."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = Signer
        return serializer


babel = Babel()
csrf = CSRFProtect()
login_manager = Logins()
migrate = Migrate(render_as_batch=True)
