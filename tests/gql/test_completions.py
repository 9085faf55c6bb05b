"""The two completions answer every document of the corpus alike; test_generated.py has what hypothesis makes."""

from typing import Any

import pytest

from gql.execution import Executor, Request
from resolvers.context import Context
from resolvers.principals import Principal
from resolvers.reading.values import as_json
from tests.gql import completing
from tests.gql.documents import CARDS, PARTIAL, VOUCHERS
from tests.gql.populated import populate
from tests.world import World


@pytest.fixture
async def populated(world: World) -> World:
    await populate(world)
    return world


async def both(context: Context, executor: Executor, request: Request) -> tuple[Any, Any]:
    compiled, completed = await completing.both(context, executor, request)
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


HIDDEN = """mutation { giftCardDisable(input: {id: "R2lmdENhcmQ6MQ=="}) {
  giftCard { active issuer { vouchers { totalCount } } } userErrors { code field } } }"""


async def test_a_payload_that_may_not_be_read_is_refused_before_anything_is_done(populated: World) -> None:
    executor, scopes = (
        Executor(populated.database.dialect),
        frozenset(("organizer.giftcards:read", "organizer.giftcards:write")),
    )
    asker = Principal("cards", "team", {"acme": populated.organizers["acme"]}, scopes)
    refused = {"giftCard": None, "userErrors": [{"code": "PERMISSION_DENIED", "field": None}]}
    for answered in await both(populated.context(principal=asker), executor, Request(HIDDEN)):
        assert answered == {"data": {"giftCardDisable": refused}}
    assert (await populated.data('{ giftCard(secret: "AAA1") { active } }'))["giftCard"]["active"]


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


async def test_what_is_refused_below_the_viewer_is_refused_at_its_field(populated: World) -> None:
    query = """query ($way: OrderDirection = ASC) {
      viewer { kind organizers(orderBy: {field: NAME, direction: $way}) { totalCount } } }"""
    compiled, completed = await both(
        populated.context(), Executor(populated.database.dialect), Request(query, {"way": None})
    )
    assert as_json(compiled) == as_json(completed)
    assert compiled["data"] == {"viewer": {"kind": "SYSTEM", "organizers": None}}
    (error,) = compiled["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["viewer", "organizers"], "BAD_VARIABLES")
