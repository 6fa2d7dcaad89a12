"""Refuse settings that can never work, with a sentence for each, before anything fails because of them."""

import re
from collections.abc import Iterator
from email.utils import getaddresses, parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import idna
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from werkzeug.sansio.utils import host_is_trusted

from tribune.later import Later

if TYPE_CHECKING:
    import email_validator
    import psycopg
    import redis
else:  # only loaded where a setting holds an address, or names their database
    email_validator = Later("email_validator")
    psycopg = Later("psycopg")
    redis = Later("redis")

SHORTEST_SECRET = 32  # characters
SHORTEST_TOKEN = 16
TOKEN = re.compile(rf"(?=.{{{SHORTEST_TOKEN}}})(?! )[ -<>-~]+(?<! )=*")  # what an Authorization header keeps unchanged
LATEST_REMINDER = 5  # days: an unconfirmed signature is deleted before the link of a later one would expire
REGISTRATIONS = {"invitation", "open"}
ACCESSIBILITIES = {"", "no", "partly", "fully"}
STORAGES = ("redis://", "rediss://", "unix://")
DATABASES = {"sqlite", "postgresql"}
HERE = {"localhost", "127.0.0.1", "::1"}  # the names of this machine
LONGEST_ADDRESS = 2_000  # characters of the address of a page; few browsers and servers take more
ESCAPED = "in whose password / # ? and @ are written %2F %23 %3F and %40"


