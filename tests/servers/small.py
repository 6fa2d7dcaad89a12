"""A small site for a browser or another client: a process of its own on SQLite, which each test fills as it likes."""

import shutil
import tempfile
from collections.abc import Iterator
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
    migrated: Path, mails: MailServer | None = None, name: str = sites.HOST, **settings: str
) -> Iterator[tuple[Site, Flask]]:
    """Serve a copy of the file `migrated` while the block lasts, and give an application on the same database.

    In the context of that application a test makes what the site holds. Mails go to `mails`; without it they wait.
    `name`: how browsers call the site.
    """
    with tempfile.TemporaryDirectory(prefix="small-", dir=MEMORY) as made:
        url = f"sqlite:///{shutil.copy(migrated, made)}"
        ours = {"SECRET_KEY": str(SETTINGS["SECRET_KEY"]), "SQLALCHEMY_DATABASE_URI": url, "MAIL_WORKER": "off"}
        if mails:
            ours |= {"MAIL_WORKER": "on", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mails.port)}
        ours |= {"MAIL_DEFAULT_SENDER": "tribune@example.org", **settings}
        app = new_app(url, Path(made))
        with sites.serve({f"TRIBUNE_{setting}": value for setting, value in ours.items()}, name=name) as site:
            yield site, app
        let_go(app)


def door(organiser: Organiser) -> str:
    """The path by which this organiser comes in, as their mail has it. Needs an app context."""
    return urlsplit(log_in_link(organiser).url()).path
