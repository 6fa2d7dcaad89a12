"""The permanent secret of a site, by which mailboxes and networks are hashed: whoever reads the hash learns neither."""

import base64
import hmac

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from tribune.database import Base, db

MAILBOX = "mailbox"  # the name of the only key there is; made by the first migration
CACHED = "tribune_site_key"


class SiteKey(Base):
    """A secret that must outlive the rotation of SECRET_KEY: it names people, it signs nothing."""

    __tablename__ = "site_keys"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(64))  # 32 bytes, in hexadecimal


def keyed(text: str) -> str:
    """Return a hash that names what is not to be known: keyed by this site, 43 characters of base64."""
    return base64.urlsafe_b64encode(hmac.digest(_key(), text.encode(), "sha256")).decode().rstrip("=")


def _key() -> bytes:
    if CACHED not in current_app.extensions:
        value = db.session.scalars(sa.select(SiteKey.value).where(SiteKey.name == MAILBOX)).one()
        current_app.extensions[CACHED] = bytes.fromhex(value)
    key: bytes = current_app.extensions[CACHED]
    return key
