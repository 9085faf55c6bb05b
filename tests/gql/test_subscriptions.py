"""Subscriptions as the executor answers them; what carries them is tested in tests/server."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from gql.execution import Answer, Executor, Request
from gql.ids import typename_of
from gql.schema import NODE_SOURCES
from models.change import ChangeKind
from resolvers.change_sources import UNREAD
from resolvers.context import Context
from resolvers.principals import Principal
from resolvers.reading import places
from resolvers.reading.source import SOURCES
from tests.gql.shop import campaign, done, redeem, voucher
from tests.world import World

sqlite_only = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
TRANSACTIONS = """subscription ($id: ID!, $after: String) { giftCardTransactions(id: $id, after: $after) {
  cursor transaction { number amount { amount } balanceAfter { amount } } giftCard { id balance { amount } } } }"""
CHANGES = """subscription ($kinds: [ChangeKind!], $after: String) { changes(kinds: $kinds, after: $after) {
  cursor change { kind subjectId content tokenName } node { id __typename ... on GiftCard { active } } } }"""

# A place that nothing has got to.
NEVER = places.encoder("default")(10**9)


async def asked(world: World, query: str, *, token: str = "acme", **variables: Any) -> Any:
    """The one answer, or the stream of answers, to a subscription that a token asks for."""
    principal = await world.app.graphql._authenticator.principal(world.secrets[token])
    return await asked_by(world, principal, query, **variables)


async def asked_by(world: World, principal: Principal, query: str, **variables: Any) -> Any:
    app = world.app
    context = Context(app.database, principal, world.clock, app.clicks, app.actions, app.changes)
    return await app.graphql._executor.subscribe(context, Request(query, variables))


@asynccontextmanager
async def listening(world: World, query: str, *, token: str = "acme", **variables: Any) -> AsyncIterator["Listener"]:
    """Who has subscribed, and hears all that is committed from here on."""
    found = await asked(world, query, token=token, **variables)
    assert not isinstance(found, Answer), found
    async with aclosing(found) as stream:
        listener = Listener(stream)
        await until_heard(world, listener)
        yield listener
        await listener.leave()


async def until_heard(world: World, listener: "Listener") -> None:
    """Return when the tailer tells the listener of what is new."""
    for _ in range(1000):
        if world.app.changes._feeds or listener.has_heard:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nobody listens")


class Listener:
    """Asks for the next answer from the beginning, as a transport does."""

    def __init__(self, stream: AsyncGenerator[Answer, None]) -> None:
        self._stream = stream
        self._next = asyncio.ensure_future(anext(stream))

    @property
    def has_heard(self) -> bool:
        return self._next.done()

    async def heard(self) -> Mapping[str, Any]:
        """The one field's value in the next event."""
        answer = await asyncio.wait_for(asyncio.shield(self._next), 10)
        self._next = asyncio.ensure_future(anext(self._stream))
        ((_, found),) = answer.body["data"].items()
        return dict(found)

    async def silent(self) -> bool:
        return not (await asyncio.wait([self._next], timeout=0.2))[0]

    async def over(self) -> bool:
        try:
            await asyncio.wait_for(asyncio.shield(self._next), 10)
        except StopAsyncIteration:
            return True
        return False

    async def leave(self) -> None:
        self._next.cancel()
        await asyncio.wait([self._next])


async def test_a_cards_transactions_are_told_as_they_are_booked(world: World) -> None:
    card, other = await world.card(1000), await world.card(1000)
    data = await world.data("{ giftCards(first: 1) { nodes { id } } }")
    async with listening(world, TRANSACTIONS, id=data["giftCards"]["nodes"][0]["id"]) as listener:
        await world.transact(other, -100)
        for amount in (-100, -200):
            await world.transact(card, amount)
        first, second = await listener.heard(), await listener.heard()
        assert await listener.silent()
    assert [found["transaction"]["number"] for found in (first, second)] == [2, 3]
    assert second["transaction"] == {"number": 3, "amount": {"amount": "-2.00"}, "balanceAfter": {"amount": "7.00"}}
    async with listening(world, TRANSACTIONS, id=first["giftCard"]["id"], after=first["cursor"]) as listener:
        assert await listener.heard() == second


