"""Settings: where they come from, and the sentence for each that is missing or wrong."""

import os
import re
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copyfile

import pytest
import sqlalchemy as sa
from flask import Flask, session
from flask_wtf.csrf import generate_csrf, validate_csrf

from tests.settings import ENOUGH, complaints, loaded
from tribune import ROOT, create_app
from tribune.config import SECRETS, SETTINGS

MAIL = {"MAIL_SERVER": "mail.example.org", "MAIL_DEFAULT_SENDER": "t@example.org"}

pytestmark = pytest.mark.usefixtures("nobody_s_settings")


def test_production_needs_a_key_and_an_address_and_says_both_at_once(tmp_path: Path) -> None:
    key, address = complaints(tmp_path, {})
    assert "SECRET_KEY" in key and "TRIBUNE_SECRET_KEY" in key
    assert "PUBLIC_URL" in address and "https://" in address


def test_the_example_that_is_copied_starts_nothing_before_it_is_filled_in(tmp_path: Path) -> None:
    copyfile(ROOT / "instance" / "config.example.py", tmp_path / "config.py")
    names = [sentence.partition(" ")[0] for sentence in complaints(tmp_path, {})]
    assert names == ["SECRET_KEY", "PUBLIC_URL", "MAIL_DEFAULT_SENDER"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "letters.example.org"}, "letters.example.org"),
        ({"PUBLIC_URL": "https://"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "ftp://letters.example.org"}, "PUBLIC_URL"),
        ({"MAIL_SERVER": "mail.example.org"}, "MAIL_DEFAULT_SENDER"),
        ({"REGISTRATION": "closed"}, "'closed'"),
        ({"REGISTRATION": ""}, "REGISTRATION"),
        ({"ACCESSIBILITY": "yes", "ACCESSIBILITY_PAGE": "https://example.org/a"}, "'yes'"),
        ({"ACCESSIBILITY": "no"}, "ACCESSIBILITY_PAGE"),
        ({"ACCESSIBILITY_PAGE": "https://example.org/a"}, "ACCESSIBILITY_PAGE"),
        ({"ACCESSIBILITY": "no", "ACCESSIBILITY_PAGE": "javascript:alert(1)"}, "'javascript:alert(1)'"),
        ({"ACCESSIBILITY": "no", "ACCESSIBILITY_PAGE": "https://example.org/a b"}, "'https://example.org/a b'"),
        ({"ACCESSIBILITY": "no", "ACCESSIBILITY_PAGE": "https:///a"}, "'https:///a'"),
        ({"REMINDER_DAYS": 6}, "REMINDER_DAYS"),
        ({"BOUNCES_SECRET": "s" * 31}, "BOUNCES_SECRET"),
        ({"REMINDER_DAYS": -1}, "REMINDER_DAYS"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": "long=enough=but=no=token"}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": " begins with a blank"}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": "ends with a blank =="}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": "assez long, tout un été"}, "METRICS_TOKEN"),
        ({"ADMINISTRATORS": ["alice"]}, "'alice'"),
        ({"ADMINISTRATORS": ["mailto:alice@example.org"]}, "'mailto:alice@example.org'"),
        ({"ADMINISTRATORS": ["alice@asso.test"]}, "'alice@asso.test'"),
        ({"THREADS": 0}, "THREADS"),
        ({"TRUSTED_PROXIES": -1}, "TRUSTED_PROXIES"),
        ({"SLOW_STATEMENT_MS": -1}, "SLOW_STATEMENT_MS"),
        ({"OPERATOR_CONTACT": "01 23 45 67 89"}, "'01 23 45 67 89'"),
        ({"OPERATOR_CONTACT": "<contact@example.org>"}, "'<contact@example.org>'"),
        ({"OPERATOR_CONTACT": "contact@asso.local"}, "'contact@asso.local'"),
        ({"OPERATOR_CONTACT": "thérèse@example.org"}, "'thérèse@example.org'"),
        ({"RATELIMIT_STORAGE_URI": "memcached://localhost"}, "RATELIMIT_STORAGE_URI"),
        ({"RATELIMIT_STORAGE_URI": "redis://:pass/word@localhost:6379/0"}, "RATELIMIT_STORAGE_URI"),
        ({"RATELIMIT_STORAGE_URI": "redis://localhost:0/0"}, "RATELIMIT_STORAGE_URI"),
        ({"RATELIMIT_STORAGE_URI": "redis://:hunter2@localhost:6379/0?sockettimeout=1"}, "after a ?"),
        ({"RATELIMIT_STORAGE_URI": "redis://:hunter2@localhost:6379/0?socket_timeout=long"}, "after a ?"),
        ({"RATELIMIT_STORAGE_URI": "rediss://:hunter2@localhost:6379/0?ssl_cert_reqs=perhaps"}, "after a ?"),
        ({"PUBLIC_URL": "https://example.org/tribune"}, "/tribune'"),
        ({"PUBLIC_URL": "https://example.org/?a=b"}, "?a=b'"),
        ({"PUBLIC_URL": "https://example.org/#a"}, "#a'"),
        ({"PUBLIC_URL": "https://letters..example.org"}, "letters..example.org"),
        ({"PUBLIC_URL": "https://-é.example.org"}, "-é.example.org"),
        ({"PUBLIC_URL": "https://example.org:99999"}, "port from 1 to 65535"),
        ({"PUBLIC_URL": "http://[2001:db8::7]:5000"}, "letters, digits and hyphens"),
        ({"PUBLIC_URL": "http://tribune_web:5000"}, "letters, digits and hyphens"),
        ({"PUBLIC_URL": "https://letters.example.org."}, "full stops between them"),
        ({"PUBLIC_URL": "https://user:hunter2@example.org"}, "account or a password"),
        ({"MAIL_DEFAULT_SENDER": "tribune"}, "'tribune'"),
        ({"MAIL_DEFAULT_SENDER": "Les Amis"}, "'Les Amis'"),
        ({"MAIL_DEFAULT_SENDER": "secrétariat@example.org"}, "accents before its @"),
        ({"MAIL_DEFAULT_SENDER": "t@example..org"}, "t@example..org"),
        ({"MAIL_DEFAULT_SENDER": "t@example.org, u@example.org"}, "one address"),
        ({"MAIL_DEFAULT_SENDER": "Amis, voisins <t@example.org>"}, "a comma in quotes"),
        ({"MAIL_DEFAULT_SENDER": "Amis\r <t@example.org>"}, r"'Amis\r <"),
        ({**MAIL, "MAIL_SERVER": "smtp..example.org"}, "smtp..example.org"),
        ({**MAIL, "MAIL_SERVER": "smtp.example.org:587"}, "MAIL_PORT"),
        ({**MAIL, "MAIL_SERVER": "smtp example.org"}, "alone"),
        ({**MAIL, "MAIL_SERVER": "[::1]"}, "alone"),
        ({**MAIL, "MAIL_PORT": 99999}, "MAIL_PORT"),
        ({**MAIL, "MAIL_PORT": -1}, "MAIL_PORT"),
        ({**MAIL, "MAIL_USE_TLS": True, "MAIL_USE_SSL": True}, "MAIL_USE_SSL"),
        ({**MAIL, "MAIL_USERNAME": "t", "MAIL_PASSWORD": "café hunter2"}, "MAIL_PASSWORD"),
        ({**MAIL, "MAIL_USERNAME": "thérèse", "MAIL_PASSWORD": "hunter2"}, "MAIL_USERNAME"),
        ({"SQLALCHEMY_DATABASE_URI": "foo"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite://"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:///"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:///:memory:"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:////srv/tribune.sqlite?timeout=long"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "mysql://u:hunter2@localhost/tribune"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://u:hunter2@localhost:port/tribune"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql+nothing://u:hunter2@localhost/t"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://u:it@hunter2@localhost/t"}, "@ are written"),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://u:hunter2@localhost/t?sslmod=require"}, "after a ?"),
    ],
)
def test_each_thing_that_is_wrong_has_one_sentence(tmp_path: Path, settings: dict[str, object], named: str) -> None:
    [sentence] = complaints(tmp_path, {**ENOUGH, **settings})
    assert named in sentence and sentence.endswith(".") and "hunter2" not in sentence


