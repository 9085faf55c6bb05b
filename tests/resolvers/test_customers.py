"""Customers: told of, changed, forgotten, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from models.change import change
from models.customer import customer
from models.problems import Invalid, NotFound, PermissionDenied
from models.publication import publication
from resolvers import customers, publications
from resolvers.customers import CustomerGiven
from resolvers.publications import PublicationRequest
from resolvers.reading.conditions import Condition, Meets
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, Container, Many, Nodes, Value
from tests.redeeming import Shop, browser, shop, two_shops
from tests.resolvers import databases

JANE = CustomerGiven(source_id="me", name="Jane", address={"city": "Bern"}, metadata={"a": 1})


@pytest.fixture
async def acme(database_url: str) -> AsyncIterator[Shop]:
    async with shop(database_url) as found:
        yield found


async def row_of(acme: Shop, number: int) -> dict[str, Any]:
    (row,) = await databases.rows(acme.database, select(customer).where(customer.c.id == number))
    return dict(zip((column.name for column in customer.c), row, strict=True))


async def kinds(acme: Shop) -> list[str]:
    rows = await databases.rows(acme.database, select(change.c.kind).order_by(change.c.id))
    return [row[0] for row in rows if row[0].startswith("customer.")]


async def found_by(acme: Shop, condition: Condition) -> list[str]:
    tree = Container({"found": Many("customer", {"data": Nodes({"source_id": Value(("source_id",))})}, 0)})
    plan = compile_selection(tree, acme.database.dialect)
    ask = Ask(limit=10, where=condition, organizer_id=acme.organizer_id)
    return [each["source_id"] for each in (await acme.context().read(plan, [ask]))["found"]["data"]]


async def test_one_who_is_told_of_again_is_the_same(acme: Shop) -> None:
    first = await acme.write(customers.create, JANE)
    more = CustomerGiven(source_id="me", email="j@example.org", address={"zip": "3000"}, metadata={"b": 2})
    assert await acme.write(customers.create, more) == first
    row = await row_of(acme, first)
    assert (row["name"], row["email"], row["metadata"]) == ("Jane", "j@example.org", {"a": 1, "b": 2})
    assert (row["address"], row["updated_at"]) == ({"city": "Bern", "zip": "3000"}, acme.now)
    assert row["token"].startswith("cust_")
    assert await kinds(acme) == ["customer.created", "customer.updated"]


async def test_nothing_new_changes_nothing(acme: Shop) -> None:
    number = await acme.write(customers.create, JANE)
    await acme.write(customers.create, JANE)
    await acme.write(customers.update, "me", CustomerGiven())
    assert (await row_of(acme, number))["updated_at"] is None
    assert await kinds(acme) == ["customer.created"]


async def test_our_id_names_the_customer_and_must_exist(acme: Shop) -> None:
    number = await acme.write(customers.create, JANE)
    token = (await row_of(acme, number))["token"]
    assert await acme.write(customers.upsert, CustomerGiven(token=token, source_id="other", name="J.")) == number
    row = await row_of(acme, number)
    assert (row["source_id"], row["name"]) == ("me", "J.")
    with pytest.raises(NotFound) as caught:
        await acme.write(customers.upsert, CustomerGiven(token="cust_x", source_id="me"))
    assert (caught.value.details["noun"], caught.value.details["ref"]) == ("customer", "cust_x")


async def test_who_is_not_named_is_nobody_but_can_be_created(acme: Shop) -> None:
    nobody = CustomerGiven(name="Jane")
    assert await acme.write(customers.upsert, nobody) is None
    first, second = await acme.write(customers.create, nobody), await acme.write(customers.create, nobody)
    assert first != second


async def test_a_customer_is_changed_by_either_name(acme: Shop) -> None:
    number = await acme.write(customers.create, JANE)
    token = (await row_of(acme, number))["token"]
    for ref, name in (("me", "A"), (token, "B")):
        assert await acme.write(customers.update, ref, CustomerGiven(name=name)) == number
        assert (await row_of(acme, number))["name"] == name
    for ref in ("you", "cust_x", "\0"):
        with pytest.raises(NotFound):
            await acme.write(customers.update, ref, CustomerGiven(name="C"))


async def test_a_customer_is_forgotten_and_what_happened_is_not(acme: Shop) -> None:
    await acme.voucher("A")
    published = await acme.write(publications.publish, PublicationRequest(JANE, voucher="A"))
    await acme.redeem("A", customer="me")
    assert await acme.write(customers.delete, "me") == published.customer_id
    (row,) = await acme.redemptions()
    assert (row["customer_id"], row["status"]) == (None, "SUCCEEDED")
    assert (await acme.voucher_row())["holder_id"] is None
    assert await databases.rows(acme.database, select(publication.c.id)) == []
    with pytest.raises(NotFound):
        await acme.write(customers.delete, "me")


async def test_another_organizers_customer_looks_unknown(acme: Shop) -> None:
    number = await acme.write(customers.create, JANE)
    token = (await row_of(acme, number))["token"]
    beta = Shop(acme.database, acme.organizer_id + 1)
    for ref in ("me", token):
        with pytest.raises(NotFound):
            await beta.write(customers.update, ref, CustomerGiven(name="A"))


async def test_writing_needs_its_scope(acme: Shop) -> None:
    acme.principal = browser()
    for verb, given in ((customers.create, (JANE,)), (customers.update, ("me", JANE)), (customers.delete, ("me",))):
        with pytest.raises(PermissionDenied):
            await acme.write(verb, *given)


@pytest.mark.parametrize("given", [{"source_id": "\0"}, {"token": "\0"}, {"name": "x" * 1001}])
async def test_what_cannot_be_kept_is_refused(acme: Shop, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await acme.write(customers.create, CustomerGiven(**{"source_id": "me", **given}))


async def test_customers_are_found_by_name_and_by_city(acme: Shop) -> None:
    await acme.write(customers.create, JANE)
    await acme.write(customers.create, CustomerGiven(source_id="you"))
    assert await found_by(acme, customers.named("me")) == ["me"]
    assert await found_by(acme, Meets("lives_in", ("Bern",))) == ["me"]
    assert await found_by(acme, Meets("lives_in", ("Rome",))) == []


async def test_many_tell_of_one_at_once(database_url: str) -> None:
    async with two_shops(database_url) as both:
        calls = [
            both[n % 2].write(customers.create, CustomerGiven(source_id="me", metadata={f"k{n}": n})) for n in range(30)
        ]
        assert len(set(await asyncio.gather(*calls))) == 1
        ((told,),) = await databases.rows(both[0].database, select(customer.c.metadata))
        assert told == {f"k{n}": n for n in range(30)}


def test_what_stands_for_a_customer_is_always_the_same_and_another_for_another() -> None:
    assert customers.tracking_id(1, "me") == customers.tracking_id(1, "me")
    assert len({customers.tracking_id(1, "me"), customers.tracking_id(1, "you"), customers.tracking_id(2, "me")}) == 3
