"""What can be read of redemptions and publications, on both engines."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

import resolvers.sources  # noqa: F401  every source, before anything is compiled
from models.problems import PermissionDenied
from resolvers import publications, redemptions
from resolvers.customers import CustomerGiven
from resolvers.principals import Principal
from resolvers.publications import PublicationRequest
from resolvers.reading.conditions import Compare, Condition, Meets
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, Container, Group, Many, Nodes, Value
from tests.redeeming import Shop, browser, shop

CHILD = {"token": Value(("token",)), "code": Value(("voucher", "code")), "parent": Value(("parent", "token"))}
REDEMPTION = {
    "token": Value(("token",)),
    "voucher": Group({"code": Value(("code",))}, ("voucher",)),
    "campaign": Value(("campaign", "name")),
    "customer": Value(("customer", "source_id")),
    "rolls_back": Value(("rolls_back", "token")),
    "children": Many("children", {"data": Nodes(CHILD)}, 1),
    "rollbacks": Many("rollbacks", {"data": Nodes({"token": Value(("token",))})}, 2),
}
PUBLICATION = {
    "token": Value(("token",)),
    "customer": Value(("customer", "source_id")),
    "vouchers": Many("vouchers", {"data": Nodes({"code": Value(("voucher", "code"))})}, 1),
}


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def read(acme: Shop, source: str, items: Any, where: Condition | None = None, levels: int = 2) -> list[Any]:
    plan = compile_selection(Container({"found": Many(source, {"data": Nodes(items)}, 0)}), acme.database.dialect)
    asks = [Ask(limit=10, where=where, organizer_id=acme.organizer_id), *[Ask(limit=10) for _ in range(levels)]]
    found: list[Any] = (await acme.context().read(plan, asks))["found"]["data"]
    return found


async def test_a_stack_shows_its_parts_and_their_rollbacks(acme: Shop) -> None:
    await acme.voucher("A", campaign={"name": "one"})
    await acme.voucher("B")
    done = await acme.redeem("A", "B", customer="me")
    undone = await acme.write(redemptions.rollback_stack, done.parent_token)
    parent, first, *_ = await read(acme, "redemption", REDEMPTION)
    assert (parent["token"], parent["voucher"], parent["customer"]) == (done.parent_token, None, "me")
    assert [(each["token"], each["code"], each["parent"]) for each in parent["children"]["data"]] == [
        (done.tokens[0], "A", done.parent_token),
        (done.tokens[1], "B", done.parent_token),
    ]
    assert parent["rollbacks"]["data"] == [{"token": undone.parent_token}]
    assert (first["voucher"], first["campaign"]) == ({"code": "A"}, "one")
    (rollback,) = await read(acme, "redemption", REDEMPTION, Compare("token", "eq", undone.tokens[1]))
    assert (rollback["rolls_back"], rollback["voucher"]) == (done.tokens[1], {"code": "B"})


@pytest.mark.parametrize(
    ("field", "value"),
    [("voucher_code", "A"), ("campaign_name", "one"), ("customer_source_id", "me"), ("status", "FAILED")],
)
async def test_redemptions_are_found_by_what_they_name(acme: Shop, field: str, value: str) -> None:
    await acme.voucher("A", campaign={"name": "one"}, active=field != "status")
    await acme.voucher("B")
    await acme.redeem("A", customer="me")
    await acme.redeem("B", customer="you")
    (found,) = await read(acme, "redemption", REDEMPTION, Compare(field, "eq", value))
    assert found["voucher"] == {"code": "A"}


async def test_publications_show_their_vouchers_and_are_found_by_them(acme: Shop) -> None:
    await acme.voucher("A", campaign={"name": "one"})
    await acme.voucher("B")
    made = [
        await acme.write(publications.publish, PublicationRequest(CustomerGiven(source_id=name), voucher=code))
        for name, code in (("me", "A"), ("you", "B"))
    ]
    token = (await acme.voucher_row("A"))["token"]
    for where in (Meets("of_voucher", ("A",)), Meets("of_voucher", (token,)), Compare("campaign_name", "eq", "one")):
        (found,) = await read(acme, "publication", PUBLICATION, where, 1)
        assert (found["token"], found["customer"]) == (made[0].token, "me")
        assert found["vouchers"]["data"] == [{"code": "A"}]


async def test_reading_needs_its_scope(acme: Shop) -> None:
    acme.principal = browser()
    plain = {"token": Value(("token",))}
    assert await read(acme, "redemption", plain, levels=0) == []
    with pytest.raises(PermissionDenied):
        await read(acme, "publication", plain, levels=0)
    acme.principal = Principal("other", "server", {}, frozenset(("organizer.vouchers:read",)))
    with pytest.raises(PermissionDenied):
        await read(acme, "redemption", plain, levels=0)
