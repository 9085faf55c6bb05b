"""The first pages of pretix's lists as everyone is to answer them: each field of each row, from the fixture."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from benchmarks import fixture, shops
from benchmarks.checks import same

PAGE_SIZE = 50
BASE = re.compile(r"\Ahttp://127\.0\.0\.1:[0-9]+/")


def transactions(answer: Any) -> None:
    card = fixture.card(fixture.CARD_COUNT - 1)
    page(answer, map(transaction, card.bookings), len(card.bookings), numbered=True)


def organizers(answer: Any) -> None:
    page(answer, map(organizer, sorted(shops.ORGANIZERS)), len(shops.ORGANIZERS))


def events(answer: Any) -> None:
    page(answer, map(event, shops.events()), shops.EVENT_COUNT)


def channels(answer: Any) -> None:
    rows = [channel(each) for each in shops.channels(shops.CHANNELS_ORGANIZER)]
    page(answer, rows, len(rows))


def campaigns(answer: Any) -> None:
    page(answer, map(campaign, shops.campaigns()), shops.CAMPAIGN_COUNT, numbered=True)


def first_link(location: str) -> None:
    same("location", location, shops.Campaign(0).external_target)


def page(answer: Any, rows: Iterable[dict[str, Any]], count: int, *, numbered: bool = False) -> None:
    """`numbered` rows begin with an id, which everyone gives out for themselves, in order."""
    same("fields of the page", list(answer), ["count", "next", "previous", "results"])
    same("count", answer["count"], count)
    same("next page", str(answer["next"]).endswith("/?page=2"), count > PAGE_SIZE)
    same("previous page", answer["previous"], None)
    found = answer["results"]
    if numbered:
        ids = [row["id"] for row in found]
        same("ids", ids, sorted({int(each) for each in ids}))
    wanted = list(islice(rows, PAGE_SIZE))
    same("rows", len(found), len(wanted))
    for number, (got, expected) in enumerate(zip(found, wanted, strict=True)):
        same("fields", list(got), [*(["id"] if numbered else []), *expected])
        for name, value in expected.items():
            same(f"{name} of row {number}", relative(got[name]), value)


def relative(value: Any) -> Any:
    """Addresses begin with the server's own, which differs."""
    return BASE.sub("/", value) if isinstance(value, str) else value


def transaction(each: fixture.Booking) -> dict[str, Any]:
    return {
        "datetime": fixture.stamp(each.booked_at),
        "value": fixture.decimal_text(each.amount),
        "event": fixture.ORDER_EVENT if each.order else None,
        "order": each.order,
        "text": each.text,
        "info": None,
        "acceptor": fixture.ORGANIZER,
    }


def organizer(slug: str) -> dict[str, Any]:
    return {"name": shops.name_of(slug), "slug": slug, "public_url": f"/{slug}/", "plugins": []}


def event(each: shops.Event) -> dict[str, Any]:
    state = shops.event_state(each)
    columns = ("date_from", "date_to", "date_admission")
    return {
        "name": each.name,
        "slug": each.slug,
        "live": True,
        "testmode": False,
        "currency": fixture.CURRENCY,
        **{name: state[name] for name in columns},
        "is_public": True,
        "presale_start": state["presale_start"],
        "presale_end": None,
        "location": each.location,
        "geo_lat": each.geo[0],
        "geo_lon": each.geo[1],
        "has_subevents": False,
        "meta_data": each.meta_data,
        "seating_plan": None,
        "plugins": each.plugins,
        "seat_category_mapping": {},
        "timezone": state["timezone"],
        "item_meta_properties": {},
        "all_sales_channels": not each.limit_sales_channels,
        "limit_sales_channels": each.limit_sales_channels,
        "public_url": f"/{fixture.ORGANIZER}/{each.slug}/",
        "sales_channels": shops.sold_through(each),
    }


def channel(each: shops.Channel) -> dict[str, Any]:
    return {"identifier": each.identifier, "type": each.type, "label": each.label, "position": each.position}


def campaign(each: shops.Campaign) -> dict[str, Any]:
    return {
        "code": each.code,
        "description": each.description,
        "external_target": each.external_target,
        "order_count": 0,
        "click_count": each.clicks,
    }
