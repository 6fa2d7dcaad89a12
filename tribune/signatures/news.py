"""No more news: from none of the letters that somebody had allowed to write to them."""

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.signatures.recording import record_own


def stop_news(key: str) -> None:
    """Withdraw the consent of this mailbox under every letter, and log it for each team.

    In the caller's transaction, which has locked the signatures.
    """
    agreed = sa.select(Signature).where(Signature.mailbox_key == key, Signature.news.is_(True), VOUCHED_FOR)
    for signature in db.session.scalars(agreed.order_by(Signature.id)).all():
        signature.news = False
        record_own(Verb.CONSENT_CHANGED, signature, what="news", to=False)
