"""Addresses on the web that we send people to: http or https, a host, nothing that could end a header."""

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

LENGTH_MAX = 2000
# Blanks and controls end headers or are cut out by browsers, which also take `\` for `/`: none of them is let in.
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]")
LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\]")
# What stands for itself in a path, a query or a fragment; a percent sign may be an escape that is there already.
_SAFE = "/:@!$&'()*+,;=~?%-._"


def is_web_address(text: str) -> bool:
    return len(text) <= LENGTH_MAX and location_of(text) is not None


@lru_cache(maxsize=4096)
def location_of(text: str) -> bytes | None:
    """The address as it stands in a Location header: other letters than ASCII's encoded. None if it is no address."""
    if FORBIDDEN.search(text):
        return None
    try:
        parts = urlsplit(text)
        host = _host(parts)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host is None:
        return None
    address = f"{parts.scheme}://{host}{quote(parts.path, safe=_SAFE)}"
    if parts.query:
        address += "?" + quote(parts.query, safe=_SAFE)
    if parts.fragment:
        address += "#" + quote(parts.fragment, safe=_SAFE)
    return address.encode("ascii")


def _host(parts: SplitResult) -> str | None:
    """Host and port, and whoever stands before them, in ASCII. Raises ValueError for a port that is none."""
    user, at, host = parts.netloc.rpartition("@")
    name, port = parts.hostname or "", parts.port
    if not name or (port is None and host.endswith(":")):
        return None
    before = quote(user, safe=":!$&'()*+,;=~%-._") + at
    behind = "" if port is None else f":{port}"
    if host.startswith("["):
        literal, _, rest = host.partition("]")
        is_whole = IPV6.fullmatch(f"{literal}]") is not None and rest[:1] in ("", ":")
        return f"{before}{literal}]{behind}" if is_whole else None
    encoded = name.encode("idna").decode("ascii")  # a UnicodeError is a ValueError
    labels = encoded.removesuffix(".").split(".")
    if len(encoded) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return None
    return before + encoded + behind