def refusals(config: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each setting that is missing or can never work. Their types are checked before."""
    yield from _keys(config)
    yield from _site(config["PUBLIC_URL"])
    yield from _mails(config)
    if config["SQLALCHEMY_DATABASE_URI"] and not _is_database(config["SQLALCHEMY_DATABASE_URI"]):
        yield (
            "SQLALCHEMY_DATABASE_URI must be empty (a file in instance/) or an address that starts with postgresql:// "
            f"or sqlite:////, {ESCAPED}; after a ? it may have options that its driver knows."
        )
    if config["RATELIMIT_STORAGE_URI"] and not _is_redis(config["RATELIMIT_STORAGE_URI"]):
        yield (
            "RATELIMIT_STORAGE_URI must be empty (the database) or an address that starts with redis://, rediss:// or "
            f"unix://, {ESCAPED}; after a ? it may have options that redis-py knows."
        )
    yield from _people(config)
    yield from _accessibility(config["ACCESSIBILITY"], config["ACCESSIBILITY_PAGE"])
    for name in ("TRUSTED_PROXIES", "SLOW_STATEMENT_MS"):
        if config[name] < 0:
            yield f"{name} must be 0 or more, not {config[name]}."
    if config["THREADS"] < 1:
        yield "THREADS must be 1 at least."
    if config["REMINDER_DAYS"] not in range(LATEST_REMINDER + 1):
        yield f"REMINDER_DAYS must be from 0 (never) to {LATEST_REMINDER}, not {config['REMINDER_DAYS']}."


def _keys(config: dict[str, Any]) -> Iterator[str]:
    if not config["SECRET_KEY"]:
        yield (
            "SECRET_KEY is not set: give it, in instance/config.py or as TRIBUNE_SECRET_KEY, what this prints: "
            '`python3 -c "import secrets; print(secrets.token_hex(32))"`.'
        )
    if config["BOUNCES_SECRET"] and len(config["BOUNCES_SECRET"]) < SHORTEST_SECRET:
        yield f"BOUNCES_SECRET is too short: give it {SHORTEST_SECRET} characters or more."
    if config["METRICS_TOKEN"] and not TOKEN.fullmatch(config["METRICS_TOKEN"]):
        yield (
            f"METRICS_TOKEN must be empty, or {SHORTEST_TOKEN} characters at least, without accents, and with = at its "
            "end alone."
        )


def _site(url: str) -> Iterator[str]:
    if not url:
        yield (
            "PUBLIC_URL is not set: give it, in instance/config.py or as TRIBUNE_PUBLIC_URL, the address of the site, "
            "https://… ."
        )
    elif "@" in url:
        yield "PUBLIC_URL holds an account or a password, which every page and email would show: leave it out."
    elif not (is_web_address(url) and _is_site(url)):
        yield (
            "PUBLIC_URL must be https:// and a host (letters, digits and hyphens, full stops between them), with a "
            f"port from 1 to 65535 if need be and nothing after it, such as https://letters.example.org, not {url!r}."
        )


def _mails(config: dict[str, Any]) -> Iterator[str]:
    server, sender = config["MAIL_SERVER"], config["MAIL_DEFAULT_SENDER"]
    only_tries = config["DEVELOPMENT"] and server in HERE  # a server of this machine that shows mails to a developer
    if server and not sender and not only_tries:
        yield "MAIL_DEFAULT_SENDER is not set: give the address that mails sent by MAIL_SERVER come from."
    if sender and not _is_sender(sender):
        yield (
            "MAIL_DEFAULT_SENDER must be one address, tribune@example.org or Name <tribune@example.org>, without "
            f"accents before its @, and with a name that holds a comma in quotes, not {sender!r}."
        )
    if not server:
        return
    if not _is_host(server):
        yield f"MAIL_SERVER must be the name of a host alone (the port is MAIL_PORT), not {server!r}."
    if config["MAIL_PORT"] not in range(2**16):
        yield f"MAIL_PORT must be from 1 to 65535, or 0 for the usual one, not {config['MAIL_PORT']}."
    if config["MAIL_USE_TLS"] and config["MAIL_USE_SSL"]:
        yield "MAIL_USE_TLS and MAIL_USE_SSL are both on: take the first for port 587, or the second for port 465."
    if config["MAIL_USERNAME"] and config["MAIL_PASSWORD"]:
        for name in ("MAIL_USERNAME", "MAIL_PASSWORD"):
            if not config[name].isascii():
                yield f"{name} must be without accents: the log-in to a mail server knows none."


def _people(config: dict[str, Any]) -> Iterator[str]:
    if config["REGISTRATION"] not in REGISTRATIONS:
        yield f"REGISTRATION must be 'invitation' or 'open', not {config['REGISTRATION']!r}."
    addresses = [("ADMINISTRATORS", each) for each in config["ADMINISTRATORS"]]
    if config["OPERATOR_CONTACT"]:
        addresses.append(("OPERATOR_CONTACT", config["OPERATOR_CONTACT"]))
    for name, each in addresses:
        if not _takes_mail(each, config["DEVELOPMENT"]):
            yield f"{name} holds {each!r}, which is no email address that mail can be sent to."


def _accessibility(meets: str, page: str) -> Iterator[str]:
    if meets not in ACCESSIBILITIES:
        yield f"ACCESSIBILITY must be empty, 'no', 'partly' or 'fully', not {meets!r}."
    elif page and not is_web_address(page):
        yield f"ACCESSIBILITY_PAGE must be empty, or the address of a page, https://…, not {page!r}."
    elif bool(meets) != bool(page):
        yield "ACCESSIBILITY and ACCESSIBILITY_PAGE go together: set both, or neither."


def is_web_address(text: str) -> bool:
    """Whether this is the whole address of a page or a site, https:// or http://."""
    if len(text) > LONGEST_ADDRESS:  # `urlsplit` normalises its host: accents without end would stop the process
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text and parts.port != 0
    except ValueError:  # a port that is no number, brackets that are not closed
        return False


def in_ascii(host: str) -> str:
    """Return a host name in ASCII, `xn--…` for accents. Raises ValueError if no host can have that name."""
    host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    host.encode("idna")  # as the resolver does: raises if a part is empty or too long
    return host


def _is_site(url: str) -> bool:
    """Whether this is a possible host and nothing below it: half of a site below a path would not work.

    Werkzeug never trusts an IPv6 address or an underscore: each page would be a 400. And a full stop at the end, which
    people leave out, would be part of the host.
    """
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.query or parts.fragment or not _is_host(parts.hostname or ""):
        return False
    host = in_ascii(parts.hostname or "")
    return host_is_trusted(host, [host]) and not host.endswith(".")


def _is_sender(sender: str) -> bool:
    name, _, domain = parseaddr(sender)[1].rpartition("@")
    alone = len(getaddresses([sender])) == len(sender.splitlines()) == 1
    return alone and bool(re.fullmatch(r"[!-?A-~]+", name)) and _is_host(domain)


def _takes_mail(address: str, trying: bool) -> bool:
    """Whether mail can be sent there, by the rule of `outbox/mailboxes.py`; else reporting a letter would fail."""
    try:
        email_validator.validate_email(
            address, allow_smtputf8=False, strict=True, check_deliverability=False, test_environment=trying
        )
    except email_validator.EmailNotValidError:
        return False
    return True


def _is_host(name: str) -> bool:
    """Whether a host can have this name, or this IPv6 address (which has two colons or more) without brackets."""
    try:
        return bool(in_ascii(name)) and not re.search(r"[\s/@[\]]|^[^:]+:[^:]*$", name)
    except ValueError:
        return False


def _is_database(uri: str) -> bool:
    try:
        url = make_url(uri)
        url.get_dialect().import_dbapi()
        _words, options = url.get_dialect()().create_connect_args(url)  # raises for options of the wrong type
        if url.get_backend_name() == "postgresql":
            psycopg.conninfo.make_conninfo(**options)  # raises for options that nobody knows
    except (ValueError, ArgumentError, ImportError, psycopg.ProgrammingError):  # ImportError: a driver is not here
        return False
    # in memory each process and each command would have its own
    in_memory = url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}
    split = "@" in (url.host or "")  # behind the first @ of a password: its rest, which an error would show
    return url.get_backend_name() in DATABASES and not in_memory and not split


def _is_redis(text: str) -> bool:
    """Whether redis-py can read this address: a slash in its password would end the host."""
    if not text.startswith(STORAGES):
        return False
    try:
        redis.ConnectionPool.from_url(text).make_connection()  # does not connect yet
        return urlsplit(text).port != 0
    except (ValueError, TypeError, redis.RedisError):  # a port that is no number; an unknown option
        return False
