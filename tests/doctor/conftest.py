"""A site for the doctor."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.doctor.examined import GOOD, MakeApp
from tests.factories import make_letter, make_signature
from tests.servers.smtp import MailServer


@pytest.fixture
def well(make_app: MakeApp, mail_server: MailServer) -> Iterator[Flask]:
    """A site where nothing is wrong, with one letter and its signature."""
    app = make_app(**GOOD, MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port)
    with app.app_context():
        make_signature(make_letter(slug="rues", contact="rgpd@example.org"))
        yield app
