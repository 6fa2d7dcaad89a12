"""Where a request comes from, named without telling it."""

import base64
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from tribune.database import site_key


def network_hash(address: str | None) -> str | None:
    """Names where a request came from without telling it: keyed by this site; IPv6 by its /64, as one home has."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    place = str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else str(found)
    digest = hmac.digest(site_key("mailbox"), f"network {place}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
