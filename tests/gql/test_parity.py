"""GraphQL can do all that REST can: every route and every field that is written, by the tables below.

The left sides are taken from the doors themselves: a new route or field fails here until it is listed, with
what does the same in GraphQL, or with the reason why nothing does.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from gql import (
    schema,
)
from resolvers import redemptions
from resolvers.customers import CustomerGiven
from resolvers.publications import PublicationRequest
from resolvers.redeemables import Redeemable, RedemptionRequest, Session
from resolvers.voucher_campaign_rules import CampaignChanges, NewCampaign
from resolvers.vouchers import Overrides, VoucherChanges
from rest.pretix import event_fields, gift_card_fields, organizers, sales_channels, tracking_campaigns
from rest.pretix.app import ROUTES as PRETIX
from rest.pretix.idempotency import Keys
from rest.voucherify.app import ROUTES as VOUCHERIFY

CORE = schema.core()


@dataclass(frozen=True)
class Reason:
    """Why GraphQL has nothing of the kind."""

    text: str


Same = str | tuple[str, ...] | Reason

# -- routes: the fields of GraphQL's roots that do the same ------------------------------------------------------------

NO_PAGE = Reason("Where to start, for clients of this dialect; GraphQL's is the schema.")
FILE = Reason("A file, as spreadsheets take it; the same rows are those of `vouchers`.")
OF_PRETIX: Mapping[str, Same] = {
    "GET ": NO_PAGE,
    "GET version": Reason("Which pretix the dialect is that of."),
    "GET me": "viewer",
    "GET openapi.json": Reason("The description of this dialect; GraphQL's is the schema, by introspection."),
    "GET organizers": "organizers",
    "GET organizers/{organizer}": "organizer",
    "PUT organizers/{organizer}": "organizerUpdate",
    "PATCH organizers/{organizer}": "organizerUpdate",
    "GET organizers/{organizer}/events": "events",
    "POST organizers/{organizer}/events": ("eventCreate", "eventClone"),
    "GET organizers/{organizer}/events/{event}": "event",
    "PUT organizers/{organizer}/events/{event}": "eventUpdate",
    "PATCH organizers/{organizer}/events/{event}": "eventUpdate",
    "DELETE organizers/{organizer}/events/{event}": "eventDelete",
    "POST organizers/{organizer}/events/{event}/clone": "eventClone",
    "GET organizers/{organizer}/saleschannels": "salesChannels",
    "POST organizers/{organizer}/saleschannels": "salesChannelCreate",
    "GET organizers/{organizer}/saleschannels/{channel}": "salesChannel",
    "PUT organizers/{organizer}/saleschannels/{channel}": "salesChannelUpdate",
    "PATCH organizers/{organizer}/saleschannels/{channel}": "salesChannelUpdate",
    "DELETE organizers/{organizer}/saleschannels/{channel}": "salesChannelDelete",
    "GET organizers/{organizer}/events/{event}/campaigns": "trackingCampaigns",
    "POST organizers/{organizer}/events/{event}/campaigns": "trackingCampaignCreate",
    "GET organizers/{organizer}/events/{event}/campaigns/{campaign}": "trackingCampaign",
    "PUT organizers/{organizer}/events/{event}/campaigns/{campaign}": "trackingCampaignUpdate",
    "PATCH organizers/{organizer}/events/{event}/campaigns/{campaign}": "trackingCampaignUpdate",
    "DELETE organizers/{organizer}/events/{event}/campaigns/{campaign}": "trackingCampaignDelete",
    "GET organizers/{organizer}/giftcards": "giftCards",
    "POST organizers/{organizer}/giftcards": "giftCardIssue",
    "GET organizers/{organizer}/giftcards/{card}": "giftCard",
    "PUT organizers/{organizer}/giftcards/{card}": "giftCardUpdate",
    "PATCH organizers/{organizer}/giftcards/{card}": "giftCardUpdate",
    "DELETE organizers/{organizer}/giftcards/{card}": Reason("Always refused: cards are switched off instead."),
    "POST organizers/{organizer}/giftcards/{card}/transact": "giftCardTransact",
    "GET organizers/{organizer}/giftcards/{card}/transactions": "giftCardTransactions",
    "GET organizers/{organizer}/giftcards/{card}/transactions/{transaction}": "giftCardTransaction",
    "GET idempotency_query": Reason("What a key was answered with: a mutation sent again is answered the same."),
}
OF_VOUCHERIFY: Mapping[str, Same] = {
    "GET campaigns": "voucherCampaigns",
    "POST campaigns": "voucherCampaignCreate",
    "GET campaigns/{campaign}": "voucherCampaign",
    "PUT campaigns/{campaign}": "voucherCampaignUpdate",
    "DELETE campaigns/{campaign}": "voucherCampaignDelete",
    "POST campaigns/{campaign}/enable": ("voucherCampaignEnable", "campaignEnable"),
    "POST campaigns/{campaign}/disable": ("voucherCampaignDisable", "campaignDisable"),
    "POST campaigns/{campaign}/vouchers": ("voucherCreate", "vouchersGenerate"),
    "POST campaigns/{campaign}/vouchers/{code}": "voucherCreate",
    "POST campaigns/{campaign}/import": "vouchersImport",
    "POST campaigns/{campaign+}/importCSV": "vouchersImport",
    "GET vouchers": "vouchers",
    "POST vouchers": "voucherCreate",
    "GET vouchers/{code}": "voucher",
    "POST vouchers/{code}": "voucherCreate",
    "PUT vouchers/{code}": "voucherUpdate",
    "DELETE vouchers/{code}": "voucherDelete",
    "POST vouchers/{code}/enable": "voucherEnable",
    "POST vouchers/{code}/disable": "voucherDisable",
    "GET redemptions": "redemptions",
    "POST redemptions": "voucherRedeem",
    "GET redemptions/{redemption}": "redemption",
    "POST redemptions/{redemption}/rollback": "redemptionRollback",
    "POST redemptions/{redemption}/rollbacks": "redemptionRollback",
    "GET vouchers/{code}/redemption": "redemptions",
    "POST vouchers/{code}/redemption": "voucherRedeem",
    "POST client redemptions": "voucherRedeem",
    "POST client redeem": "voucherRedeem",
    "POST validations": "vouchersValidate",
    "POST vouchers/{code}/validate": "vouchersValidate",
    "DELETE vouchers/{code}/sessions/{session}": "voucherSessionRelease",
    "POST client validations": "vouchersValidate",
    "GET client validate": "vouchersValidate",
    "GET publications": "publications",
    "POST publications": "voucherPublish",
    "GET publications/create": "voucherPublish",
    "POST client publish": "voucherPublish",
    "POST vouchers/{code}/balance": "voucherBalanceAdjust",
    "GET vouchers/{code}/transactions": "voucherTransactions",
    "GET customers": "customers",
    "POST customers": "customerCreate",
    "GET customers/{customer}": "customer",
    "PUT customers/{customer}": "customerUpdate",
    "DELETE customers/{customer}": "customerDelete",
    "GET categories": "categories",
    "POST categories": "categoryCreate",
    "GET categories/{category}": "category",
    "PUT categories/{category}": "categoryUpdate",
    "DELETE categories/{category}": "categoryDelete",
    "GET vouchers.csv": FILE,
    "GET campaigns/{campaign}/vouchers.csv": FILE,
    "GET async-actions": "actions",
    "GET async-actions/{action}": "action",
    "GET trash-bin": "binEntries",
    "DELETE trash-bin/{entry}": "binEntryPurge",
}


def _of_pretix() -> set[str]:
    return {f"{method} {route.path}" for route in (*PRETIX, Keys().route()) for method in route.handlers}


def _of_voucherify() -> set[str]:
    named = [(f"client {route.path}" if route.client else route.path, route.handlers) for route in VOUCHERIFY]
    return {f"{method} {path}" for path, handlers in named for method in handlers}


@pytest.mark.parametrize(
    ("table", "served"),
    [(OF_PRETIX, _of_pretix()), (OF_VOUCHERIFY, _of_voucherify())],
    ids=["pretix", "voucherify"],
)
def test_every_route_is_listed_and_what_it_names_exists(table: Mapping[str, Same], served: set[str]) -> None:
    assert set(table) == served
    roots = {
        name for root in (CORE.query_type, CORE.mutation_type, CORE.subscription_type) if root for name in root.fields
    }
    for route, same in table.items():
        named = () if isinstance(same, Reason) else (same,) if isinstance(same, str) else same
        assert set(named) <= roots, route
        # What writes is a mutation, what reads is none; browsers are let write by GET.
        is_writing = route.partition(" ")[0] != "GET" or route in ("GET publications/create", "GET client validate")
        root = CORE.mutation_type if is_writing else CORE.query_type
        assert root is not None
        assert set(named) <= set(root.fields), route


# -- what is written: the input fields that take it --------------------------------------------------------------------

ROUTE = Reason("It is in the address: the `id` of the input.")
FIXED = Reason("Never changed; an update is given it and leaves it alone.")
BY_NAME = Reason("Names are unique: `category` names the same one.")
BENEFIT = ("benefit", "validityTimeframe", "validityDaysOfWeek", "validityHours", "activityDuration", "isReferralCode")
CARD: Mapping[str, Same] = {
    "secret": "secret",
    "value": "amount",
    "currency": "currency",
    "testmode": "testmode",
    "expires": "expiresAt",
    "conditions": "conditions",
    "owner_ticket": "ownerTicket",
}
EVENT: Mapping[str, Same] = {
    "seating_plan": Reason("There are none, so none is taken."),
    "seat_category_mapping": Reason("There are no products, so only an empty one is taken."),
    "limit_sales_channels": "limitSalesChannelIdentifiers",
    "sales_channels": Reason("An older form of the two that there are."),
}
LIMITS: Mapping[str, Same] = {"validity_day_of_week": "validityDaysOfWeek"}
VOUCHER: Mapping[str, Same] = {"quantity": "redemptionLimit", "category_token": BY_NAME}
CAMPAIGN: Mapping[str, Same] = {**VOUCHER, "type": "growth"}
# Mutation, the names of what the verb or the form takes, and where the input calls it otherwise.
WRITTEN: tuple[tuple[str, list[str], Mapping[str, Same]], ...] = (
    ("giftCardIssue", list(gift_card_fields.CARD.fields), CARD),
    (
        "giftCardUpdate",
        list(gift_card_fields.CARD.fields),
        {**CARD, "secret": FIXED, "currency": FIXED, "testmode": FIXED, "value": "balance"},
    ),
    ("giftCardTransact", ["value", "text", "info"], {"value": "amount"}),
    ("organizerUpdate", list(organizers.CHANGES.fields), {}),
    ("eventCreate", list(event_fields.EVENT.fields), EVENT),
    ("eventUpdate", list(event_fields.CHANGES.fields), EVENT),
    ("eventClone", list(event_fields.EVENT.fields), EVENT),
    ("salesChannelCreate", list(sales_channels.CHANNEL.fields), {"type": Reason("It is always `api`.")}),
    ("salesChannelUpdate", list(sales_channels.CHANNEL.fields), {"type": FIXED, "identifier": FIXED}),
    ("trackingCampaignCreate", list(tracking_campaigns.CAMPAIGN.fields), {}),
    ("trackingCampaignUpdate", list(tracking_campaigns.CAMPAIGN.fields), {}),
    (
        "voucherCampaignCreate",
        [each.name for each in fields(NewCampaign)],
        {**CAMPAIGN, "terms": BENEFIT, "use_voucher_metadata_schema": "inheritsMetadata"},
    ),
    (
        "voucherCampaignUpdate",
        [each.name for each in fields(CampaignChanges)],
        {**CAMPAIGN, **LIMITS, "unset_metadata_fields": Reason("A key of `metadata` that is null is taken away.")},
    ),
    ("voucherCreate", [*(each.name for each in fields(Overrides)), "terms"], {**VOUCHER, "terms": BENEFIT}),
    ("vouchersGenerate", [each.name for each in fields(Overrides)], VOUCHER),
    ("voucherUpdate", [each.name for each in fields(VoucherChanges)], {**VOUCHER, **LIMITS}),
    ("voucherBalanceAdjust", ["amount", "source_id", "reason"], {"amount": ("amount", "points")}),
    ("customerCreate", [each.name for each in fields(CustomerGiven)], {}),
    ("customerUpdate", [each.name for each in fields(CustomerGiven)], {"token": ROUTE, "source_id": FIXED}),
    ("categoryCreate", ["name", "hierarchy"], {}),
    ("categoryUpdate", ["name", "hierarchy"], {}),
    (
        "voucherPublish",
        [each.name for each in fields(PublicationRequest)],
        {"voucher": "code", "campaign": "campaignId"},
    ),
    (
        "voucherRedeem",
        [each.name for each in fields(RedemptionRequest)],
        {"redeemables": "vouchers", "session": "sessionKey"},
    ),
    ("vouchersValidate", [each.name for each in fields(RedemptionRequest)], {"redeemables": "vouchers"}),
    (
        "redemptionRollback",
        [*inspect.signature(redemptions.rollback_stack).parameters][3:],
        {"order": ("orderToken", "orderSourceId")},
    ),
)


@pytest.mark.parametrize(("mutation", "taken", "otherwise"), WRITTEN, ids=[each[0] for each in WRITTEN])
def test_every_field_that_rest_writes_is_a_field_of_the_input(
    mutation: str, taken: list[str], otherwise: Mapping[str, Same]
) -> None:
    known = set(_input(mutation).fields)
    assert set(otherwise) <= set(taken), "a difference that is none"
    for name in taken:
        same = otherwise.get(name, _camel(name))
        named = () if isinstance(same, Reason) else (same,) if isinstance(same, str) else same
        assert set(named) <= known, f"{mutation}: {name}"


def test_what_an_input_holds_has_all_parts() -> None:
    parts: tuple[tuple[str, Any, Mapping[str, str]], ...] = (
        ("CustomerInput", CustomerGiven, {}),
        ("RedeemableInput", Redeemable, {"ref": "code"}),
        ("SessionInput", Session, {"ttl": "seconds", "ttl_unit": "seconds"}),
    )
    for name, of, otherwise in parts:
        found = CORE.type_map[name]
        assert isinstance(found, GraphQLInputObjectType)
        assert {otherwise.get(each.name, _camel(each.name)) for each in fields(of)} <= set(found.fields)


# -- parts -------------------------------------------------------------------------------------------------------------


def _input(mutation: str) -> GraphQLInputObjectType:
    assert CORE.mutation_type is not None
    found = get_named_type(CORE.mutation_type.fields[mutation].args["input"].type)
    assert isinstance(found, GraphQLInputObjectType)
    return found


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
