"""`POST /hooks/bounces`: whoever receives our returned mails hands them over, signed with a shared secret."""

import hmac
import re
from hashlib import sha256

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from tribune.database import now
from tribune.outbox.bounces import StillLeaving, read_bounce, take_back

RETRY_AFTER = 120  # seconds: by then a mail that was handed over is written down as sent
AGE = 300  # seconds between signing and arriving, in either direction, since clocks differ
SECONDS = re.compile(r"[0-9]{10}")

bp = Blueprint("outbox_hooks", __name__)


@bp.post("/hooks/bounces")
def bounces() -> ResponseReturnValue:
    """Read one mail, as `flask outbox bounces` does: 204 whatever it says, 403 if it is unsigned or too old.

    503 if it says that a mail came back of which we do not know yet that it has left.
    """
    mail = request.get_data()
    if not is_signed(mail, request.headers.get("X-Tribune-Time", ""), request.headers.get("X-Tribune-Signature", "")):
        abort(403)
    if bounce := read_bounce(mail):
        try:
            take_back(bounce)
        except StillLeaving:
            raise ServiceUnavailable(retry_after=RETRY_AFTER) from None
    return "", 204


def is_signed(mail: bytes, time: str, signature: str) -> bool:
    """Whether this is the HMAC-SHA-256, in hexadecimal, of `time`, a full stop and the mail, made just now.

    `time`: seconds since 1970. The same mail sent again within AGE changes nothing: it has come back already.
    """
    if not SECONDS.fullmatch(time) or abs(now().timestamp() - int(time)) > AGE:
        return False
    made = hmac.new(current_app.config["BOUNCES_SECRET"].encode(), f"{time}.".encode() + mail, sha256)
    return hmac.compare_digest(made.hexdigest().encode(), signature.encode("utf-8", "replace"))
