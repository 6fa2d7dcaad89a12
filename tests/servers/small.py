"""A small site for a browser or another client: in its own process, on SQLite, filled by the test."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from tests.conftest import SETTINGS, let_go, new_app
from tests.servers import site as sites
from tests.servers.postgresql import MEMORY
from tests.servers.site import Site
from tests.servers.smtp import MailServer
from tribune.organisers.links import log_in_link
from tribune.organisers.models import Organiser


@contextmanager
def small_site(
    migrated: Path,
    mails: MailServer | None = None,
    name: str = sites.HOST,
    command: Sequence[str] | None = None,
    **settings: str,
) -> Iterator[tuple[Site, Flask]]:
    """Serve a copy of the file `migrated` while the block lasts; yield the site and an application on its database.

    The test fills the database in the context of that application. `mails`: where mails go; without it they wait.
    `name`: the site's host in URLs. `command`: as for `serve`.
    """
    with tempfile.TemporaryDirectory(prefix="small-", dir=MEMORY) as made:
        url = f"sqlite:///{shutil.copy(migrated, made)}"
        ours = {"SECRET_KEY": str(SETTINGS["SECRET_KEY"]), "SQLALCHEMY_DATABASE_URI": url, "MAIL_WORKER": "off"}
        if mails:
            ours |= {"MAIL_WORKER": "on", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mails.port)}
        ours |= {"MAIL_DEFAULT_SENDER": "tribune@example.org", **settings}
        app = new_app(url, Path(made))
        env = {f"TRIBUNE_{setting}": value for setting, value in ours.items()}
        with sites.serve(env, command, name) as site:
            yield site, app
        let_go(app)


def door(organiser: Organiser) -> str:
    """Return the path of a link that logs in this organiser. Needs an app context."""
    return urlsplit(log_in_link(organiser).url()).path
