"""Settings that let the site start, and are wrong all the same."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _

from tribune.doctor.findings import Finding, Level, judge

SHORTEST_KEY = 32  # characters
NEW_KEY = "`python3 -c 'import secrets; print(secrets.token_hex(32))'`"
OF_NOTICES = ("OPERATOR", "OPERATOR_ADDRESS", "OPERATOR_CONTACT", "HOSTING")
HERE = {"localhost", "127.0.0.1", "::1"}


def check_settings() -> Iterator[Finding]:
    """Keys, addresses, proxies, and who else may read them."""
    config = current_app.config
    short = len(config["SECRET_KEY"]) < SHORTEST_KEY
    yield judge(
        "SECRET_KEY",
        Level.WRONG if short else None,
        _("%(n)s characters", n=len(config["SECRET_KEY"])),
        _(
            "Take %(n)s at least: %(command)s; and put the old one in SECRET_KEY_FALLBACKS for a week.",
            n=SHORTEST_KEY,
            command=NEW_KEY,
        ),
    )
    public = urlsplit(config["PUBLIC_URL"])
    encrypted, here = public.scheme == "https", public.hostname in HERE
    yield judge(
        "PUBLIC_URL",
        None if encrypted else Level.WARN if here else Level.WRONG,
        config["PUBLIC_URL"],
        _("Readers and emails need an address that begins with https://, by a proxy in front (docs/deploy.md)."),
    )
    yield judge(
        "DEVELOPMENT",
        (Level.WARN if here else Level.WRONG) if config["DEVELOPMENT"] else None,
        _("on") if config["DEVELOPMENT"] else _("off"),
        _("It shows every email to everybody at /dev/mailbox: turn it off on a site that others read."),
    )
    yield judge(
        "TRUSTED_PROXIES",
        Level.WARN if encrypted and not config["TRUSTED_PROXIES"] else None,
        str(config["TRUSTED_PROXIES"]),
        _("Behind nginx or Caddy set it to 1: else all readers seem to come from one place."),
    )
    yield _notices()
    yield from _files()


def _notices() -> Finding:
    missing = [name for name in OF_NOTICES if not current_app.config[name]]
    return judge(
        _("Notices"),
        Level.WARN if missing else None,
        _("without %(settings)s", settings=", ".join(missing)) if missing else _("filled in"),
        _("The legal notice must say who runs and who hosts the site, and reports need an address: set them."),
    )


def _files() -> Iterator[Finding]:
    file = Path(current_app.instance_path) / "config.py"
    if file.exists():
        wrong = Level.WRONG if is_open(file) else None
        yield judge(str(file), wrong, mode(file), _("It holds keys: `chmod 600 %(file)s`.", file=file))


def is_open(path: Path) -> bool:
    """Whether others on the machine may read it."""
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH))


def mode(path: Path) -> str:
    """Who may do what, as `ls -l` says it."""
    return stat.filemode(path.stat().st_mode)