async def test_an_organizers_changes_name_what_they_happened_to(world: World) -> None:
    async with listening(world, CHANGES) as listener:
        issued = await done(world, "giftCardIssue", {"amount": "10.00", "currency": "EUR"}, "giftCard { id }")
        await done(world, "giftCardDisable", {"id": issued["giftCard"]["id"]})
        heard = [await listener.heard() for _ in range(3)]
    assert [found["change"]["kind"] for found in heard] == [
        "GIFT_CARD_ISSUED",
        "GIFT_CARD_TRANSACTION_BOOKED",
        "GIFT_CARD_DISABLED",
    ]
    assert heard[0]["change"]["subjectId"] == heard[0]["node"]["id"] == issued["giftCard"]["id"]
    assert heard[0]["change"]["tokenName"] == "acme"
    assert heard[1]["node"]["__typename"] == "GiftCardTransaction"
    assert heard[1]["change"]["content"] == {"giftCardId": issued["giftCard"]["id"], "amount": "10.00"}
    assert heard[2]["node"] == {"id": issued["giftCard"]["id"], "__typename": "GiftCard", "active": False}
    listed = await world.data("{ changes(last: 3) { edges { cursor node { kind subjectId content tokenName } } } }")
    assert [edge["node"] for edge in listed["changes"]["edges"]] == [found["change"] for found in heard]
    async with listening(world, CHANGES, after=listed["changes"]["edges"][0]["cursor"]) as listener:
        assert await listener.heard() == heard[1]


async def test_what_is_gone_is_null_as_it_is_for_whoever_asks_by_its_id(world: World) -> None:
    """Also what is kept for a while: what is in the bin, and a webhook whose log is still to be removed."""
    async with listening(world, "subscription { changes { change { kind } node { id } } }") as listener:
        made = await campaign(world)
        webhook = (await done(world, "webhookCreate", {"url": "https://example.org/"}, "webhook { id }"))["webhook"]
        found = {event["change"]["kind"]: event["node"] for event in [await listener.heard() for _ in range(2)]}
        assert found == {"VOUCHER_CAMPAIGN_CREATED": {"id": made["id"]}, "WEBHOOK_CREATED": webhook}
        await done(world, "webhookDelete", {"id": webhook["id"]})
        await done(world, "voucherCampaignDelete", {"id": made["id"]})
        for kind in ("WEBHOOK_DELETED", "VOUCHER_CAMPAIGN_BINNED"):
            assert await listener.heard() == {"change": {"kind": kind}, "node": None}


@sqlite_only
async def test_only_the_kinds_that_were_asked_for_are_told(world: World) -> None:
    card = await world.card(1000)
    async with listening(world, CHANGES, kinds=["CUSTOMER_CREATED", "GIFT_CARD_UPDATED"]) as listener:
        await world.transact(card, -100)
        await done(world, "customerCreate", {"sourceId": "ada"})
        assert (await listener.heard())["change"]["kind"] == "CUSTOMER_CREATED"
        assert await listener.silent()


async def test_an_action_is_told_from_its_beginning_to_its_end(world: World) -> None:
    spring = await campaign(world, vouchersCount=5)
    shown = "action { id status }"
    started = await done(world, "vouchersGenerate", {"campaignId": spring["id"], "count": 3000}, shown)
    query = "subscription ($id: ID!) { actionProgress(id: $id) { action { status progress doneCount } } }"
    async with listening_or_over(world, query, id=started["action"]["id"]) as heard:
        found = [each["action"] async for each in heard]
    assert found[-1] == {"status": "DONE", "progress": 100, "doneCount": 3000}
    assert [each["doneCount"] for each in found] == sorted(each["doneCount"] for each in found)
    # Whoever comes when it is over is told so, and that is all.
    async with listening_or_over(world, query, id=started["action"]["id"]) as heard:
        assert [each["action"] async for each in heard] == [found[-1]]


