"""Which addresses a webhook may go to: of the public internet, by https, on a port meant for it. Pure.

What a registry names was once typed by somebody, and what a name resolves to is decided by somebody else: neither may
lead into our own network, to a cloud's metadata, or to another protocol's port.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from shared.events import SendFailure

PORTS = frozenset({443, 8443})
"""Ports that a webhook may go to outside development."""

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
"""All that is handed out for the public internet (RFC 4291 §2.4, IANA)."""
_INWARD = (IPv4Network("168.63.129.16/32"), IPv4Network("192.88.99.0/24"))
"""Public by their number, and yet no party's: Azure's host, and the abandoned 6to4 relays (RFC 7526)."""


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet; an IPv4 address inside an IPv6 one counts itself."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    inner = _inside(parsed)
    if inner is not None:
        return _is_public_v4(inner)
    return parsed in _UNICAST and parsed.is_global and not parsed.is_multicast


def _is_public_v4(address: IPv4Address) -> bool:
    inward = any(address in network for network in _INWARD)
    return address.is_global and not address.is_multicast and not inward


def _inside(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def why_not_url(scheme: str, port: int, *, with_user: bool) -> SendFailure | None:
    """Give why nothing is sent to a URL, whatever its host; None when it may be."""
    if scheme != "https":
        return "not_https"
    if with_user:
        return "url_with_user"
    return None if port in PORTS else "port_not_allowed"


def why_not_addresses(found: Sequence[str]) -> SendFailure | None:
    """Give why nothing is sent to a host with these addresses: one that leads inward is enough."""
    if not found:
        return "host_not_found"
    return None if all(is_public(address) for address in found) else "address_not_public"
