"""Every setting: its default, its meaning, and where it comes from. What can never work: checks.py."""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from traceback import walk_tb
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Config, Flask

from tribune.checks import in_ascii, refusals


class Setting(NamedTuple):
    """One setting: its default (whose type an environment variable is read as) and what it is for."""

    default: Any
    meaning: str


SETTINGS = {
    "SECRET_KEY": Setting("", "signs links and sessions; `dev.py run` makes one; required in production"),
    "SECRET_KEY_FALLBACKS": Setting([], "older keys whose links still work; separated by commas in the environment"),
    "PUBLIC_URL": Setting("", "where readers find the site; every link in mails and pages starts with it"),
    "SQLALCHEMY_DATABASE_URI": Setting("", "by default instance/tribune.sqlite; `postgresql://…` at scale"),
    "MAIL_SERVER": Setting("", "SMTP host; without one, mails are kept as files in instance/mailbox/"),
    "MAIL_PORT": Setting(25, "SMTP port"),
    "MAIL_USERNAME": Setting("", "SMTP account, if the server asks for one"),
    "MAIL_PASSWORD": Setting("", "its password"),
    "MAIL_USE_TLS": Setting(False, "STARTTLS; the certificate is verified"),
    "MAIL_USE_SSL": Setting(False, "TLS from the first byte; the certificate is verified"),
    "MAIL_DEFAULT_SENDER": Setting(
        "", "the address mails come from; required with MAIL_SERVER, except in development with one on this machine"
    ),
    "BOUNCES_SECRET": Setting("", "signs mails that come back to /hooks/bounces; without one there is no such address"),
    "MAIL_WORKER": Setting(True, "deliver from a thread of the web process; off where `flask outbox deliver` runs"),
    "REMINDER_DAYS": Setting(3, "days until people who have not confirmed are asked once more, at most 5; 0: never"),
    "TRUSTED_PROXIES": Setting(0, "how many proxies in front of the site to believe"),
    "RATELIMITS": Setting(True, "limit what one network sends; off behind a proxy that does, and to measure"),
    "RATELIMIT_STORAGE_URI": Setting("", "where that is counted: by default the database; `redis://…` at scale"),
    "REGISTRATION": Setting(
        "invitation", "who may make an account: `invitation` (by the shell or a team), or `open` to all"
    ),
    "OPERATOR": Setting("", "who runs the site: the publisher named by the legal notice"),
    "OPERATOR_ADDRESS": Setting("", "their postal address"),
    "OPERATOR_CONTACT": Setting("", "their email address: receives reports, stands in security.txt"),
    "HOSTING": Setting("", "who hosts the site: name, address, telephone"),
    "ACCESSIBILITY": Setting("", "`no`, `partly` or `fully`: how far it meets the RGAA, for the foot of each page"),
    "ACCESSIBILITY_PAGE": Setting("", "where the declaration is that says so, of whoever runs the site: https://…"),
    "ADMINISTRATORS": Setting([], "addresses of organisers who see how the whole site is, and turn its switches"),
    "METRICS_TOKEN": Setting("", "opens /metrics, sent as `Authorization: Bearer …`; empty: nobody can read it"),
    "SLOW_STATEMENT_MS": Setting(200, "database statements that take this many milliseconds are logged; 0: none"),
    "THREADS": Setting(8, "how many requests one process answers at once; give any other server the same number"),
    "DEVELOPMENT": Setting(
        False, "opens /dev/mailbox and the demo commands, takes addresses in .test; never in production"
    ),
}
USUAL_PORTS = {"http": 80, "https": 443}
DEVELOPMENT_URL = "http://127.0.0.1:5000"
ON_OR_OFF = dict.fromkeys(("1", "on", "true", "yes"), True) | dict.fromkeys(("0", "off", "false", "no", ""), False)
KINDS = {str: "a text", int: "a whole number", bool: "True or False", list: "a list of texts"}
SECRETS = {
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SQLALCHEMY_DATABASE_URI",
    "MAIL_PASSWORD",
    "METRICS_TOKEN",
    "BOUNCES_SECRET",
    "RATELIMIT_STORAGE_URI",
}  # their values never stand in an error
CONNECTIONS_BESIDE = 8  # to the database, beside one per thread: four of the mail worker, and reads outside the session
MAX_BODY = 256 * 1024  # bytes of a request: above any form of ours, below what hurts


class SettingsMissing(RuntimeError):
    """The site cannot start; the text is one sentence a line, each saying what to set."""