@asynccontextmanager
async def listening_or_over(world: World, query: str, **variables: Any) -> AsyncIterator[AsyncIterator[Any]]:
    async with aclosing(await asked(world, query, **variables)) as stream:
        yield (next(iter(answer.body["data"].values())) async for answer in stream)


async def test_a_voucher_campaigns_redemptions_are_told(world: World) -> None:
    spring = await campaign(world)
    code = (await voucher(world, campaignId=spring["id"]))["code"]
    query = """subscription ($id: ID!) { campaignActivity(id: $id) {
      change { kind } campaign { name } clicks redemption { status voucher { code } } } }"""
    async with listening(world, query, id=spring["id"]) as listener:
        await redeem(world, code)
        assert await listener.heard() == {
            "change": {"kind": "REDEMPTION_SUCCEEDED"},
            "campaign": {"name": "Spring"},
            "clicks": None,
            "redemption": {"status": "SUCCEEDED", "voucher": {"code": code}},
        }


@sqlite_only
async def test_what_is_booked_on_a_voucher_is_no_transaction_of_a_card(world: World) -> None:
    spring = await campaign(world, benefit={"gift": {"amount": "50.00"}})
    code = (await voucher(world, campaignId=spring["id"]))["code"]
    async with listening(world, CHANGES) as listener:
        await redeem(world, code, amount="10.00")
        heard = [await listener.heard() for _ in range(2)]
    booked = next(each for each in heard if each["change"]["kind"] == "VOUCHER_TRANSACTION_BOOKED")
    assert booked["node"]["__typename"] == "VoucherTransaction"


# -- who may listen to what --------------------------------------------------------------------------------------------


@sqlite_only
@pytest.mark.parametrize(
    ("query", "token", "code"),
    [
        ('subscription { changes(after: "x") { cursor } }', "acme", "INVALID"),
        (f'subscription {{ changes(after: "{NEVER}") {{ cursor }} }}', "acme", "INVALID"),
        (f'subscription {{ giftCardTransactions(id: CARD, after: "{NEVER}") {{ cursor }} }}', "acme", "INVALID"),
        ('subscription { changes(organizer: "beta") { cursor } }', "acme", "PERMISSION_DENIED"),
        ('subscription { giftCardTransactions(id: "x") { cursor } }', "acme", "INVALID"),
        ("subscription { giftCardTransactions(id: CARD) { cursor } }", "beta", "NOT_FOUND"),
        ("subscription { giftCardTransactions(id: CARD) { cursor } }", "acme_nothing", "PERMISSION_DENIED"),
        ('subscription { campaignActivity(id: "x") { cursor } }', "acme", "INVALID"),
        ("subscription { campaignActivity(id: CARD) { cursor } }", "acme", "INVALID"),
        ("{ viewer { name } }", "acme", "BAD_OPERATION"),
        ("subscription { changes { cursor } actionProgress(id: CARD) { action { id } } }", "acme", "GRAPHQL"),
    ],
)
async def test_what_cannot_be_listened_to_is_refused_at_once(world: World, query: str, token: str, code: str) -> None:
    await world.card(1000)
    card = (await world.data("{ giftCards(first: 1) { nodes { id } } }"))["giftCards"]["nodes"][0]["id"]
    answer = await asked(world, query.replace("CARD", f'"{card}"'), token=token)
    assert isinstance(answer, Answer)
    assert answer.body["errors"][0]["extensions"]["code"].startswith(code)


@sqlite_only
async def test_one_is_told_of_what_one_may_read_and_of_no_other_tenant(world: World) -> None:
    async with listening(world, CHANGES, token="acme_reads") as listener:
        await done(world, "customerCreate", {"sourceId": "ada"})
        await world.card(1000, of="beta")
        card = await world.card(0)
        heard = await listener.heard()
        assert heard["change"]["kind"] == "GIFT_CARD_ISSUED"
        await world.transact(card, 100)
    listed = await world.data("{ changes { nodes { kind } } }", token="acme_reads")
    assert {each["kind"].split("_")[0] for each in listed["changes"]["nodes"]} <= {"GIFT", "ORGANIZER", "EVENT"}


