"""Settings: where they come from, and the sentence for each that is missing or wrong."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from tribune import ROOT
from tribune.config import SECRETS, SETTINGS, SettingsMissing, load

ENOUGH = {"SECRET_KEY": "a key", "PUBLIC_URL": "https://letters.example.org"}


@pytest.fixture(autouse=True)
def nobody_s_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings of their own: not here."""
    for name in os.environ:
        if name.startswith("TRIBUNE_"):
            monkeypatch.delenv(name)


def loaded(folder: Path, settings: Mapping[str, object] = ENOUGH) -> dict[str, object]:
    app = Flask("tribune", instance_path=str(folder), instance_relative_config=True)
    load(app, dict(settings))
    return dict(app.config)


def complaints(folder: Path, settings: Mapping[str, object]) -> list[str]:
    with pytest.raises(SettingsMissing) as refused:
        loaded(folder, settings)
    return str(refused.value).splitlines()


def test_production_needs_a_key_and_an_address_and_says_both_at_once(tmp_path: Path) -> None:
    key, address = complaints(tmp_path, {})
    assert "SECRET_KEY" in key and "TRIBUNE_SECRET_KEY" in key
    assert "PUBLIC_URL" in address and "https://" in address


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
        ({"REMINDER_DAYS": 6}, "REMINDER_DAYS"),
        ({"BOUNCES_SECRET": "s" * 31}, "BOUNCES_SECRET"),
        ({"REMINDER_DAYS": -1}, "REMINDER_DAYS"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"ADMINISTRATORS": ["alice"]}, "'alice'"),
        ({"THREADS": 0}, "THREADS"),
        ({"OPERATOR_CONTACT": "01 23 45 67 89"}, "'01 23 45 67 89'"),
        ({"RATELIMIT_STORAGE_URI": "memcached://localhost"}, "RATELIMIT_STORAGE_URI"),
        ({"RATELIMIT_STORAGE_URI": "redis://:pass/word@localhost:6379/0"}, "RATELIMIT_STORAGE_URI"),
    ],
)
def test_each_thing_that_is_wrong_has_one_sentence(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    [sentence] = complaints(tmp_path, {**ENOUGH, **settings})
    assert named in sentence and sentence.endswith(".")


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


def test_development_has_an_address_by_itself(tmp_path: Path) -> None:
    config = loaded(tmp_path, {"SECRET_KEY": "a key", "DEVELOPMENT": True})
    assert config["PUBLIC_URL"] == "http://127.0.0.1:5000"


def test_the_environment_beats_the_file_and_the_file_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.py").write_text(
        "MAIL_PORT = 587\nMAIL_SERVER = 'file.example.org'\nMAIL_DEFAULT_SENDER = 'x'\n"
    )
    monkeypatch.setenv("TRIBUNE_MAIL_SERVER", "environment.example.org")
    config = loaded(tmp_path)
    assert (config["MAIL_SERVER"], config["MAIL_PORT"]) == ("environment.example.org", 587)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("MAIL_PORT", " 587 ", 587),
        ("MAIL_USE_TLS", "on", True),
        ("MAIL_USE_TLS", "True", True),
        ("MAIL_WORKER", "off", False),
        ("MAIL_WORKER", "0", False),
        ("MAIL_WORKER", "", False),
        ("SECRET_KEY_FALLBACKS", "old, older,", ["old", "older"]),
        ("SECRET_KEY_FALLBACKS", "", []),
        ("MAIL_PASSWORD", "p=ss word", "p=ss word"),
        ("REGISTRATION", " open ", "open"),
    ],
)
def test_a_variable_is_read_as_what_its_setting_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(f"TRIBUNE_{name}", text)
    assert loaded(tmp_path)[name] == value


@pytest.mark.parametrize(
    ("name", "text"), [("MAIL_PORT", "smtp"), ("MAIL_PORT", ""), ("TRUSTED_PROXIES", "1.5"), ("MAIL_USE_TLS", "yess")]
)
def test_a_variable_of_the_wrong_kind_has_its_sentence_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"TRIBUNE_{name}", text)
    sentences = complaints(tmp_path, {})
    assert len(sentences) == 3  # this one, the key and the address
    assert f"TRIBUNE_{name}" in sentences[0] and repr(text) in sentences[0]


def test_a_password_is_never_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUNE_MAIL_PASSWORD", "hunter2")
    assert not any("hunter2" in sentence for sentence in complaints(tmp_path, {}))


@pytest.mark.parametrize("url", ["https://letters.example.org/", "https://letters.example.org"])
def test_the_last_slash_of_the_address_does_not_matter(tmp_path: Path, url: str) -> None:
    assert loaded(tmp_path, {**ENOUGH, "PUBLIC_URL": url})["PUBLIC_URL"] == "https://letters.example.org"


def test_cookies_are_for_https_where_the_site_is(tmp_path: Path) -> None:
    assert loaded(tmp_path)["SESSION_COOKIE_SECURE"] is True
    assert loaded(tmp_path, {**ENOUGH, "PUBLIC_URL": "http://127.0.0.1:5000"})["SESSION_COOKIE_SECURE"] is False


def test_every_setting_has_a_meaning() -> None:
    assert all(setting.meaning for setting in SETTINGS.values())


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
