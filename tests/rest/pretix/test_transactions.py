"""A gift card's ledger through the pretix door."""

from sqlalchemy import select, update

from models.gift_card import gift_card_transaction
from models.order import order
from tests.rest.pretix.conftest import ON_SQLITE, Door

FIELDS = ["id", "datetime", "value", "event", "order", "text", "info", "acceptor"]


async def test_transactions_are_listed_oldest_first(door: Door) -> None:
    card = await door.world.card(1000)
    await door.world.transact(card, -250, text="a", info={"b": 1})
    await door.world.transact(card, 1, text="c")
    answer = await door.get(f"{card}/transactions/?ordering=-datetime&value=0.01&testmode=true")
    found = answer.json()
    assert [each["value"] for each in found["results"]] == ["10.00", "-2.50", "0.01"]
    assert [each["info"] for each in found["results"]] == [None, {"b": 1}, None]
    assert list(found["results"][0]) == FIELDS
    assert (found["count"], answer.headers["allow"]) == (3, "GET, HEAD, OPTIONS")


async def test_transactions_are_paged(door: Door) -> None:
    card = await door.world.card(1000)
    for _ in range(4):
        await door.world.transact(card, 1)
    address = f"http://foyer.test/api/v1/organizers/acme/giftcards/{card}/transactions/"
    second = (await door.get(f"{card}/transactions/?page_size=2&page=2")).json()
    assert (second["count"], len(second["results"])) == (5, 2)
    assert second["next"] == f"{address}?page=3&page_size=2"
    assert second["previous"] == f"{address}?page_size=2"
    last = (await door.get(f"{card}/transactions/?page_size=2&page=last")).json()
    assert (last["next"], last["previous"]) == (None, f"{address}?page=2&page_size=2")
    assert (await door.get(f"{card}/transactions/?page=9")).json() == {"detail": "Invalid page."}


async def test_one_transaction_is_shown_below_its_own_card_only(door: Door) -> None:
    first, second = await door.world.card(1), await door.world.card(2)
    (booked,) = (await door.get(f"{first}/transactions/")).json()["results"]
    assert (await door.get(f"{first}/transactions/{booked['id']}/")).json() == booked
    missing = {"detail": "No GiftCardTransaction matches the given query."}
    for path in (f"{second}/transactions/{booked['id']}/", f"{first}/transactions/{2**63}/"):
        answer = await door.get(path)
        assert (answer.status_code, answer.json()) == (404, missing)
    assert (await door.get(f"{first}/transactions/abc/")).json() == {"detail": "Not found."}


async def test_a_card_out_of_reach_has_no_transactions(door: Door) -> None:
    beta = await door.world.card(1, of="beta")
    missing = {"detail": "No GiftCard matches the given query."}
    for path in (
        f"{beta}/transactions/",
        "99999999/transactions/",
        f"{beta}/transactions/1/",
        f"{2**63}/transactions/",
    ):
        assert (await door.get(path)).json() == missing
    # Where pretix fails with a 500.
    assert (await door.get("abc/transactions/")).json() == {"detail": "Not found."}
    assert (await door.get(f"{beta}/transactions/?include_accepted=true")).json()["count"] == 1


async def test_a_transaction_shows_the_order_it_paid(door: Door) -> None:
    card = await door.world.card(1)
    paid = update(gift_card_transaction).values(order_id=select(order.c.id).scalar_subquery())
    await door.world.database.write(lambda tx: tx.rows(paid.returning(gift_card_transaction.c.id)))
    (booked,) = (await door.get(f"{card}/transactions/")).json()["results"]
    assert (booked["event"], booked["order"]) == ("conf", "FOO12")


@ON_SQLITE
async def test_transactions_are_read_only(door: Door) -> None:
    card = await door.world.card(1)
    for method, path in (("POST", f"{card}/transactions/"), ("DELETE", f"{card}/transactions/1/")):
        answer = await door.ask(method, path, json={"value": "1.00"})
        assert (answer.status_code, answer.json()) == (405, {"detail": f'Method "{method}" not allowed.'})
