"""The two completions answer alike: every document of the corpus, and what hypothesis makes of the schema."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gql import schema
from gql.execution import Executor, Request
from gql.run import Limits
from models.database import Database
from resolvers.context import Context
from resolvers.reading.values import as_json
from tests.gql.documents import CARDS, PARTIAL, VOUCHERS, documents
from tests.gql.shop import CARD, GIFT, do, done, voucher
from tests.gql.shop import campaign as campaign_of_vouchers
from tests.tracking import campaign, click, record
from tests.world import World, opened

SCHEMA = schema.core()


@pytest.fixture
async def populated(world: World) -> World:
    await populate(world)
    return world


async def populate(world: World) -> None:
    first = await world.card(2500, secret="AAA1", conditions="Only ☃ 🎁")
    await world.transact(first, -150, text="a note", info={"b": [1, None, "ü"]})
    await world.transact(first, 99)
    await world.card(0, secret="bbb2", testmode=True, currency="JPY")
    await world.card(10**13 - 1, secret="CCC3")
    accepted = await world.card(700, of="beta", secret="BETA1")
    await world.transact(accepted, -5, of="acme", accepted=True)
    await campaign(world, "AAA", external_target="https://example.org/")
    await campaign(world, "bbb", event="party")
    await click(world, "AAA")
    await record(world, "O1", campaigns=["AAA"], tickets=["t-1", "t-2"])
    await world.app.clicks.flush()
    await stock(world)


async def stock(world: World) -> None:
    """Vouchers of each kind with what happens to them."""
    spring = await campaign_of_vouchers(world, "Spring", vouchersCount=2, category="a", metadata={"tier": "gold"})
    await done(world, "voucherPublish", {"campaignId": spring["id"], "customer": {"sourceId": "ada", "name": "Ada"}})
    await campaign_of_vouchers(world, "Gifts", benefit=GIFT, validityDaysOfWeek=["SUNDAY"], codeConfig={"prefix": "G-"})
    await campaign_of_vouchers(world, "Sale", campaignType="PROMOTION", benefit=None, promotion={"tiers": []})
    hours = [{"startTime": "00:00", "expirationTime": "24:00", "daysOfWeek": ["THURSDAY"]}]
    await voucher(world, "GIFT1", benefit=GIFT, validityHours=hours, metadata={"a": [1]})
    await voucher(world, "CARD1", benefit=CARD, category="b", additionalInfo="A card")
    unit = {"unitOff": 1, "unitType": "p1", "effect": "ADD_NEW_ITEMS", "product": {"token": "p1", "price": "2.50"}}
    await voucher(world, "UNITS", benefit={"discount": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [unit]}})
    await voucher(world, "GONE")
    item = {"productId": "p2", "quantity": 2, "price": "10.00", "product": {"name": "Tea"}}
    for codes in (["GIFT1"], ["UNITS", "GONE"], ["UNITS"]):
        given = {"vouchers": [{"code": code} for code in codes], "order": {"items": [item]}}
        await do(world, "voucherRedeem", {**given, "customer": {"sourceId": "ada"}})
    await done(world, "redemptionRollback", {"id": "UmVkZW1wdGlvbjox", "reason": "Wrong tea"})
    await done(world, "voucherDelete", {"id": (await world.data('{ voucher(code: "GONE") { id } }'))["voucher"]["id"]})


async def both(context: Context, executor: Executor, request: Request) -> tuple[Any, Any]:
    compiled = await executor.execute(context, request)
    completed = await executor.complete(context, request)
    compiled.body.pop("extensions", None)
    return compiled.body, completed.body


async def test_corpus_is_answered_alike(populated: World) -> None:
    executor = Executor(populated.database.dialect)
    assert len(set(CARDS)) >= 250
    assert len(set(VOUCHERS)) >= 150
    for text in CARDS + VOUCHERS:
        compiled, completed = await both(populated.context(), executor, Request(text))
        assert "errors" not in compiled, (text, compiled)
        assert as_json(compiled) == as_json(completed), text


async def test_corpus_is_compiled(populated: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that quietly went to graphql-core would make the comparison compare nothing."""
    executor = Executor(populated.database.dialect)

    async def never(*_: Any) -> Any:
        raise AssertionError("not compiled")

    monkeypatch.setattr(Executor, "_by_graphql_core", never)
    for text in CARDS + VOUCHERS:
        answer = await executor.execute(populated.context(), Request(text))
        assert answer.status_hint == 200


