"""`app` for any WSGI server and for the `flask` command."""

import gc
import sys

gc.disable()  # what is made at the start stays; collecting garbage meanwhile took an eighth of the start

from tribune import create_app  # noqa: E402
from tribune.config import SettingsMissing  # noqa: E402
from tribune.kept import Kept  # noqa: E402

try:
    app = create_app()
    app.wsgi_app = Kept(app.wsgi_app)  # type: ignore[method-assign]
except SettingsMissing as missing:
    sys.exit(str(missing))
gc.freeze()
gc.enable()
