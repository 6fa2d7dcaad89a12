"""`app` for any WSGI server and for the `flask` command."""

import sys

from tribune import create_app
from tribune.config import SettingsMissing
from tribune.kept import Kept

try:
    app = create_app()
    app.wsgi_app = Kept(app.wsgi_app)  # type: ignore[method-assign]
except SettingsMissing as missing:
    sys.exit(str(missing))
