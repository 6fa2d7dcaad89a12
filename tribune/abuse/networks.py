"""The network a request comes from, as a keyed hash: no IP address is kept."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from tribune.database import keyed

# This machine and its neighbours. Whoever comes from there is at home, or comes through a proxy that TRUSTED_PROXIES
# does not count, behind which all readers would be one network: on the day of the press nobody could sign.
AT_HOME = [ip_network(each) for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
AT_HOME += [ip_network(each) for each in ("::1/128", "fc00::/7", "fe80::/10")]


def network_hash(address: str | None) -> str | None:
    """Names where a request came from without telling it: keyed by this site; IPv6 by its /64, as one home has.

    None: it cannot be told, or it is AT_HOME.
    """
    found = _read(address or "")
    if found is None:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:  # told by whoever listens to both by one socket
        found = found.ipv4_mapped
    if any(found in network for network in AT_HOME):
        return None
    place = str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else str(found)
    return keyed(f"network {place}")


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """The address alone, as most proxies write it, or with its port, as some do (`203.0.113.7:4711`)."""
    with suppress(ValueError):
        return ip_address(address)
    with suppress(ValueError):
        return ip_address(urlsplit(f"//{address}").hostname or "")
    return None
