"""The network a request comes from, as a keyed hash: no IP address is kept."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from tribune.site_keys import keyed

# This machine and private networks; some hosts have their proxies in the last two. Such an address is local, or a proxy
# that TRUSTED_PROXIES does not count: to limit it would limit all readers as one, and on the day of the press nobody
# could sign.
AT_HOME = [ip_network(each) for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
AT_HOME += [ip_network(each) for each in ("::1/128", "fc00::/7", "fe80::/10", "100.64.0.0/10", "169.254.0.0/16")]


def network_hash(address: str | None) -> str | None:
    """Return a hash, keyed by this site, of an IPv4 address or of the /56 of an IPv6 one, as one home has.

    Its router gives each machine that asks one of the 256 networks of 64 bits in it. None if the address is unknown or
    AT_HOME.
    """
    found = _read(address or "")
    if found is None:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:  # as a socket for both gives IPv4
        found = found.ipv4_mapped
    if any(found in network for network in AT_HOME):
        return None
    place = str(ip_network(f"{found}/56", strict=False)) if isinstance(found, IPv6Address) else str(found)
    return keyed(f"network {place}")


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """Read the address alone, as most proxies write it, or with its port, as some do (`203.0.113.7:4711`)."""
    with suppress(ValueError):
        return ip_address(address)
    with suppress(ValueError):
        return ip_address(urlsplit(f"//{address}").hostname or "")
    return None
