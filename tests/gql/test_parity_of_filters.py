"""What REST narrows its lists by is a filter of GraphQL's, and finds the same.

The fields are taken from the doors' own tables: a new one fails here until GraphQL has it.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from gql import (
    bin_entry_lists,
    customer_lists,
    event_lists,
    gift_card_lists,
    publication_lists,
    redemption_lists,
    sales_channel_lists,
    voucher_campaign_lists,
    voucher_lists,
)
from gql.listing import Listing
from models.organizer import organizer
from rest.voucherify import filter_tables
from tests.gql.shop import campaign, done, voucher
from tests.world import World

# Tokens stand for ids, which filters of GraphQL take.
BY_ID = {"token": "id", "campaign_token": "campaign", "category_token": "category", "customer_token": "customer"}
FILTERED: tuple[tuple[Listing, Mapping[str, Any], Mapping[str, str]], ...] = (
    (voucher_lists.VOUCHERS, filter_tables.VOUCHERS, BY_ID),
    (voucher_campaign_lists.CAMPAIGNS, filter_tables.CAMPAIGNS, BY_ID),
    (
        redemption_lists.REDEMPTIONS,
        filter_tables.REDEMPTIONS,
        {**BY_ID, "voucher_token": "voucher", "parent_token": "parent"},
    ),
    (publication_lists.PUBLICATIONS, filter_tables.PUBLICATIONS, BY_ID),
    (bin_entry_lists.BIN_ENTRIES, filter_tables.BIN_ENTRIES, BY_ID),
)


@pytest.mark.parametrize(("listing", "table", "otherwise"), FILTERED, ids=[each[0].source for each in FILTERED])
def test_every_filter_of_voucherify_is_one_of_graphql(
    listing: Listing, table: Mapping[str, Any], otherwise: Mapping[str, str]
) -> None:
    known = {_source_field(named) for named in listing.names.values()} | set(listing.names)
    asked = {getattr(each, "name", "active") for each in table.values()}
    assert {name for name in asked if otherwise.get(name, name) not in known} == set()


@pytest.mark.parametrize(
    ("listing", "names"),
    [
        (gift_card_lists.CARDS, {"secret", "testmode", "expired", "balance"}),
        (sales_channel_lists.CHANNELS, {"type", "identifier"}),
        (customer_lists.CUSTOMERS, {"email", "name", "created_at", "updated_at", "lives_in"}),
        (publication_lists.PUBLICATIONS, {"of_voucher", "source_id"}),
        (
            event_lists.EVENTS,
            {
                *("live", "testmode", "is_public", "has_subevents", "is_past", "is_future", "ends_after"),
                *("date_from", "date_to", "search", "sold_through", "property"),
            },
        ),
    ],
    ids=["gift_card", "sales_channel", "customer", "publication", "event"],
)
def test_what_lists_are_narrowed_by_in_queries_is_a_filter(listing: Listing, names: set[str]) -> None:
    assert names - {_source_field(named) for named in listing.names.values()} == set()


async def test_filters_find_what_rest_s_find(world: World) -> None:
    summer = await campaign(world, "Summer", validityDaysOfWeek=["MONDAY", "SUNDAY"], metadata={"a": 1})
    frame = {"interval": "P2D", "duration": "P1D"}
    await campaign(world, "Winter", startsAt="2026-01-01T00:00:00Z", validityTimeframe=frame)
    await voucher(world, "A", campaignId=summer["id"], additionalInfo="a note")
    await voucher(world, "B")
    jane = {"sourceId": "jane", "address": {"city": "Bern"}}
    await done(world, "customerCreate", jane)
    await done(world, "customerCreate", {"sourceId": "joan", "address": {"city": "Basel"}})
    for code in ("A", "B"):
        await done(world, "voucherPublish", {"code": code, "customer": jane, "sourceId": f"of {code}"})
    order = {"token": "ord_1", "amount": "10.00"}
    await done(world, "voucherRedeem", {"vouchers": [{"code": "B"}], "order": order})
    for asked, expected in (
        ("voucherCampaigns(filter: {hasValidityTimeframe: true}) { nodes { name } }", [{"name": "Winter"}]),
        ("voucherCampaigns(filter: {hasValidityDaysOfWeek: false}) { nodes { name } }", [{"name": "Winter"}]),
        ("voucherCampaigns(filter: {validOn: [TUESDAY]}) { nodes { name } }", [{"name": "Winter"}]),
        (
            "voucherCampaigns(filter: {validOn: [SUNDAY], hasValidityDaysOfWeek: true}) { nodes { name } }",
            [{"name": "Summer"}],
        ),
        ('vouchers(filter: {additionalInfo: {contains: "note"}}) { nodes { code } }', [{"code": "A"}]),
        ('customers(filter: {city: "Bern"}) { nodes { sourceId } }', [{"sourceId": "jane"}]),
        ('publications(filter: {voucher: "A"}) { nodes { sourceId } }', [{"sourceId": "of A"}]),
        ('publications(filter: {campaignName: {eq: "Summer"}}) { nodes { sourceId } }', [{"sourceId": "of A"}]),
        ('redemptions(filter: {voucherCode: {eq: "B"}}) { nodes { status } }', [{"status": "SUCCEEDED"}]),
        ('redemptions(filter: {voucherCode: {eq: "A"}}) { nodes { status } }', []),
        ('redemptions(filter: {orderToken: {eq: "ord_1"}}) { nodes { status } }', [{"status": "SUCCEEDED"}]),
        ('redemptions(filter: {orderToken: {eq: "ord_2"}}) { nodes { status } }', []),
        ("redemptions(filter: {campaignName: {eq: null}}) { nodes { status } }", [{"status": "SUCCEEDED"}]),
        ('events(filter: {property: {name: "Colour", value: "red"}}) { nodes { slug } }', [{"slug": "conf"}]),
    ):
        if asked.startswith("events"):
            await _colours(world)
        assert list((await world.data(f"{{ {asked} }}")).values()) == [{"nodes": expected}], asked
    query = "query ($days: [Weekday!]) { voucherCampaigns(filter: {validOn: $days}) { nodes { name } } }"
    refused = (await world.graphql(query, {"days": ["MONDAY"] * 8})).json()
    assert refused["errors"][0]["extensions"]["code"] == "INVALID"


async def _colours(world: World) -> None:
    """A property of events that one has and the other has not."""
    acme = organizer.c.id == world.organizers["acme"]
    changing = update(organizer).where(acme).values(event_properties={"Colour": "blue"})
    await world.database.write(lambda tx: tx.rows(changing))
    query = '{ event(organizer: "acme", slug: "conf") { id } }'
    conf = (await world.data(query))["event"]["id"]
    await done(world, "eventUpdate", {"id": conf, "metaData": {"Colour": "red"}})


def _source_field(named: Any) -> str:
    """The source's field or condition behind a name of a filter (gql/conditions.py)."""
    text: str = named if isinstance(named, str) else named.field
    return text.lstrip("?!%$=").rpartition(".")[2]
