"""`app` for any WSGI server and for the `flask` command."""

import sys

from tribune import create_app
from tribune.config import SettingsMissing

try:
    app = create_app()
except SettingsMissing as missing:
    sys.exit(str(missing))
