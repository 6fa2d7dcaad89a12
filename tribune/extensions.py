"""Created here, bound to the application in create_app."""

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect


class Logins(LoginManager):  # type: ignore[misc]
    """Flask-Login without its remember-me cookie and its variable for templates.

    Both read the session, hence the cookie, on every public page: no cache could keep it.
    """

    def init_app(self, app: Flask, add_context_processor: bool = False) -> None:
        """Bind to the application."""
        app.login_manager = self  # type: ignore[attr-defined]


babel = Babel()
csrf = CSRFProtect()
login_manager = Logins()
migrate = Migrate(render_as_batch=True)
