"""Check settings that let the site start, and may be wrong all the same."""

import os
import re
import stat
from collections.abc import Iterator
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _

from tribune.abuse.counters import InRedis, store
from tribune.checks import HERE
from tribune.config import SETTINGS
from tribune.doctor.findings import Finding, Level, judge

SHORTEST_KEY = 32  # characters
NEW_KEY = "`python3 -c 'import secrets; print(secrets.token_hex(32))'`"
OF_NOTICES = ("OPERATOR", "OPERATOR_ADDRESS", "OPERATOR_CONTACT", "HOSTING")
PREFIX, NO_SETTING = "TRIBUNE_", "INSTANCE_PATH"  # the latter exists only as a variable: it says where the settings are
# How similar (0 to 1) a name must be to a setting to be a misspelling of it: config.py may have names of its own.
ALIKE = 0.8
OF_A_HOST = re.compile(r".+\.[^\W\d].*")  # domains that others can reach: not `localhost` or numbers


def check_settings() -> Iterator[Finding]:
    """Check keys, addresses, proxies, limits, unknown names, notices, and who may read the file."""
    yield from _keys()
    yield from _addresses()
    yield _limits()
    yield _unread()
    yield _notices()
    yield from _files()


def _keys() -> Iterator[Finding]:
    """Check the keys that sign links and cookies."""
    config = current_app.config
    short = len(config["SECRET_KEY"]) < SHORTEST_KEY
    yield judge(
        "SECRET_KEY",
        Level.WRONG if short else None,
        _("%(n)s characters", n=len(config["SECRET_KEY"])),
        _(
            "Use at least %(n)s: %(command)s. The old key can be guessed, and used to sign links: it must not "
            "go into SECRET_KEY_FALLBACKS. Links that it signed stop working.",
            n=SHORTEST_KEY,
            command=NEW_KEY,
        ),
    )
    shortest = min((len(key) for key in config["SECRET_KEY_FALLBACKS"]), default=SHORTEST_KEY)
    yield judge(
        "SECRET_KEY_FALLBACKS",
        Level.WRONG if shortest < SHORTEST_KEY else None,
        _("%(n)s characters", n=shortest) if shortest < SHORTEST_KEY else str(len(config["SECRET_KEY_FALLBACKS"])),
        _("A short key can be guessed, and used to sign links: remove it. Links that it signed will stop working."),
    )


def _addresses() -> Iterator[Finding]:
    """Check the address of the site, its proxies, and the sender of its mails."""
    config = current_app.config
    public = urlsplit(config["PUBLIC_URL"])
    encrypted, here = public.scheme == "https", public.hostname in HERE
    yield judge(
        "PUBLIC_URL",
        None if encrypted else Level.WARN if here else Level.WRONG,
        config["PUBLIC_URL"],
        _("Readers and emails need an address that begins with https://, through a proxy in front (docs/deploy.md)."),
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
        _("Behind nginx or Caddy, set it to 1: otherwise all readers seem to come from one place."),
    )
    domain = parseaddr(config["MAIL_DEFAULT_SENDER"])[1].rpartition("@")[2]
    yield judge(
        "MAIL_DEFAULT_SENDER",
        None if OF_A_HOST.fullmatch(domain) or not config["MAIL_SERVER"] else Level.WARN,
        config["MAIL_DEFAULT_SENDER"],
        _("Nobody can reply to it, and many servers refuse such emails: use an address at a domain of your own."),
    )


def _limits() -> Finding:
    """Check that requests of one network are limited, and counted over all processes."""
    if not current_app.config["RATELIMITS"]:
        alone = _("Turn it on, unless a proxy in front limits what one network may send.")
        variable = f"{PREFIX}RATELIMITS"
        empty = not os.environ.get(variable, "off").strip()  # left so by somebody who may have meant the default
        said = _("off, because %(variable)s is empty", variable=variable) if empty else _("off")
        return Finding(Level.WARN, "RATELIMITS", said, alone)
    counters = store()
    if not isinstance(counters, InRedis):
        return Finding(Level.OK, "RATELIMITS", _("on"))
    away = counters.fault()
    each = _(
        "In the meantime each process counts for itself, and a restart forgets the counts: start Redis, correct its "
        "address, or give it more memory (`maxmemory`)."
    )
    return judge("RATELIMIT_STORAGE_URI", Level.WRONG if away else None, away or _("Redis answers"), each)


def _unread() -> Finding:
    """Find variables with our prefix that are no setting, and misspelt settings in instance/config.py."""
    variables = {name.removeprefix(PREFIX) for name in os.environ if name.startswith(PREFIX)} - {*SETTINGS, NO_SETTING}
    names = {name for name in current_app.config if name not in SETTINGS and _nearly(name)}
    said = [name + _nearly(name) for name in sorted(names)] + [
        PREFIX + each + _nearly(each) for each in sorted(variables)
    ]
    return judge(
        _("Unknown settings"),
        Level.WARN if said else None,
        ", ".join(said) or _("none"),
        _("Nothing reads a setting of that name: correct or remove it. All settings are listed in tribune/config.py."),
    )


def _nearly(name: str) -> str:
    """Return the setting that was probably meant, in brackets with a question mark; empty if none is similar."""
    return "".join(f" ({meant}?)" for meant in get_close_matches(name, SETTINGS, 1, ALIKE))


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
    folder = Path(current_app.instance_path) / "metrics"
    if folder.exists():
        ours = can_be_written(folder)
        yield judge(
            str(folder),
            None if ours else Level.WARN,
            _("can be written") if ours else _("can only be read"),
            _(
                "Each process tells its own numbers alone, and forgets them when it restarts: the account that runs "
                "the site must own this folder and what is in it."
            ),
        )


def is_open(path: Path) -> bool:
    """Whether other accounts of the machine may read or write the file."""
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH))


def can_be_written(path: Path) -> bool:
    """Whether we may write to it, and the site too: root may, even to what root left in the site's folder."""
    by_root_alone = path.stat().st_uid == 0 != path.parent.stat().st_uid
    return os.access(path, os.W_OK) and not by_root_alone


def mode(path: Path) -> str:
    """Return the permissions as `ls -l` shows them."""
    return stat.filemode(path.stat().st_mode)
