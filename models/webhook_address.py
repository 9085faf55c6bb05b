"""Where webhooks may lead: not into the network that the server itself stands in.

An address is looked at twice: as it is written when a webhook is made, and as the numbers that its name stands for each
time a connection is opened (server/webhook_network.py). The second look is the one that guards: names are led anywhere.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from models.problems import Invalid
from models.web_address import is_web_address, location_of

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# What is written as a number is one, in whatever base and of how many parts: `2130706433`, `0x7f.1`, `0177.0.0.1`.
NUMERIC = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
DEFAULT_PORTS = {"https": 443, "http": 80}
# Below it are mail, shells, name servers: what is no web server could take a request for its own protocol.
PORT_MIN = 1024

# Where IPv6 is in use at all. What is of older or translated forms lies outside, or is looked at below.
GLOBAL_UNICAST = IPv6Network("2000::/3")
# The rest of an address in them is the IPv4 address that it leads to (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")
NOWHERE: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            # Shared address space (RFC 6598); Azure's host; benchmarking (RFC 2544); Teredo, which hides an address;
            # documentation (RFC 9637).
            *("100.64.0.0/10", "168.63.129.16/32", "198.18.0.0/15", "2001::/32", "3fff::/20"),
            *("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What an operator allows beyond addresses of the internet, spoken to by https."""

    networks: tuple[Network, ...] = ()
    allow_http: bool = False

    def allows(self, address: str) -> bool:
        """Whether a connection to this address, in numbers, may be opened."""
        try:
            found = _meant(ip_address(address.partition("%")[0]))
        except ValueError:
            return False
        return any(found in network for network in self.networks) or _is_public(found)

    def check(self, url: str) -> None:
        """Refuses with `Invalid` an address that could never be sent to."""
        if not is_web_address(url):
            raise _refused("This is no address: https://host/path is expected.", "url")
        parts = urlsplit((location_of(url) or b"").decode())
        if parts.scheme != "https" and not self.allow_http:
            raise _refused("The address begins with https://.", "scheme")
        if "@" in parts.netloc:
            raise _refused("The address holds no user name and no password.", "credentials")
        if parts.fragment:
            raise _refused("The address has no part after `#`: it is not sent.", "fragment")
        self._check_host(parts)

    def _check_host(self, parts: SplitResult) -> None:
        host = (parts.hostname or "").removesuffix(".")
        is_address = _is_address(host)
        if (is_address and not self.allows(host)) or (_is_local(host) and not self.allows("127.0.0.1")):
            raise _refused("The address leads into a network that is not allowed.", "network")
        if not is_address and NUMERIC.fullmatch(host.rpartition(".")[2]):
            raise _refused("A host is a name, or an address such as 203.0.113.7 or [2001:db8::7].", "host")
        port = parts.port if parts.port is not None else DEFAULT_PORTS[parts.scheme]
        is_usual = port == DEFAULT_PORTS[parts.scheme] or port >= PORT_MIN
        if not is_usual and not (is_address and self._names(host)):
            raise _refused(f"The port is the usual one, or from {PORT_MIN} on.", "port")

    def _names(self, host: str) -> bool:
        return any(_meant(ip_address(host)) in network for network in self.networks)


def networks_of(text: str | None) -> tuple[Network, ...]:
    """The networks in a list with commas between them: `10.0.0.0/8, fd00::/8`. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in (text or "").split(",") if part.strip())


def _meant(address: Address) -> Address:
    """Where a packet to it ends up: an IPv4 address may be written as one of IPv6."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is not None:
        return inner
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in NOWHERE)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _refused(message: str, reason: str) -> Invalid:
    return Invalid(message, field="url", reason=reason)