@sqlite_only
async def test_a_token_for_some_events_hears_nothing_of_events(world: World) -> None:
    everything = await world.app.graphql._authenticator.principal(world.secrets["acme"])
    limited = Principal(
        "limited", "team", everything.organizers, everything.scopes, everything.token_id, all_events=False
    )
    stream = await asked_by(world, limited, "subscription { changes { change { kind } } }")
    async with aclosing(stream):
        listener = Listener(stream)
        await asyncio.sleep(0.1)
        await done(world, "eventCreate", {"slug": "gala", "name": "Gala", "currency": "EUR", **DATES})
        await done(world, "customerCreate", {"sourceId": "ada"})
        assert (await listener.heard())["change"]["kind"] == "CUSTOMER_CREATED"
        await listener.leave()


DATES = {"dateFrom": "2027-01-01T20:00:00Z"}


@sqlite_only
async def test_a_subscription_by_plain_http_says_how_it_is_asked(world: World) -> None:
    response = await world.graphql("subscription { changes { cursor } }")
    assert response.status_code in (400, 406)
    assert "WebSocket" in response.json()["errors"][0]["message"]


@sqlite_only
async def test_an_expensive_subscription_is_refused(world: World) -> None:
    redemptions = "redemptions(first: 100) { nodes { id } }"
    nested = f"campaign {{ ... on VoucherCampaign {{ vouchers(first: 100) {{ nodes {{ {redemptions} }} }} }} }}"
    spring = await campaign(world)
    answer = await asked(
        world, f"subscription ($id: ID!) {{ campaignActivity(id: $id) {{ {nested} }} }}", id=spring["id"]
    )
    assert isinstance(answer, Answer)
    assert answer.body["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


# -- the table of kinds ------------------------------------------------------------------------------------------------


def test_every_kind_of_change_is_of_a_noun_that_can_be_read() -> None:
    typenames = {source: name for name, source in NODE_SOURCES.items()}
    for kind in ChangeKind:
        if kind.noun not in UNREAD:
            assert typename_of(kind.noun) == typenames[kind.noun], kind
            assert "written" in SOURCES[kind.noun].reaches, kind


@sqlite_only
async def test_a_change_of_an_unknown_kind_cannot_be_recorded(world: World) -> None:
    with pytest.raises(ValueError, match="tea"):
        await world.context().write(lambda work: work.record("tea.drunk", world.organizers["acme"], 1, {}))


async def test_a_document_that_shapes_changes_shows_one(world: World) -> None:
    executor: Executor = world.app.graphql._executor
    query = "subscription { changes { change { kind } node { ... on GiftCard { balance { amount } } } } }"
    assert executor.refusal_of_shape(query) is None
    async with world.app.changes.feed(("everything", 0)) as feed:
        await world.card(1000)
        told = await asyncio.wait_for(anext(feed), 10)
    answer = await executor.shape(world.context(), Request(query), told)
    shown = {"change": {"kind": "GIFT_CARD_ISSUED"}, "node": {"balance": {"amount": "10.00"}}}
    assert answer.body == {"data": {"changes": shown}}


@sqlite_only
@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { name } }",
        "subscription {",
        "subscription { changes { tea } }",
        'subscription { changes(after: "x") { cursor } }',
        'subscription { actionProgress(id: "x") { action { id } } }',
        "subscription ($k: [ChangeKind!]) { changes(kinds: $k) { cursor } }",
    ],
)
async def test_a_document_that_cannot_shape_changes_is_refused_with_the_reason(world: World, query: str) -> None:
    executor: Executor = world.app.graphql._executor
    assert executor.refusal_of_shape(query)