OTHERS = (
    None,
    1234567890123456789012345678901234567,
    True,
    2.5,
    b"a key of bytes, long enough for any",
    [7],
    ("a",),
    "hunter2",
)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_value_of_another_type_has_one_sentence_which_tells_no_secret(tmp_path: Path, name: str) -> None:
    like = SETTINGS[name].default
    for other in OTHERS:
        if type(other) is not type(like) or other == [7]:
            [sentence] = complaints(tmp_path, {**ENOUGH, name: other})
            assert sentence.startswith(f"{name} must be ") and sentence.endswith(".")
            assert (repr(other) in sentence) is (name not in SECRETS)


def test_enough_is_enough(tmp_path: Path) -> None:
    config = loaded(tmp_path)
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/tribune.sqlite"
    assert config["MAIL_DEFAULT_SENDER"] == "tribune@letters.example.org"
    assert config["TRUSTED_HOSTS"] == ["letters.example.org"]
    assert (config["DEVELOPMENT"], config["TRUSTED_PROXIES"], config["MAIL_WORKER"]) == (False, 0, True)
    assert config["REGISTRATION"] == "invitation"


def test_development_has_an_address_by_itself_and_an_administrator_for_trying(tmp_path: Path) -> None:
    config = loaded(tmp_path, {"SECRET_KEY": "a key", "DEVELOPMENT": True, "ADMINISTRATORS": ["alice@asso.test"]})
    assert config["PUBLIC_URL"] == "http://127.0.0.1:5000"


