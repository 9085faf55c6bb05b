"""Customers and categories through GraphQL: made, changed, deleted, and what is refused at which field."""

import pytest

from gql.ids import encoder
from tests.gql.shop import do, errors
from tests.world import World

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
CUSTOMER = "customer { id token sourceId name email phone birthdate address metadata updatedAt }"
CATEGORY = "category { id name hierarchy }"


async def test_a_customer_is_made_changed_and_forgotten(world: World) -> None:
    told = {"sourceId": "me", "name": "Jane", "email": "j@example.org", "address": {"city": "Bern"}}
    made = (await do(world, "customerCreate", told, CUSTOMER))["customer"]
    assert made["token"].startswith("cust_")
    again = {"sourceId": "me", "phone": "1", "birthdate": "1990-01-31", "metadata": {"a": 1}}
    known = (await do(world, "customerCreate", again, CUSTOMER))["customer"]
    assert (known["id"], known["name"], known["phone"]) == (made["id"], "Jane", "1")
    change = {"id": made["id"], "name": "Joan", "email": None, "metadata": None, "address": {"zip": "3000"}}
    changed = (await do(world, "customerUpdate", change, CUSTOMER))["customer"]
    assert changed.pop("updatedAt") is not None
    assert changed == {
        "id": made["id"],
        "token": made["token"],
        "sourceId": "me",
        "name": "Joan",
        "email": None,
        "phone": "1",
        "birthdate": "1990-01-31",
        "address": {"city": "Bern", "zip": "3000"},
        "metadata": {"a": 1},
    }
    gone = await do(world, "customerDelete", {"id": made["id"]}, "deletedId")
    assert gone == {"deletedId": made["id"], "userErrors": []}
    assert (await world.data('{ customer(sourceId: "me") { id } }'))["customer"] is None
    assert await errors(world, "customerDelete", {"id": made["id"]}) == [("NOT_FOUND", "id")]


async def test_a_category_is_made_changed_and_deleted(world: World) -> None:
    made = (await do(world, "categoryCreate", {"name": "Summer", "hierarchy": 3}, CATEGORY))["category"]
    assert (made["name"], made["hierarchy"]) == ("Summer", 3)
    changed = await do(world, "categoryUpdate", {"id": made["id"], "name": "Winter", "hierarchy": None}, CATEGORY)
    assert changed == {"category": {"id": made["id"], "name": "Winter", "hierarchy": 3}, "userErrors": []}
    voucher = {"category": "Winter", "benefit": {"discount": {"type": "PERCENT", "percentOff": 10}}}
    assert await errors(world, "voucherCreate", voucher) == []
    assert await errors(world, "categoryDelete", {"id": made["id"]}) == [("IN_USE", None)]
    other = (await do(world, "categoryCreate", {"name": "Empty"}, CATEGORY))["category"]["id"]
    gone = await do(world, "categoryDelete", {"id": other}, "deletedId")
    assert gone == {"deletedId": other, "userErrors": []}
    assert (await world.data("{ categories { nodes { name } } }"))["categories"]["nodes"] == [{"name": "Winter"}]


@SQLITE
async def test_refusals_name_their_field_wherever_the_customer_is(world: World) -> None:
    wrong = {"name": "x" * 1001, "email": "\0"}
    expected = [("INVALID", f"%s{name}") for name in ("name", "email")]
    assert await errors(world, "customerCreate", wrong) == [(code, at % "") for code, at in expected]
    within = {"customer": wrong, "code": "X"}
    assert await errors(world, "voucherPublish", within) == [(code, at % "customer.") for code, at in expected]
    till = {"customer": wrong, "vouchers": [{"code": "X"}]}
    assert await errors(world, "voucherRedeem", till) == [(code, at % "customer.") for code, at in expected]
    assert await errors(world, "customerCreate", {"address": []}) == [("INVALID", "address")]
    assert await errors(world, "customerCreate", {"token": "cust_none"}) == [("NOT_FOUND", "token")]


@SQLITE
async def test_a_birthdate_is_a_day(world: World) -> None:
    query = 'mutation ($day: Date) { customerCreate(input: {name: "Ada", birthdate: $day}) { customer { birthdate } } }'
    for day in ("1990-1-31", "1990-02-30", "yesterday"):
        (error,) = (await world.graphql(query, {"day": day})).json()["errors"]
        assert error["extensions"]["code"] == "BAD_VARIABLES"
    made = await world.data(query, {"day": "1990-01-31"})
    assert made["customerCreate"]["customer"] == {"birthdate": "1990-01-31"}


@SQLITE
async def test_refusals_of_categories_name_their_field(world: World) -> None:
    made = (await do(world, "categoryCreate", {"name": "Summer"}, CATEGORY))["category"]["id"]
    other = (await do(world, "categoryCreate", {"name": "Winter"}, CATEGORY))["category"]["id"]
    assert await errors(world, "categoryCreate", {"name": "Summer"}) == [("TAKEN", "name")]
    assert await errors(world, "categoryUpdate", {"id": other, "name": "Summer"}) == [("TAKEN", "name")]
    wrong = {"name": " ", "hierarchy": -1}
    expected = [("INVALID", "name"), ("INVALID", "hierarchy")]
    assert await errors(world, "categoryCreate", wrong) == expected
    assert await errors(world, "categoryUpdate", {"id": made, **wrong}) == expected
    assert await errors(world, "categoryDelete", {"id": encoder("Customer")(1)}) == [("INVALID", "id")]


@SQLITE
async def test_another_tenant_s_and_none_look_the_same_and_writing_needs_its_scope(world: World) -> None:
    for noun, told in (("customer", {"sourceId": "me"}), ("category", {"name": "Summer"})):
        made = (await do(world, f"{noun}Create", told, f"{noun} {{ id }}"))[noun]["id"]
        none = encoder(noun.capitalize())(10**6)
        for verb in (f"{noun}Update", f"{noun}Delete"):
            for key, token in ((made, "beta"), (none, "beta"), (none, "acme")):
                assert await errors(world, verb, {"id": key}, token=token) == [("NOT_FOUND", "id")]
            for token in ("acme_reads", "acme_nothing"):
                assert await errors(world, verb, {"id": made}, token=token) == [("PERMISSION_DENIED", None)]
        assert await errors(world, f"{noun}Create", told, token="acme_writes") == [("PERMISSION_DENIED", None)]


@SQLITE
async def test_a_retry_under_a_key_makes_nothing_twice(world: World) -> None:
    anonymous = {"name": "Somebody", "idempotencyKey": "once"}
    first = await do(world, "customerCreate", anonymous, CUSTOMER)
    assert await do(world, "customerCreate", anonymous, CUSTOMER) == first
    named = {"name": "Summer", "idempotencyKey": "once more"}
    once = await do(world, "categoryCreate", named, CATEGORY)
    assert await do(world, "categoryCreate", named, CATEGORY) == once
    assert (await world.data("{ customers { totalCount } categories { totalCount } }")) == {
        "customers": {"totalCount": 1},
        "categories": {"totalCount": 1},
    }
    other = await errors(world, "categoryCreate", {**named, "name": "Winter"})
    assert [code for code, _ in other] == ["IDEMPOTENCY_KEY_REUSED"]
