"""Many gift cards through GraphQL: issued in the background, switched on and off together, and who may see what."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from gql.ids import encoder
from models.gift_card import gift_card
from models.token import Kind
from resolvers import ledger, tokens
from tests.gql.shop import ERRORS, do, errors
from tests.gql.test_subscriptions import asked
from tests.world import World, count

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
CARD = encoder("GiftCard")
ACTION = "action { id type status total doneCount progress message campaign { id } }"
ISSUE = {"count": 700, "amount": "5.00", "currency": "EUR"}
FIND = "query ($id: ID!) { node(id: $id) { ... on Action { %s } } }"


async def ended(
    world: World, action: str, shown: str = "status doneCount progress message", token: str = "acme"
) -> Any:
    """The action when it is over."""
    async with asyncio.timeout(30):
        while True:
            found = (await world.data(FIND % f"finishedAt {shown}", {"id": action}, token=token))["node"]
            if found.pop("finishedAt") is not None:
                return found
            await asyncio.sleep(0.02)


async def token_with(world: World, *scopes: str) -> str:
    verb = partial(tokens.create, name=" ".join(scopes), organizers=["acme"], scopes=scopes)
    name = "with " + " ".join(scopes)
    world.secrets[name] = (await world.context("acme").write(verb)).secret
    return name


async def test_many_are_issued_and_found_by_their_action(world: World) -> None:
    other = await world.card(100)
    given = {**ISSUE, "pattern": "GIFT-############", "testmode": True, "conditions": "Tea", "idempotencyKey": "once"}
    begun = (await do(world, "giftCardsIssue", given, ACTION))["action"]
    assert (begun["type"], begun["total"], begun["campaign"]) == ("GIFT_CARDS_ISSUE", 700, None)
    cards = "giftCards(first: 2) { totalCount nodes { secret balance { amount currency } testmode conditions } }"
    over = await ended(world, begun["id"], f"status doneCount progress message {cards}")
    shown = {"balance": {"amount": "5.00", "currency": "EUR"}, "testmode": True, "conditions": "Tea"}
    assert over["giftCards"]["totalCount"] == 700
    for card in over["giftCards"]["nodes"]:
        assert card.pop("secret").startswith("GIFT-")
        assert card == shown
    del over["giftCards"]
    assert over == {"status": "DONE", "doneCount": 700, "progress": 100, "message": "Issued 700 gift cards."}
    ledger_of = "transactions { nodes { number amount { amount } text info acceptorSlug } }"
    by = "giftCards(first: 1, filter: {issuedBy: {eq: $id}})"
    listed = f"query ($id: ID!) {{ {by} {{ totalCount nodes {{ action {{ id }} {ledger_of} }} }} }}"
    found = (await world.data(listed, {"id": begun["id"]}))["giftCards"]
    assert found["totalCount"] == 700
    assert found["nodes"][0]["action"] == {"id": begun["id"]}
    (booked,) = found["nodes"][0]["transactions"]["nodes"]
    assert booked == {"number": 1, "amount": {"amount": "5.00"}, "text": None, "info": None, "acceptorSlug": "acme"}
    alone = "query ($id: ID!) { node(id: $id) { ... on GiftCard { action { id } } } }"
    assert (await world.data(alone, {"id": CARD(other)}))["node"] == {"action": None}
    # A retry is answered by the same action, and issues nothing.
    assert (await do(world, "giftCardsIssue", given, ACTION))["action"]["id"] == begun["id"]
    assert (await count(world, gift_card), await ledger.differences(world.database)) == (701, [])


@SQLITE
async def test_refusals_name_their_field(world: World) -> None:
    wrong = {"count": 0, "amount": "-1.00", "currency": "XXY", "pattern": "####", "conditions": "\0"}
    assert [at for _, at in await errors(world, "giftCardsIssue", wrong)] == [
        *("count", "amount", "currency", "conditions")
    ]
    assert await errors(world, "giftCardsIssue", {**ISSUE, "pattern": "####"}) == [("INVALID", "pattern")]
    assert await errors(world, "giftCardsIssue", {**ISSUE, "organizer": "beta"}) == [("PERMISSION_DENIED", "organizer")]
    for token in ("acme_reads", "acme_nothing"):
        assert await errors(world, "giftCardsIssue", ISSUE, token=token) == [("PERMISSION_DENIED", None)]
    assert (await world.data("{ actions { totalCount } }"))["actions"]["totalCount"] == 0


async def test_cards_are_switched_together_or_not_at_all(world: World) -> None:
    first, second, third = [CARD(await world.card(100)) for _ in range(3)]
    theirs = CARD(await world.card(100, of="beta"))
    shown = "giftCards { id active balance { amount } }"
    off = [{"id": key, "active": False, "balance": {"amount": "1.00"}} for key in (third, first, third)]
    for _ in range(2):
        payload = await do(world, "giftCardsDisable", {"ids": [third, first, third]}, shown)
        assert payload == {"giftCards": off, "userErrors": []}
    assert await errors(world, "giftCardsEnable", {"ids": [theirs, first, CARD(10**6)]}) == [
        ("NOT_FOUND", "ids.0"),
        ("NOT_FOUND", "ids.2"),
    ]
    assert await errors(world, "giftCardsEnable", {"ids": [first, "nonsense", encoder("Organizer")(1)]}) == [
        ("INVALID", "ids.1"),
        ("INVALID", "ids.2"),
    ]
    assert await errors(world, "giftCardsEnable", {"ids": []}) == [("INVALID", "ids")]
    assert (await do(world, "giftCardsEnable", {"ids": [theirs]}, shown))["giftCards"] == []
    states = {
        node["id"]: node["active"]
        for node in (await world.data("{ giftCards { nodes { id active } } }"))["giftCards"]["nodes"]
    }
    assert states == {first: False, second: True, third: False}
    payload = await do(world, "giftCardsEnable", {"ids": [first, second, third]}, "giftCards { active }")
    assert payload["giftCards"] == [{"active": True}] * 3


@SQLITE
async def test_a_list_costs_what_it_names_and_is_bounded(world: World) -> None:
    """A thousand cards are switched in one request; few cost little, whatever is shown of them."""
    rows = [
        {"organizer_id": world.organizers["acme"], "secret": f"CARD-{number}", "currency": "EUR", "testmode": False}
        for number in range(1001)
    ]
    at = world.clock()

    async def adding(work: Any) -> list[int]:
        return [
            (await work.row(insert(gift_card).values(**row, issued_at=at).returning(gift_card.c.id)))[0] for row in rows
        ]

    keys = [CARD(number) for number in await world.context().write(adding)]
    payload = await do(world, "giftCardsDisable", {"ids": keys[:1000]}, "giftCards { id active }")
    assert payload["giftCards"] == [{"id": key, "active": False} for key in keys[:1000]]
    assert await errors(world, "giftCardsDisable", {"ids": keys}) == [("INVALID", "ids")]
    terms = "id secret active testmode issuedAt expiresAt conditions balance { amount currency }"
    much = f"giftCards {{ {terms} transactions(first: 100) {{ nodes {{ id number }} }} }}"
    assert len((await do(world, "giftCardsEnable", {"ids": keys[:3]}, much))["giftCards"]) == 3
    document = f"mutation ($input: GiftCardsEnableInput!) {{ giftCardsEnable(input: $input) {{ {much} {ERRORS} }} }}"
    over = (await world.graphql(document, {"input": {"ids": keys[:1000]}})).json()
    assert "data" not in over or over["data"] is None


# -- who may see what --------------------------------------------------------------------------------------------------


async def actions_of(world: World, token: str) -> list[str]:
    nodes = (await world.data("{ actions { totalCount nodes { type } } }", token=token))["actions"]
    assert nodes["totalCount"] == len(nodes["nodes"])
    return [node["type"] for node in nodes["nodes"]]


@pytest.mark.parametrize("database_engine", ["sqlite", "postgresql"], indirect=True)
async def test_an_action_is_shown_to_whoever_may_read_what_it_is_about(world: World) -> None:
    cards = await token_with(world, "organizer.giftcards:read", "organizer.giftcards:write")
    vouchers = await token_with(world, "organizer.vouchers:read", "organizer.vouchers:write")
    issue = (await do(world, "giftCardsIssue", {**ISSUE, "count": 1}, "action { id }", token=cards))["action"]["id"]
    campaign = {"name": "Summer", "benefit": {"discount": {"type": "PERCENT", "percentOff": 10}}, "vouchersCount": 2}
    made = await do(world, "voucherCampaignCreate", campaign, "voucherCampaign { id } action { id }", token=vouchers)
    generation = made["action"]["id"]
    assert (await ended(world, issue, token=cards))["status"] == "DONE"
    await ended(world, generation, token=vouchers)
    assert await actions_of(world, "acme") == ["GIFT_CARDS_ISSUE", "CAMPAIGN_VOUCHERS_GENERATE"]
    assert await actions_of(world, cards) == ["GIFT_CARDS_ISSUE"]
    assert await actions_of(world, vouchers) == ["CAMPAIGN_VOUCHERS_GENERATE"]
    assert await actions_of(world, "beta") == []
    for token, visible in ((cards, issue), (vouchers, generation)):
        for key in (issue, generation):
            found = (await world.data(FIND % "id", {"id": key}, token=token))["node"]
            assert found == ({"id": key} if key == visible else None)
    for key in (issue, generation):
        assert (await world.data(FIND % "id", {"id": key}, token="beta"))["node"] is None
    nobody = await world.graphql("{ actions { nodes { id } } }", token="acme_nothing")
    assert nobody.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
    # What is below an action needs what it needs anywhere else.
    below = await world.graphql(FIND % "status giftCards { nodes { id } }", {"id": generation}, token=vouchers)
    assert below.json()["data"]["node"] == {"status": "DONE", "giftCards": None}
    campaign_of = await world.graphql(FIND % "status campaign { id }", {"id": issue}, token=cards)
    assert campaign_of.json()["data"]["node"] == {"status": "DONE", "campaign": None}


@SQLITE
async def test_changes_tell_of_an_action_those_who_may_read_what_it_is_about(world: World) -> None:
    cards = await token_with(world, "organizer.giftcards:read", "organizer.giftcards:write")
    vouchers = await token_with(world, "organizer.vouchers:read", "organizer.vouchers:write")
    issue = (await do(world, "giftCardsIssue", {**ISSUE, "count": 1}, "action { id }", token=cards))["action"]["id"]
    await ended(world, issue, token=cards)
    campaign = {"name": "Summer", "benefit": {"discount": {"type": "PERCENT", "percentOff": 10}}, "vouchersCount": 2}
    made = await do(world, "voucherCampaignCreate", campaign, "action { id }", token=vouchers)
    await ended(world, made["action"]["id"], token=vouchers)

    async def told(token: str) -> list[str]:
        nodes = (await world.data("{ changes { nodes { kind } } }", token=token))["changes"]["nodes"]
        return [node["kind"] for node in nodes if node["kind"].startswith("ACTION")]

    of_cards = ["ACTION_GIFT_CARDS_ENQUEUED", "ACTION_GIFT_CARDS_ISSUED", "ACTION_GIFT_CARDS_FINISHED"]
    of_vouchers = ["ACTION_ENQUEUED", "ACTION_FINISHED"]
    assert (await told(cards), await told(vouchers)) == (of_cards, of_vouchers)
    assert await told("acme") == of_cards + of_vouchers


@SQLITE
async def test_its_progress_is_told_to_its_end_to_whoever_may_see_it(world: World) -> None:
    cards = await token_with(world, "organizer.giftcards:read", "organizer.giftcards:write")
    vouchers = await token_with(world, "organizer.vouchers:read")
    query = "subscription ($id: ID!) { actionProgress(id: $id) { action { status doneCount total } } }"
    issue = (await do(world, "giftCardsIssue", ISSUE, "action { id }", token=cards))["action"]["id"]
    events = await asked(world, query, token=cards, id=issue)
    async with asyncio.timeout(30), aclosing(events) as stream:
        told = [answer.body["data"]["actionProgress"] async for answer in stream]
    assert told[-1]["action"] == {"status": "DONE", "doneCount": 700, "total": 700}
    refused = await asked(world, query, token=vouchers, id=issue)
    assert refused.body["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@SQLITE
async def test_the_voucherify_door_shows_no_actions_of_gift_cards(world: World) -> None:
    """Its clients know the vendor's types and no others."""
    given: Mapping[str, Any] = {**ISSUE, "count": 1}
    action = (await do(world, "giftCardsIssue", given, "action { id token }"))["action"]
    await ended(world, action["id"])
    key = await world.context("acme").write(
        partial(tokens.create, name="app", organizers=["acme"], scopes=["organizer.*"], kind=Kind.APP)
    )
    headers = {"X-App-Id": str(key.public_id), "X-App-Token": key.secret}
    listed = await world.client.get("/v1/async-actions", headers=headers)
    assert (listed.status_code, listed.json()["async_actions"]) == (200, [])
    assert (await world.client.get(f"/v1/async-actions/{action['token']}", headers=headers)).status_code == 404