@pytest.mark.parametrize("server", ["127.0.0.1", "localhost"])
def test_in_development_mails_are_tried_on_this_machine_without_a_sender(tmp_path: Path, server: str) -> None:
    tries = {"SECRET_KEY": "a key", "DEVELOPMENT": True, "MAIL_SERVER": server, "MAIL_PORT": 1025}
    assert loaded(tmp_path, tries)["MAIL_DEFAULT_SENDER"] == "tribune@127.0.0.1"


@pytest.mark.parametrize(
    "settings", [{"DEVELOPMENT": True, "MAIL_SERVER": "mail.example.org"}, {"MAIL_SERVER": "localhost"}]
)
def test_mails_that_may_leave_this_machine_have_a_sender(tmp_path: Path, settings: dict[str, object]) -> None:
    [sentence] = complaints(tmp_path, {**ENOUGH, **settings})
    assert "MAIL_DEFAULT_SENDER" in sentence


@pytest.mark.parametrize("url", ["https://letters.example.org/", "https://letters.example.org"])
def test_the_last_slash_of_the_address_does_not_matter(tmp_path: Path, url: str) -> None:
    assert loaded(tmp_path, {**ENOUGH, "PUBLIC_URL": url})["PUBLIC_URL"] == "https://letters.example.org"


