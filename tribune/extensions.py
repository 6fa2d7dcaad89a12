"""Created here, bound to the application in create_app."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

babel = Babel()
csrf = CSRFProtect()
# Without its context processor: that would read the session, hence the cookie, on every public page.
login_manager = LoginManager(add_context_processor=False)
migrate = Migrate(render_as_batch=True)
