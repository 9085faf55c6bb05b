"""How events are asked for and shown in this dialect: fields, filters, orders."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from models.problems import NotFound
from resolvers.reading.conditions import All, Compare, Condition, Is, Meets
from resolvers.reading.selection import Ask, Constant, Item, Many, One, Value
from rest.pretix import datetimes, pages
from rest.pretix.call import Call
from rest.pretix.fields import Wrong
from rest.pretix.filters import flag
from rest.pretix.refusals import WrongFields
from rest.pretix.texts import Text, text
from rest.reading import Selection

ORDERS = {
    "slug": ("slug", False),
    "-slug": ("slug", True),
    "date_from": ("date_from", False),
    "-date_from": ("date_from", True),
}
FLAGS = ("live", "testmode", "is_public", "has_subevents")
ATTRIBUTE = re.compile(r"attr\[(.*)\]", re.DOTALL)
# What is looked for is folded letter by letter: nobody looks for more than this.
TEXT_LENGTH_MAX = 1000
# Most `attr[…]` of a request: each number of them is a statement of its own, and engines bound how deep one may be.
ATTRIBUTES_MAX = 20


def _public_url(slug: str, base: str) -> str:
    return f"{base}{slug}/"


def _items(*, detailed: bool, with_availability: bool) -> dict[str, Item]:
    """`detailed` is what has the event in its address."""
    columns = (
        *("name", "slug", "live", "testmode", "currency", "date_from", "date_to", "date_admission", "is_public"),
        *("presale_start", "presale_end", "location", "geo_lat", "geo_lon", "has_subevents", "meta_data"),
    )
    return {
        **{name: Value((name,)) for name in columns},
        "seating_plan": Constant(None),
        "plugins": Value(("plugins",)),
        "seat_category_mapping": Constant({}),
        "timezone": Value(("timezone",)),
        "item_meta_properties": Value(("item_meta_properties",)),
        # No key of an event is given out by this door: tickets are not made here.
        **({"valid_keys": Constant({"pretix_sig1": []})} if detailed else {}),
        "all_sales_channels": Value(("all_sales_channels",)),
        "limit_sales_channels": Value(("limit_sales_channels",)),
        # Not known, as there are no quotas.
        **({"best_availability_state": Constant(None)} if with_availability else {}),
        # The second argument of a run is what addresses of the organizer's shops begin with.
        "public_url": Value(("slug",), convert=_public_url, argument=1),
        "sales_channels": Value(("sales_channels",)),
    }


MANY = {
    known: Selection(Many("event", pages.listing(_items(detailed=False, with_availability=known)), 0))
    for known in (False, True)
}
ONE = {known: Selection(One("event", _items(detailed=True, with_availability=known), 0)) for known in (False, True)}
CREATED = Selection(One("event", _items(detailed=False, with_availability=False), 0))
_CHANNELS = Selection(One("organizer", {"identifiers": Value(("sales_channel_identifiers",))}, 0))


async def is_availability_asked(call: Call) -> bool:
    """Refuses to tell it of a sales channel that there is not."""
    identifier = call.query.get("with_availability_for")
    if identifier is None:
        return False
    found = await call.read(_CHANNELS, [Ask(1, organizer_id=call.organizer_id)])
    if identifier not in found["identifiers"]:
        raise NotFound("sales_channel")
    return True


def asks(call: Call, where: Condition | None, limit: int = 1, offset: int = 0) -> list[Any]:
    """The arguments of a run."""
    order, descending = _order(call.query.get("ordering", ""))
    ask = Ask(limit, where, order, descending, offset=offset, organizer_id=call.organizer_id)
    return [ask, _shops(call)]


def asks_written(call: Call, event_id: int) -> list[Any]:
    """The same for an event that was just written, whichever the asker reaches."""
    ask = Ask(1, Compare("id", "eq", event_id), reach="written", organizer_id=call.organizer_id)
    return [ask, _shops(call)]


def of_path(call: Call) -> Condition:
    """The event in the path. pretix's filters narrow it down even there."""
    narrowed, this = filters(call), Compare("id", "eq", call.event_id)
    return this if narrowed is None else All((this, narrowed))


def filters(call: Call) -> Condition | None:
    """The filters in the query; an empty one is none. Refuses times that are none."""
    if not call.query:
        return None
    errors: dict[str, tuple[Text, ...]] = {}
    found = [*_flags(call), *_moments(call, errors), *_texts(call, errors), *_attributes(call, errors)]
    if errors:
        raise WrongFields(errors)
    return All(tuple(found)) if found else None


def _flags(call: Call) -> Iterator[Condition]:
    for name in (*FLAGS, "is_past", "is_future"):
        wanted = flag(call.query, name)
        if wanted is not None:
            yield Compare(name, "eq", wanted) if name in FLAGS else Is(name, wanted)


def _moments(call: Call, errors: dict[str, tuple[Text, ...]]) -> Iterator[Condition]:
    """What is wrong with a range is said of the field that it is a range of."""
    asked = [("ends_after", "ends_after", "")]
    asked += [(f"{name}_{end}", name, op) for name in ("date_from", "date_to") for end, op in RANGE.items()]
    for parameter, field, operator in asked:
        written = call.query.get(parameter, "")
        if not written:
            continue
        try:
            moment = datetimes.moment(written.strip())
        except Wrong:
            errors[field] = (text("filter_datetime"),)
            continue
        yield Compare(field, operator, moment) if operator else Meets(field, (moment,))


RANGE = {"after": "gte", "before": "lte"}


def _texts(call: Call, errors: dict[str, tuple[Text, ...]]) -> Iterator[Condition]:
    for parameter, condition in (("search", "search"), ("sales_channel", "sold_through")):
        wanted = call.query.get(parameter, "").strip()
        if len(wanted) > TEXT_LENGTH_MAX:
            errors[parameter] = (text("too_long", max_length=TEXT_LENGTH_MAX),)
        elif wanted:
            yield Meets(condition, (wanted,))


def _attributes(call: Call, errors: dict[str, tuple[Text, ...]]) -> Sequence[Condition]:
    asked = [(named[1], wanted) for name, wanted in call.query.items() if (named := ATTRIBUTE.fullmatch(name))]
    if len(asked) > ATTRIBUTES_MAX:
        errors["attr"] = (text("verbatim", message=f"At most {ATTRIBUTES_MAX} of them."),)
    return [Meets("property", values) for values in asked]


def _order(written: str) -> tuple[str, bool]:
    """The first of several that is one."""
    for name in written.split(","):
        if name.strip() in ORDERS:
            return ORDERS[name.strip()]
    return ORDERS["slug"]


def _shops(call: Call) -> str:
    return f"{call.base}/{call.arguments['organizer']}/"