@pytest.mark.parametrize(
    ("name", "typed", "used"),
    [
        ("PUBLIC_URL", "https://Pétition.example:8443/", "https://xn--ptition-bya.example:8443"),
        ("PUBLIC_URL", "https://pe\u0301tition.example", "https://xn--ptition-bya.example"),
        ("PUBLIC_URL", "https://straße.example", "https://xn--strae-oqa.example"),
        ("PUBLIC_URL", "http://192.0.2.7:80", "http://192.0.2.7"),
        ("PUBLIC_URL", "HTTPS://Letters.Example.org:443/", "https://letters.example.org"),
        ("MAIL_DEFAULT_SENDER", "a@pétition.example", "a@xn--ptition-bya.example"),
        ("MAIL_DEFAULT_SENDER", "Été de pétition.example <a@pétition.example>",
         "Été de pétition.example <a@xn--ptition-bya.example>"),
        ("MAIL_DEFAULT_SENDER", "root@localhost", "root@localhost"),
        ("MAIL_DEFAULT_SENDER", '"Amis, voisins" <a@pétition.example>', '"Amis, voisins" <a@xn--ptition-bya.example>'),
        ("SQLALCHEMY_DATABASE_URI", "postgres://u:postgres@localhost/t", "postgresql://u:postgres@localhost/t"),
        ("SQLALCHEMY_DATABASE_URI", "postgresql:///t?host=/run/pg&application_name=tribune",
         "postgresql:///t?host=/run/pg&application_name=tribune"),
        ("SECRET_KEY_FALLBACKS", ["", "older"], ["older"]),
    ],
)  # fmt: skip
def test_what_was_typed_otherwise_than_machines_have_it_works(
    tmp_path: Path, name: str, typed: object, used: object
) -> None:
    assert loaded(tmp_path, {**ENOUGH, name: typed})[name] == used


def test_a_form_that_was_open_as_the_key_was_replaced_is_taken(tmp_path: Path) -> None:
    def site(**keys: object) -> AbstractContextManager[object]:
        app = Flask("tribune")
        app.config.update(loaded(tmp_path, {**ENOUGH, **keys}))
        return app.test_request_context()

    with site():
        token, known = generate_csrf(), session["csrf_token"]
    with site(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[ENOUGH["SECRET_KEY"]]):
        session["csrf_token"] = known
        validate_csrf(token)


def test_of_an_accented_site_mails_come_from_its_ascii_name_and_that_is_its_host(tmp_path: Path) -> None:
    config = loaded(tmp_path, {**ENOUGH, "PUBLIC_URL": "https://pétition.example"})
    assert config["MAIL_DEFAULT_SENDER"] == "tribune@xn--ptition-bya.example"
    assert config["TRUSTED_HOSTS"] == ["xn--ptition-bya.example"]


def test_cookies_are_for_https_where_the_site_is(tmp_path: Path) -> None:
    assert loaded(tmp_path)["SESSION_COOKIE_SECURE"] is True
    assert loaded(tmp_path, {**ENOUGH, "PUBLIC_URL": "http://127.0.0.1:5000"})["SESSION_COOKIE_SECURE"] is False


def test_every_setting_has_a_meaning_and_stands_in_the_example() -> None:
    assert all(setting.meaning for setting in SETTINGS.values())
    example = (ROOT / "instance" / "config.example.py").read_text()
    assert set(SETTINGS) - set(re.findall(r"^(?:# )?(\w+) = ", example, re.MULTILINE)) == {"DEVELOPMENT"}


@pytest.mark.parametrize("command", [["-c", "import wsgi"], ["-m", "flask", "--app", "wsgi", "db", "upgrade"]])
def test_the_site_refuses_to_start_with_the_sentences_alone(tmp_path: Path, command: list[str]) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TRIBUNE_")}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**bare, "TRIBUNE_INSTANCE_PATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["SECRET_KEY", "PUBLIC_URL"]
    assert done.stdout == ""


def test_an_instance_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIBUNE_INSTANCE_PATH", "near")
    assert create_app(ENOUGH).instance_path == str(tmp_path / "near")


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    [sentence] = complaints(tmp_path / "file" / "instance", ENOUGH)
    assert str(tmp_path / "file" / "instance") in sentence and "Not a directory" in sentence
    assert "TRIBUNE_INSTANCE_PATH" in sentence


def test_each_thread_has_a_connection_to_the_database_and_the_mail_worker_too(tmp_path: Path) -> None:
    """Else who signs, for whom a thread is kept, waits until somebody who reads slowly gives one back."""
    options = loaded(tmp_path, {**ENOUGH, "THREADS": 24})["SQLALCHEMY_ENGINE_OPTIONS"]
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.sqlite", pool_timeout=0, **options)
    held = [engine.connect() for _ in range(1 + 24 + 4)]
    for connection in held:
        connection.close()
    engine.dispose()
