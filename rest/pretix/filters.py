"""What filters in a query have in common."""

from collections.abc import Mapping

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def flag(query: Mapping[str, str], name: str) -> bool | None:
    """The yes or no that is asked for; None where it is neither, which narrows nothing."""
    return BOOLEANS.get(query.get(name, "").lower())