@pytest.mark.parametrize("text", PARTIAL)
async def test_partial_refusals_are_answered_alike(populated: World, text: str) -> None:
    compiled, completed = await both(populated.context(), Executor(populated.database.dialect), Request(text))
    assert as_json(compiled) == as_json(completed)
    assert compiled["errors"]
    for error in compiled["errors"]:
        assert error["extensions"]["code"] in ("INVALID", "PERMISSION_DENIED")
        assert error["path"]
    if "viewer" in text:
        assert compiled["data"]["viewer"]


# Mutations that can be done again and again, with the same outcome.
MUTATIONS = [
    'campaignEnable(input: {id: "Vm91Y2hlckNhbXBhaWduOjE="}) { campaign { __typename id name active '
    "... on VoucherCampaign { token discount { percentOff } } } userErrors { code } }",
    'campaignDisable(input: {id: "VHJhY2tpbmdDYW1wYWlnbjox"}) { campaign { id ... on TrackingCampaign { code } } }',
    'campaignDisable(input: {id: "x"}) { campaign { id name } userErrors { code field message } }',
    'voucherEnable(input: {id: "Vm91Y2hlcjoy"}) { voucher { code campaign { name } transactions { totalCount } } }',
    'voucherUpdate(input: {id: "Vm91Y2hlcjoy", redemptionLimit: 0}) { voucher { id } userErrors { field message } }',
    'vouchersValidate(input: {vouchers: [{code: "GIFT1"}, {code: "none"}], order: {amount: "1"}}) '
    "{ valid order { amount totalAmount } vouchers { code status error { code message } discount { type } "
    "order { items { quantity } } } userErrors { code } }",
    "vouchersValidate(input: {vouchers: []}) { valid vouchers { code } userErrors { code field } }",
    'voucherRedeem(input: {vouchers: [{code: "none"}]}) { redemption { id } redemptions { id } userErrors { code } }',
    'voucherPublish(input: {campaignId: "Vm91Y2hlckNhbXBhaWduOjE=", customer: {sourceId: "bob"}, sourceId: "s"}) '
    "{ publication { sourceId customer { sourceId } } vouchers { code holder { sourceId } } userErrors { code } }",
    'giftCardEnable(input: {id: "R2lmdENhcmQ6MQ=="}) { giftCard { secret } userErrors { code } }',
]


@pytest.mark.parametrize("field", MUTATIONS)
async def test_mutations_are_answered_alike(populated: World, field: str) -> None:
    executor, request = Executor(populated.database.dialect), Request(f"mutation {{ {field} }}")
    compiled, completed = await both(populated.context(), executor, request)
    assert as_json(compiled) == as_json(completed)
    assert "errors" not in compiled


CONDITIONAL = """query Q($with: Boolean!, $without: Boolean = false, $first: Int = 2) {
  giftCards(first: $first) {
    nodes { id secret @include(if: $with) ... @skip(if: $without) { currency: balance { currency } } }
  }
}"""


@pytest.mark.parametrize(
    "variables",
    [{"with": w, **rest} for w in (True, False) for rest in ({}, {"without": True}, {"without": False, "first": 1})],
)
async def test_conditions_and_defaults_of_variables(populated: World, variables: dict[str, Any]) -> None:
    request = Request(CONDITIONAL, variables)
    compiled, completed = await both(populated.context(), Executor(populated.database.dialect), request)
    assert as_json(compiled) == as_json(completed)
    (first, *_) = compiled["data"]["giftCards"]["nodes"]
    assert ("secret" in first) is variables["with"]
    assert ("currency" in first) is not variables.get("without", False)


class _Loop:
    """A world kept open over hypothesis's examples, which are synchronous."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._opened = opened(url)
        self.world: World = self.loop.run_until_complete(self._opened.__aenter__())
        self.loop.run_until_complete(populate(self.world))
        # What is compared is how documents are answered, not how large they may be.
        generous = Limits(depth_max=100, fields_max=100_000, aliases_max=100_000, tokens_max=100_000, cost_max=10**9)
        self.executor = Executor(self.database.dialect, generous)

    @property
    def database(self) -> Database:
        return self.world.database

    def both(self, text: str) -> tuple[Any, Any]:
        return self.loop.run_until_complete(both(self.world.context(), self.executor, Request(text)))

    def close(self) -> None:
        self.loop.run_until_complete(self._opened.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture
def loop_world(sqlite_url: str) -> Iterator[_Loop]:
    found = _Loop(sqlite_url)
    yield found
    found.close()


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=documents(SCHEMA))
def test_generated_documents_are_answered_alike(loop_world: _Loop, text: str) -> None:
    compiled, completed = loop_world.both(text)
    assert as_json(compiled) == as_json(completed), text
