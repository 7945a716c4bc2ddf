"""Decides where a channel may live: at public addresses over TLS, and on loopback only where the operator allows it."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence

import httpx
from hub_hookspecs import ActionRequired

PORTS = frozenset({443, 8443})
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_HOST = re.compile(rb"[A-Za-z0-9._:-]+")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class EgressRefused(ActionRequired):
    """The channel's address leads where the hub must not go: a person must correct it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="egress_refused")


def resolve(host: str, port: int) -> Sequence[str]:
    """Look a name up as the system does; odd spellings of addresses come back as what they mean."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class EgressGuard:
    """Asked twice: about the address as written, and about every address its name resolves to."""

    def __init__(self, *, allow_loopback: bool = False, resolve: Resolve = resolve) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    def admit(self, url: httpx.URL) -> bool:
        """Refuse what can be seen from the text; answers whether only loopback will do."""
        if url.scheme not in ("http", "https"):
            raise EgressRefused(f"{url.scheme or 'no scheme'}: the channel's address must begin with https://")
        if not _HOST.fullmatch(url.raw_host):
            raise EgressRefused("the channel's address names no host")
        if url.port is not None and not 0 < url.port < 65_536:
            raise EgressRefused(f"port {url.port}: a port is a number from 1 to 65535")
        usual = url.scheme == "https" and (url.port or 443) in PORTS
        if not usual and not self._allow_loopback:
            raise EgressRefused(f"{url.host}: the channel must be reached by https on port 443 or 8443")
        return not usual

    def addresses(self, host: str, port: int, *, loopback_only: bool) -> Sequence[str]:
        """Resolve once and refuse where any address is out of bounds; connect to these and nothing else."""
        found = self._resolve(host, port)
        for text in found:
            address = ipaddress.ip_address(text.partition("%")[0])
            if self._allow_loopback and address.is_loopback:
                continue
            if loopback_only:
                raise EgressRefused(f"{host}: only a channel on this machine may do without https on port 443 or 8443")
            if not is_public(address):
                raise EgressRefused(f"{host} is not on the public internet: give the channel's public address")
        return found

    def check(self, url: str) -> None:
        """Refuse an address before anything is sent to it; a name that does not resolve now may do so later."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise EgressRefused(f"the channel's address is not valid: {error}") from error
        loopback_only = self.admit(parsed)
        try:
            self.addresses(parsed.host, parsed.port or 443, loopback_only=loopback_only)
        except (OSError, UnicodeError):
            return


def is_public(address: Address) -> bool:
    """Whether anyone on the internet may be reached there, also behind the IPv6 forms of an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in NAT64) or address.teredo:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if inner:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
