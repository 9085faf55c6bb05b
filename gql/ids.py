"""Global ids (Relay): opaque text that names a type and a key."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable
from functools import lru_cache

from models.problems import Invalid

# Ids of each type that are kept encoded: looking one up takes a tenth of encoding it.
REMEMBERED_MAX = 65_536


def encoder(typename: str) -> Callable[[int | None], str | None]:
    """Given a key, the global id of the type's object with this key; null for none."""
    prefix = f"{typename}:"
    # The prefix is encoded once: of three bytes base64 makes four letters, so a whole number of triples stands alone.
    head = prefix[: len(prefix) - len(prefix) % 3]
    encoded, rest = urlsafe_b64encode(head.encode()).decode(), prefix[len(head) :]

    @lru_cache(REMEMBERED_MAX)
    def encode(key: int | None) -> str | None:
        return None if key is None else encoded + urlsafe_b64encode(f"{rest}{key}".encode()).decode()

    return encode


def typename_of(noun: str) -> str:
    """The GraphQL type of a source: `gift_card` is `GiftCard`."""
    return "".join(part.capitalize() for part in noun.split("_"))


def decode(text: str) -> tuple[str, int] | None:
    """The type's name and the key, or None if this is no global id: an unknown id and a malformed one look the same."""
    try:
        typename, _, key = urlsafe_b64decode(text.encode("ascii")).decode("ascii").partition(":")
    except (Error, ValueError):
        return None
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return typename, int(key)


def key_of(text: str, typename: str, *, field: str = "id") -> int:
    """The key in a global id of this type. Refuses with `Invalid` another type's id and text that is none."""
    found = decode(text)
    if found is None or found[0] != typename:
        raise Invalid(f"This is not a global id of the type {typename}.", field=field, reason="id")
    return found[1]