def _from_text(name: str, text: str, default: Any) -> Any:
    """Read a text as the type of its default. Raises ValueError with a sentence."""
    text = text.strip()
    if any("\ud800" <= sign <= "\udfff" for sign in text):  # what Python makes of other bytes
        raise ValueError(f"{name} must be in UTF-8.")
    if isinstance(default, bool):
        if text.lower() not in ON_OR_OFF:
            raise ValueError(f"{name} must be on or off, not {text!r}.")
        return ON_OR_OFF[text.lower()]
    if isinstance(default, int):
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"{name} must be a whole number, not {text!r}.")
        return int(text)
    if isinstance(default, list):
        if text.startswith("[") and text.endswith("]"):  # else the brackets and quotes would be part of the values
            raise ValueError(f"{name} must be texts with commas between them, without brackets and quotes.")
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def load(app: Flask, overrides: dict[str, Any] | None = None) -> None:
    """Fill `app.config`: defaults, then instance/config.py, then TRIBUNE_… variables, then `overrides`.

    Raises SettingsMissing with a sentence for each setting that is wrong or missing.
    """
    app.config.update({name: setting.default for name, setting in SETTINGS.items()})
    _read_file(app)
    wrong = []
    for name, (default, _words) in SETTINGS.items():
        variable, written = f"TRIBUNE_{name}", app.config[name]
        try:
            if variable in os.environ:
                app.config[name] = _from_text(variable, os.environ[variable], default)
            elif isinstance(written, str) and not isinstance(default, str):  # "off" in the file, as in a variable
                app.config[name] = _from_text(name, written, default)
        except ValueError as error:
            app.config[name] = default
            wrong.append(str(error))
    app.config.update(overrides or {})
    others = _of_another_type(app.config)
    if not others:
        _as_meant(app.config)
    if sentences := [*wrong, *(others or refusals(app.config))]:
        raise SettingsMissing("\n".join(sentences))
    _derive(app)


def _read_file(app: Flask) -> None:
    """Read instance/config.py. Raises SettingsMissing with the number of the faulty line, never its secret text."""
    file = Path(app.instance_path) / "config.py"
    try:
        app.config.from_pyfile(str(file), silent=True)
    except Exception as error:
        lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        mend = " Let the account that runs the site own it." if isinstance(error, PermissionError) and not line else ""
        raise SettingsMissing(f"{file} cannot be read: {type(error).__name__}{where}.{mend}") from None


def _of_another_type(config: Config) -> list[str]:
    return [
        f"{name} must be {KINDS[type(setting.default)]}{'' if name in SECRETS else f', not {config[name]!r}'}."
        for name, setting in SETTINGS.items()
        if not _is_like(config[name], setting.default)
    ]


def _is_like(value: Any, default: Any) -> bool:
    """Whether a value has the type of the default: a bool is no int, and a list holds texts."""
    if isinstance(value, list):
        return isinstance(default, list) and all(isinstance(each, str) for each in value)
    return type(value) is type(default)


def _as_meant(config: Config) -> None:
    """Fill in what development may leave out, and correct common variants."""
    if config["DEVELOPMENT"]:
        config["PUBLIC_URL"] = config["PUBLIC_URL"] or DEVELOPMENT_URL
    # database hosts hand out postgres://, which SQLAlchemy no longer knows
    config["SQLALCHEMY_DATABASE_URI"] = re.sub("^postgres://", "postgresql://", config["SQLALCHEMY_DATABASE_URI"])
    config["SECRET_KEY_FALLBACKS"] = [key for key in config["SECRET_KEY_FALLBACKS"] if key]  # "" is no secret


def _derive(app: Flask) -> None:
    """Set what libraries need from ours. Raises SettingsMissing if the folder `instance` cannot be made."""
    config = app.config
    public = urlsplit(_as_browsers_say(config["PUBLIC_URL"]))
    config["PUBLIC_URL"] = f"{public.scheme}://{public.netloc}"
    try:
        Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsMissing(
            f"{app.instance_path} cannot be made ({error.strerror}): make this folder, for the account that runs the "
            "site, or name another in TRIBUNE_INSTANCE_PATH."
        ) from None
    if not config["SQLALCHEMY_DATABASE_URI"]:
        config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{Path(app.instance_path) / 'tribune.sqlite'}"
    hosts = [public.hostname, *(["localhost", "127.0.0.1"] if config["DEVELOPMENT"] else [])]
    config.update(
        TRUSTED_HOSTS=hosts,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAIL_SUPPRESS_SEND=False,
        MAIL_DEBUG=False,  # Flask-Mail would print whole mails, links included
        MAIL_DEFAULT_SENDER=_with_domain_in_ascii(config["MAIL_DEFAULT_SENDER"]) or f"tribune@{public.hostname}",
        # with this prefix browsers accept it only over https and from this very host, not from a subdomain
        SESSION_COOKIE_NAME="__Host-tribune_organiser" if public.scheme == "https" else "tribune_organiser",
        SESSION_COOKIE_SECURE=public.scheme == "https",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # else an organiser's cookie is set on public pages, which caches keep
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # else a database error would log names and addresses
            "pool_size": config["THREADS"],  # else a thread reserved for signing would wait for a connection
            "max_overflow": CONNECTIONS_BESIDE,
        },
        WTF_CSRF_SSL_STRICT=False,  # pages opened by a token send no referrer; the form's token is the proof
        WTF_CSRF_SECRET_KEY=[*config["SECRET_KEY_FALLBACKS"], config["SECRET_KEY"]],  # the last signs, as in tokens.py
        WTF_CSRF_TIME_LIMIT=None,  # bound to the session: people leave a form open over lunch
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(app.root_path).parent / "translations"),
    )


def _as_browsers_say(url: str) -> str:
    """Return scheme, host and port as browsers send them; Message-IDs and passkeys need this spelling."""
    parts = urlsplit(url)
    host = in_ascii(parts.hostname or "")  # in lower case
    port = f":{parts.port}" if parts.port not in (None, USUAL_PORTS[parts.scheme]) else ""
    return f"{parts.scheme}://{host}{port}"


def _with_domain_in_ascii(sender: str) -> str:
    """Return the sender with its domain in ASCII, as SMTP needs it; a name before the address stays."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    before, at, after = sender.rpartition("@")
    return before + at + after.replace(domain, in_ascii(domain), 1)
