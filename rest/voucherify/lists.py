"""Lists: what is asked of a page, and the answer around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from resolvers.reading.conditions import All, Compare, Condition, Either
from resolvers.reading.selection import Ask
from rest.reading import Selection
from rest.voucherify import filters
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.filters import Table
from rest.voucherify.query import PAGE_MAX

Show = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with numbered pages and an exact total. `reference` is what the vendor calls its items.

    `orders` maps the words of `order` to the source's orders; `first` is the order of who names none.
    """

    selection: Selection
    reference: str
    show: Show
    filters: Table
    orders: Mapping[str, str]
    first: str = "-created_at"
    page_max: int = PAGE_MAX
    # What the lists inside an item are asked for.
    below: tuple[Ask, ...] = ()

    async def answer(self, call: Call, *more: Condition | None) -> Answer:
        """The page asked for, of what meets all conditions."""
        query = call.query
        limit, page = query.limit(), query.page(self.page_max)
        name, descending = query.order(self.orders, self.first)
        asked = filters.condition(query.tree("filters"), self.filters, call.context.now())
        ask = Ask(
            limit,
            together(asked, *more),
            order=self.orders[name],
            descending=descending,
            offset=(page - 1) * limit,
            organizer_id=call.organizer_id,
        )
        found = await call.read(self.selection, [ask, *self.below])
        items = [self.show(row) for row in found[self.reference]]
        return call.json({"object": "list", "data_ref": self.reference, self.reference: items, "total": found["total"]})


def together(*conditions: Condition | None) -> Condition | None:
    """All of those that there are."""
    found = tuple(each for each in conditions if each is not None)
    return All(found) if len(found) > 1 else found[0] if found else None


def equal(name: str, value: Any) -> Condition | None:
    """The field has this value; None if there is none to have."""
    return None if value is None else Compare(name, "eq", value)


def either(names: tuple[str, ...], value: str | None) -> Condition | None:
    """One of the fields has this value; None if there is none to have."""
    return None if value is None else Either(tuple(Compare(name, "eq", value) for name in names))


def within(call: Call, parameter: str, name: str) -> Condition | None:
    """`created_at[after]` and `created_at[before]`, of the field that holds it."""
    after, before = call.query.between(parameter)
    return together(
        None if after is None else Compare(name, "gt", after), None if before is None else Compare(name, "lt", before)
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """A list that goes on from an item: `starting_after_id`, newest first unless `order=id`, without a total."""

    selection: Selection
    show: Show
    filters: Table | None = None

    async def answer(self, call: Call, where: Condition | None, after: int | None, *, counted: bool = False) -> Answer:
        """The items behind the one with the row id `after`; `counted` says how many there are on this page."""
        query = call.query
        _, descending = query.order(("id",), "-id")
        asked = None
        if self.filters is not None:
            asked = filters.condition(query.tree("filters"), self.filters, call.context.now())
        limit = query.limit()
        ask = Ask(
            limit,
            together(where, asked),
            descending=descending,
            after=None if after is None else (after,),
            organizer_id=call.organizer_id,
        )
        found = await call.read(self.selection, [ask])
        items = [self.show(row) for row in found["data"]]
        shown: dict[str, Any] = {"object": "list", "data_ref": "data", "data": items}
        if counted:
            shown["total"] = len(items)
        shown["has_more"] = found["page"]["more"]
        if found["page"]["more"]:
            shown["more_starting_after"] = items[-1]["id"]
        return call.json(shown)
