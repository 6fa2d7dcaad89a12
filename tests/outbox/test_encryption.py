"""A mail that should travel encrypted does, to the server that was meant, or stays here."""

import smtplib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_message
from tests.servers.smtp import MailServer
from tribune.outbox.delivery import deliver_due
from tribune.outbox.queries import queue

pytestmark = ON_SQLITE

MakeApp = Callable[..., Flask]


def site(make_app: MakeApp, server: MailServer, **settings: object) -> Flask:
    ours = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": server.port, "MAIL_DEFAULT_SENDER": "t@example.org"}
    return make_app(**{**ours, "MAIL_USE_TLS": True, **settings})


def test_a_certificate_nobody_vouches_for_is_refused(make_app: MakeApp) -> None:
    with MailServer(certificate_for="127.0.0.1") as server:
        with site(make_app, server).app_context():
            make_message()
            with pytest.raises(ssl.SSLCertVerificationError):
                deliver_due()
            assert queue().waiting == 1
        assert server.taken == []


@pytest.mark.parametrize("from_the_beginning", [False, True], ids=["STARTTLS", "from the beginning"])
@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", True), ("elsewhere.example.org", False)])
def test_a_vouched_certificate_must_be_for_this_server(
    make_app: MakeApp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    name: str,
    trusted: bool,
    from_the_beginning: bool,
) -> None:
    with MailServer(certificate_for=name, from_the_beginning=from_the_beginning) as server:
        server.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        how = {"MAIL_USE_TLS": not from_the_beginning, "MAIL_USE_SSL": from_the_beginning}
        with site(make_app, server, **how).app_context():
            make_message()
            if trusted:
                assert deliver_due() == 1
            else:
                with pytest.raises(ssl.SSLCertVerificationError):
                    deliver_due()


def test_a_server_that_offers_no_encryption_gets_nothing_when_it_is_asked_for(make_app: MakeApp) -> None:
    with MailServer() as server, site(make_app, server).app_context():
        make_message()
        with pytest.raises(smtplib.SMTPNotSupportedError):
            deliver_due()
        assert server.taken == []
