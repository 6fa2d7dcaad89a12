"""Switches for an emergency; every process obeys within KEPT seconds."""

import logging
import time
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DBAPIError

from tribune.abuse.models import Switch
from tribune.database import db, now, reading, write
from tribune.statements import insert

KEPT = 3  # seconds
LONGEST_BANNER = 300  # characters
log = logging.getLogger(__name__)
PAUSED, READ_ONLY, BANNER = "paused", "read_only", "banner"


class Switches(NamedTuple):
    """The state of all switches."""

    paused: bool = False  # nobody signs by the form; confirming and accepting invitations go on
    read_only: bool = False  # nothing is written and no mail leaves; reading goes on
    banner: str = ""  # said on top of every page


def current() -> Switches:
    """Return the switches as of at most KEPT seconds ago, or longer while the database is away."""
    kept: tuple[float, Switches] | None = current_app.extensions.get("tribune_switches")
    if kept and time.monotonic() - kept[0] < KEPT:
        return kept[1]
    known = kept[1] if kept else Switches()
    if kept:  # while one request asks a slow database, the others take what was known
        current_app.extensions["tribune_switches"] = time.monotonic(), known
    try:
        # apart from the session, whose transaction is the caller's
        with reading().connect() as connection:
            texts = {name: text for name, text in connection.execute(sa.select(Switch.name, Switch.text))}
        known = Switches(PAUSED in texts, READ_ONLY in texts, texts.get(BANNER, ""))
    except DBAPIError:  # the page will say so itself if it needs the database
        pass
    current_app.extensions["tribune_switches"] = time.monotonic(), known
    return known


def turn_on(name: str, text: str = "") -> None:
    """Turn a switch on, or change its text. Already on with this text, it keeps its moment."""
    on = insert(Switch).values(name=name, text=text, since=now())
    changed = {"text": on.excluded.text, "since": on.excluded.since}
    with write() as session:
        session.execute(on.on_conflict_do_update(index_elements=["name"], set_=changed, where=Switch.text != text))
    log.info("turned on: %s", name)  # the line of the same request says by whom
    current_app.extensions.pop("tribune_switches", None)


def turn_off(name: str) -> None:
    """Turn a switch off."""
    with write() as session:
        session.execute(sa.delete(Switch).where(Switch.name == name))
    log.info("turned off: %s", name)
    current_app.extensions.pop("tribune_switches", None)


def since() -> dict[str, datetime]:
    """Return which switches are on, and since when."""
    return {switch.name: switch.since for switch in db.session.scalars(sa.select(Switch))}
