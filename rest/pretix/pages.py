"""Numbered pages: 50 to a page, an exact count, and addresses of the pages before and after."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from resolvers.reading.selection import Constant, Item, ListItem, Nodes, Total
from rest.pretix.answers import Answer
from rest.pretix.call import Call
from rest.pretix.refusals import Nowhere
from rest.pretix.texts import text
from rest.reading import Selection

SIZE_MAX = 50
LAST = -1
OFFSET_MAX = 2**62

# The arguments of a run, given `limit` and `offset`, in which alone pages differ.
AskFor = Callable[[int, int], Sequence[Any]]


def listing(items: Mapping[str, Item]) -> Mapping[str, ListItem]:
    """What a page shows, in pretix's order; the addresses are filled in by `answer`."""
    return {"count": Total(), "next": Constant(None), "previous": Constant(None), "results": Nodes(items)}


async def answer(
    call: Call, selection: Selection, asks: AskFor, inside: Callable[[Any], Any] = lambda found: found
) -> Answer:
    """The page asked for. `inside` takes the listing out of what the selection finds, or refuses."""
    number, size = number_of(call.query.get("page")), size_of(call.query.get("page_size"))
    if number == LAST:
        total: int = inside(await call.read(selection, asks(1, 0)))["count"]
        number = max(-(-total // size), 1)
    known = number is not None and number * size < OFFSET_MAX
    found = inside(await call.read(selection, asks(size, (number - 1) * size if known and number else 0)))
    if not known or number is None or (number > 1 and not found["results"]):
        raise Nowhere(text("page"))
    if number * size < found["count"]:
        found["next"] = _address(call, number + 1)
    if number > 1:
        found["previous"] = _address(call, number - 1)
    return call.json(found)


def number_of(written: str | None) -> int | None:
    """The page's number from 1, `LAST`, or None for what is none. Empty is the first."""
    if not written:
        return 1
    if written == "last":
        return LAST
    number = _integer(written)
    return number if number is not None and number > 0 else None


def size_of(written: str | None) -> int:
    size = _integer(written or "")
    return min(size, SIZE_MAX) if size is not None and size > 0 else SIZE_MAX


def _integer(written: str) -> int | None:
    """As Python reads it: blanks, signs, digits of any script. A number with thousands of digits is none."""
    try:
        return int(written)
    except ValueError:
        return None


def _address(call: Call, number: int) -> str:
    """This request's address with another page: parameters sorted by name, and the first page without its number."""
    parameters: dict[str, list[str]] = {}
    for name, value in call.parameters:
        parameters.setdefault(name, []).append(value)
    if number == 1:
        parameters.pop("page", None)
    else:
        parameters["page"] = [str(number)]
    address = call.base + quote(call.path, safe="/:@!$&'()*+,;=~")
    return f"{address}?{urlencode(sorted(parameters.items()), doseq=True)}" if parameters else address
