"""Values as this dialect shows them."""

from typing import Any
from urllib.parse import quote

from models import instants
from resolvers.redeemables import Category


def instant(stamp: str | None) -> str | None:
    """`2026-01-01T00:00:00.000Z`: always milliseconds, of whatever precision the time is kept."""
    if stamp is None:
        return None
    return f"{stamp[:19]}.{stamp[20:23] if len(stamp) > 20 else '000'}Z"


def shown_category(found: Category) -> dict[str, Any]:
    """A category that was looked up with a voucher."""
    return {
        "id": found.token,
        "name": found.name,
        "hierarchy": found.hierarchy,
        "created_at": instants.shown(found.created_at),
        "object": "category",
    }


def without_nothing(shown: dict[str, Any]) -> dict[str, Any]:
    """The same without what is null: campaigns leave out what vouchers spell out."""
    return {name: value for name, value in shown.items() if value is not None}


def in_path(code: str) -> str:
    """A code inside an address that is shown: as the vendor writes it, so that a link can be followed."""
    return quote(code, safe="")


# The rules that somebody could have put before a redemption: there are none here (docs/rest-voucherify.md).
NO_RULES: dict[str, Any] = {"object": "list", "data_ref": "data", "data": [], "total": 0}
