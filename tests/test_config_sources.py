"""Where a setting is read from, and as what: the environment before the file, the file before the default."""

import os
from pathlib import Path

import pytest
from flask import Config

from tests.settings import ENOUGH, complaints, loaded

pytestmark = pytest.mark.usefixtures("nobody_s_settings")


def test_the_environment_beats_the_file_and_the_file_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.py").write_text(
        "MAIL_PORT = 587\nMAIL_SERVER = 'file.example.org'\nMAIL_DEFAULT_SENDER = 'x@example.org'\n"
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
        ("SECRET_KEY_FALLBACKS", "old], older]", ["old]", "older]"]),
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
    ("written", "name", "value"),
    [
        ("'off'", "MAIL_WORKER", False),
        ("'587'", "MAIL_PORT", 587),
        ("'old, older'", "SECRET_KEY_FALLBACKS", ["old", "older"]),
        ("' p '", "MAIL_PASSWORD", " p "),
    ],
)
def test_the_file_may_say_it_as_a_variable_does(tmp_path: Path, written: str, name: str, value: object) -> None:
    (tmp_path / "config.py").write_text(f"{name} = {written}\n")
    assert loaded(tmp_path)[name] == value


def test_what_the_file_says_in_no_known_word_has_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("MAIL_WORKER = 'sometimes'\n")
    assert complaints(tmp_path, ENOUGH) == ["MAIL_WORKER must be on or off, not 'sometimes'."]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAIL_PORT", "smtp"),
        ("MAIL_PORT", "²"),
        ("MAIL_PORT", ""),
        ("TRUSTED_PROXIES", "1.5"),
        ("MAIL_USE_TLS", "yess"),
    ],
)
def test_a_variable_of_the_wrong_kind_has_its_sentence_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"TRIBUNE_{name}", text)
    sentences = complaints(tmp_path, {})
    assert len(sentences) == 3  # this one, the key and the address
    assert f"TRIBUNE_{name}" in sentences[0] and repr(text) in sentences[0]


@pytest.mark.parametrize("name", ["SECRET_KEY_FALLBACKS", "ADMINISTRATORS"])
def test_a_list_is_not_written_as_python_has_it_in_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else its brackets would be part of a key, and the links that the key signed would not open."""
    monkeypatch.setenv(f"TRIBUNE_{name}", '["hunter2@example.org"]')
    [sentence] = complaints(tmp_path, ENOUGH)
    assert sentence.startswith(f"TRIBUNE_{name} must be ") and "commas" in sentence and "hunter2" not in sentence


@pytest.mark.parametrize("name", ["MAIL_DEFAULT_SENDER", "SECRET_KEY_FALLBACKS"])
def test_a_variable_that_is_not_in_utf_8_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else the site would start, and no mail could be made."""
    monkeypatch.setenv(f"TRIBUNE_{name}", os.fsdecode("Zoé <zoe@example.org>".encode("latin-1")))
    assert complaints(tmp_path, ENOUGH) == [f"TRIBUNE_{name} must be in UTF-8."]


def test_a_password_is_never_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUNE_MAIL_PASSWORD", "hunter2")
    assert not any("hunter2" in sentence for sentence in complaints(tmp_path, {}))


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("SECRET_KEY = 'hunter2'\nPUBLIC_URL = 'https:\n", "SyntaxError in line 2"),
        ("SECRET_KEY = 'hunter2'\n\nHOSTING = OPERATOR\n", "NameError in line 3"),
        ("MAIL_PORT = int('hunter2')", "ValueError in line 1"),
        ("import json\nOPERATOR = json.loads('hunter2')", "JSONDecodeError in line 2"),
        ("def key():\n    return HOSTING\nSECRET_KEY = key()", "NameError in line 2"),
        ("raise PermissionError(13, 'of another file')", "PermissionError in line 1"),
    ],
)
def test_a_file_of_settings_that_python_cannot_read_has_its_sentence(tmp_path: Path, written: str, named: str) -> None:
    (tmp_path / "config.py").write_text(written)
    [sentence] = complaints(tmp_path, ENOUGH)
    assert sentence == f"{tmp_path}/config.py cannot be read: {named}."


def test_a_file_of_settings_that_others_keep_to_themselves_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_anything: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Config, "from_pyfile", refuse)  # for root nothing is refused
    [sentence] = complaints(tmp_path, ENOUGH)
    assert sentence == (
        f"{tmp_path}/config.py cannot be read: PermissionError. Let the account that runs the site own it."
    )
