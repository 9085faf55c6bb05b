"""Keys in paths."""

from models.problems import NotFound
from rest.pretix.refusals import Nowhere
from rest.pretix.texts import text

KEY_MAX = 2**63 - 1


def integer(written: str, noun: str) -> int:
    """An id. Refuses text that is none as pretix does, and an id that no row can have like one that none has."""
    try:
        found = int(written)
    except ValueError:
        raise Nowhere(text("not_found")) from None
    if abs(found) > KEY_MAX:
        raise NotFound(noun)
    return found
