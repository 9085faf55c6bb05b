"""What gift cards do, through every door and on both engines."""

from typing import Any

import pytest
from sqlalchemy import select

from models.change import change
from resolvers import ledger
from tests.doors import DOORS, Door, GraphQLDoor, Refused, refused
from tests.world import World

FULL = "99999999999.99"
UNKNOWN = 999_999


@pytest.fixture
def other(door: Door) -> Door:
    """The other door of the same server."""
    (found,) = (kind for name, kind in DOORS.items() if name != door.name)
    return found(door.world)


@pytest.fixture
def switch(world: World) -> GraphQLDoor:
    """Only GraphQL can switch a card off and on; every door sees that it is."""
    return GraphQLDoor(world)


async def changes(world: World) -> list[tuple[str, int]]:
    """What happened to gift cards, in order: what, and to which."""
    columns = (change.c.kind, change.c.noun_id, change.c.content)
    asked = select(*columns).where(change.c.kind.like("gift_card%")).order_by(change.c.id)
    rows = await world.database.write(lambda tx: tx.rows(asked))
    return [(kind, content.get("gift_card_id", noun)) for kind, noun, content in rows]


async def assert_nothing_booked(door: Door, card: int, amounts: list[str], **options: Any) -> None:
    assert await door.amounts(card, **options) == amounts
    assert await ledger.differences(door.world.database) == []


# -- issuing -----------------------------------------------------------------------------------------------------------


async def test_issuing_books_the_first_transaction(door: Door) -> None:
    for amount in ("25.00", "0.00", "0.01", FULL):
        card = await door.issue(amount)
        (booking,) = await door.transactions(card)
        assert (booking.amount, booking.text, booking.acceptor) == (amount, None, "acme")
        assert await door.balance(card) == amount


async def test_amounts_that_no_card_can_hold_are_not_issued(door: Door) -> None:
    for amount in ("-0.01", "0.001", "100000000000.00", "1e400", "1e-400", "9" * 60, "NaN", "", "x"):
        with refused("invalid"):
            await door.issue(amount)
    assert await changes(door.world) == []


async def test_unknown_currencies_are_refused(door: Door) -> None:
    for currency in ("eur", "EURO", "XTS", "", "\0\0\0"):
        with refused("invalid"):
            await door.issue("1.00", currency=currency)


async def test_malformed_secrets_are_refused(door: Door) -> None:
    for secret in ("A", "-AB", ".AB", "A B", "AÜ1", "A\0B", "A" * 191, "A/B"):
        with refused("invalid"):
            await door.issue("1.00", secret=secret)
    assert await changes(door.world) == []


async def test_a_secret_is_issued_once(door: Door, other: Door) -> None:
    await door.issue("1.00", secret="SUMMER-1")
    for again in (door, other):
        with refused("taken"):
            await again.issue("2.00", secret="SUMMER-1")
    # Secrets are compared as they are written.
    await door.issue("3.00", secret="summer-1")
    assert [kind for kind, _ in await changes(door.world)].count("gift_card.issued") == 2


async def test_secrets_of_accepted_issuers_are_taken(door: Door) -> None:
    await door.world.card(100, of="beta", secret="FROM-BETA")
    await door.world.card(100, of="gamma", secret="FROM-GAMMA")
    with refused("taken"):
        await door.issue("1.00", secret="FROM-BETA")
    # An acceptance that is not active counts for nothing, and an active one binds the acceptor only.
    await door.issue("1.00", secret="FROM-GAMMA")
    await door.issue("1.00", secret="OF-ACME")
    await door.issue("1.00", secret="OF-ACME", token="beta", of="beta")


# -- booking -----------------------------------------------------------------------------------------------------------


async def test_bookings_move_the_balance(door: Door) -> None:
    card = await door.issue("10.00")
    assert (await door.transact(card, "-3.50", text="a coffee")).balance == "6.50"
    assert (await door.transact(card, "0.25", text="change")).balance == "6.75"
    booked = [(booking.amount, booking.text) for booking in await door.transactions(card)]
    assert booked == [("10.00", None), ("-3.50", "a coffee"), ("0.25", "change")]
    assert await door.balance(card) == "6.75"


async def test_a_card_can_be_spent_to_the_last_cent(door: Door) -> None:
    card = await door.issue("10.00")
    assert (await door.transact(card, "-10.00")).balance == "0.00"
    with refused("insufficient_funds"):
        await door.transact(card, "-0.01")


async def test_overdraft_is_refused(door: Door) -> None:
    card = await door.issue("10.00")
    for amount in ("-10.01", f"-{FULL}"):
        with refused("insufficient_funds"):
            await door.transact(card, amount)
    await assert_nothing_booked(door, card, ["10.00"])
    assert await door.balance(card) == "10.00"


async def test_zero_is_booked(door: Door) -> None:
    card = await door.issue("10.00")
    assert (await door.transact(card, "0.00")).balance == "10.00"
    assert await door.amounts(card) == ["10.00", "0.00"]


async def test_amounts_out_of_bounds_are_refused(door: Door) -> None:
    card = await door.issue("10.00")
    large: list[Any] = ["100000000000.00", "-100000000000.00", "1e30", "-1e400", "9" * 60, 10**40, 10**400, 1e300]
    for amount in (*large, "0.001", "NaN", "-Infinity", "", "one", True, [], {}, None):
        with refused("invalid", "amount_too_large"):
            await door.transact(card, amount)
    await assert_nothing_booked(door, card, ["10.00"])


async def test_a_balance_has_an_upper_bound(door: Door) -> None:
    card = await door.issue("99999999999.98")
    assert (await door.transact(card, "0.01")).balance == FULL
    for amount in ("0.01", FULL):
        with refused("amount_too_large"):
            await door.transact(card, amount)
    await assert_nothing_booked(door, card, ["99999999999.98", "0.01"])
    assert (await door.transact(card, f"-{FULL}")).balance == "0.00"


async def test_setting_a_balance_books_the_difference(door: Door) -> None:
    card = await door.issue("10.00")
    for balance in ("12.50", "0.00", "0.00", FULL):
        assert await door.set_balance(card, balance) == balance
    assert await door.amounts(card) == ["10.00", "2.50", "-12.50", "0.00", FULL]
    assert await ledger.differences(door.world.database) == []


async def test_balances_out_of_bounds_are_not_set(door: Door) -> None:
    card = await door.issue("10.00")
    for balance in ("-0.01", "100000000000.00", "1.001", "1e400", "NaN"):
        with refused("invalid"):
            await door.set_balance(card, balance)
    await assert_nothing_booked(door, card, ["10.00"])


# -- changing ----------------------------------------------------------------------------------------------------------


async def test_conditions_change_and_nothing_else(door: Door) -> None:
    card = await door.issue("10.00", conditions="for tea")
    assert await door.update(card, {"conditions": "for coffee"}) == "10.00"
    assert await door.conditions(card) == "for coffee"
    await door.update(card, {"conditions": None})
    assert await door.conditions(card) is None
    assert await door.amounts(card) == ["10.00"]


async def test_disabled_card_refuses_bookings_until_it_is_enabled(door: Door, switch: GraphQLDoor) -> None:
    card = await door.issue("10.00")
    assert await switch.disable(card) is False
    for amount in ("-1.00", "1.00", "0.00", "-99.00"):
        with refused("disabled") as refusal:
            await door.transact(card, amount)
        assert refusal.value.response.status_code == (409 if door.name == "pretix" else 200)
    with refused("disabled"):
        await door.set_balance(card, "5.00")
    await assert_nothing_booked(door, card, ["10.00"])
    assert await door.balance(card) == "10.00"
    assert await switch.enable(card) is True
    assert (await door.transact(card, "-1.00")).balance == "9.00"


async def test_an_update_that_is_refused_in_part_changes_nothing(door: Door, switch: GraphQLDoor) -> None:
    card = await door.issue("10.00", conditions="old")
    await switch.disable(card)
    before = await changes(door.world)
    with refused("disabled"):
        await door.update(card, {"conditions": "new", "balance": "5.00"})
    assert await door.conditions(card) == "old"
    assert await changes(door.world) == before


async def test_switching_twice_happens_once(world: World, switch: GraphQLDoor) -> None:
    card = await world.card(1000)
    for wanted in (False, False, True, True, True):
        assert await (switch.enable(card) if wanted else switch.disable(card)) is wanted
    assert [kind for kind, _ in await changes(world)][2:] == ["gift_card.disabled", "gift_card.enabled"]


# -- whose card --------------------------------------------------------------------------------------------------------


async def test_unknown_and_foreign_cards_look_alike(door: Door) -> None:
    foreign = await door.world.card(1000, of="gamma", secret="GAMMA-1")

    async def answers(card: int) -> list[tuple[int, Any]]:
        found = []
        for act in (
            door.balance(card),
            door.transactions(card),
            door.transact(card, "-1.00"),
            door.transact(card, "-99.00"),
            door.set_balance(card, "5.00"),
            door.update(card, {"conditions": "mine now"}),
        ):
            with refused("not_found") as refusal:
                await act
            answer = refusal.value.response.json()
            answer.pop("extensions", None)  # what is left of the token's budget is another at each request
            found.append((refusal.value.response.status_code, answer))
        return found

    assert await answers(foreign) == await answers(UNKNOWN)
    assert await door.world.transact(foreign, 0, of="gamma") == (foreign, 2, 1000)


async def test_foreign_cards_are_not_switched(world: World, switch: GraphQLDoor) -> None:
    before = await world.card(1000, of="beta")
    for card in (before, UNKNOWN):
        with refused("not_found"):
            await switch.disable(card)
        with refused("not_found"):
            await switch.enable(card)


async def test_ids_that_no_card_has_are_refused(door: Door) -> None:
    for card in (0, -1, 2**63 - 1, 2**63, 10**40):
        for act in (door.balance(card), door.transact(card, "1.00"), door.update(card, {"conditions": None})):
            # A global id that no row can have is malformed.
            with refused("not_found", "invalid"):
                await act


async def test_accepted_cards_are_spent_by_the_acceptor(door: Door, other: Door) -> None:
    card = await door.world.card(1000, of="beta")
    assert (await door.transact(card, "-4.00", accepted=True)).balance == "6.00"
    assert await other.balance(card, accepted=True) == "6.00"
    bookings = await door.transactions(card, token="beta", of="beta")
    assert [(booking.amount, booking.acceptor) for booking in bookings] == [("10.00", "beta"), ("-4.00", "acme")]
    # The acceptor spends; the issuer alone changes.
    with refused("not_found", "permission_denied"):
        await door.set_balance(card, "5.00", accepted=True)


async def test_cards_are_not_spent_by_others(door: Door) -> None:
    own = await door.issue("10.00")
    with refused("not_found"):
        await door.transact(own, "-1.00", token="beta", of="beta", accepted=True)
    await assert_nothing_booked(door, own, ["10.00"])


async def test_inactive_acceptance_counts_for_nothing(door: Door) -> None:
    card = await door.world.card(1000, of="gamma")
    with refused("not_found"):
        await door.transact(card, "-1.00", accepted=True)
    with refused("not_found"):
        await door.balance(card, accepted=True)


async def test_another_organizer_is_out_of_reach(door: Door) -> None:
    card = await door.world.card(1000, of="beta")
    before = await changes(door.world)
    for act in (
        door.issue("1.00", of="beta"),
        door.transact(card, "-1.00", of="beta"),
        door.set_balance(card, "1.00", of="beta"),
        door.issue("1.00", of="nobody"),
    ):
        with refused("permission_denied", "not_found"):
            await act
    assert await changes(door.world) == before


# -- who may -----------------------------------------------------------------------------------------------------------


async def test_token_that_reads_does_not_write(door: Door) -> None:
    card = await door.issue("10.00")
    assert await door.balance(card, token="acme_reads") == "10.00"
    for act in (
        door.issue("1.00", token="acme_reads"),
        door.transact(card, "-1.00", token="acme_reads"),
        door.set_balance(card, "1.00", token="acme_reads"),
    ):
        with refused("permission_denied"):
            await act
    await assert_nothing_booked(door, card, ["10.00"], token="acme_reads")


async def test_token_that_writes_does_not_read(door: Door) -> None:
    card = await door.issue("10.00")
    await door.transact(card, "-1.00", token="acme_writes", blind=True)
    for act in (door.balance(card, token="acme_writes"), door.transactions(card, token="acme_writes")):
        with refused("permission_denied"):
            await act
    assert await door.amounts(card) == ["10.00", "-1.00"]


@pytest.mark.parametrize(("token", "code"), [("acme_nothing", "permission_denied"), ("unheard-of", "unauthenticated")])
async def test_other_tokens_do_nothing(door: Door, token: str, code: str) -> None:
    card = await door.issue("10.00")
    for act in (
        door.issue("1.00", token=token),
        door.transact(card, "-1.00", token=token, blind=True),
        door.set_balance(card, "1.00", token=token),
        door.balance(card, token=token),
        door.transactions(card, token=token),
        # Who may not act is not told what exists.
        door.transact(UNKNOWN, "-1.00", token=token, blind=True),
    ):
        with refused(code):
            await act
    await assert_nothing_booked(door, card, ["10.00"])


async def test_permission_to_switch_is_permission_to_write(world: World, switch: GraphQLDoor) -> None:
    card = await world.card(1000)
    for token in ("acme_reads", "acme_nothing"):
        with refused("permission_denied"):
            await switch.disable(card, token=token)
    assert (await switch.transact(card, "-1.00")).balance == "9.00"


# -- both doors --------------------------------------------------------------------------------------------------------


async def test_what_one_door_writes_the_other_shows_at_once(door: Door, other: Door) -> None:
    card = await door.issue("10.00", conditions="both")
    assert await other.conditions(card) == "both"
    for number in range(1, 6):
        await door.transact(card, "-1.00", text=f"{number}")
        assert await other.balance(card) == f"{10 - number}.00"
        assert (await other.transactions(card))[-1].text == f"{number}"
    await door.set_balance(card, "77.00")
    assert await other.balance(card) == "77.00"
    assert await other.transactions(card) == await door.transactions(card)


async def test_each_thing_that_happens_is_one_change(door: Door, switch: GraphQLDoor) -> None:
    card = await door.issue("10.00")
    booked = ("gift_card_transaction.booked", card)
    expected = [("gift_card.issued", card), booked]
    assert await changes(door.world) == expected
    await door.transact(card, "-1.00")
    await door.transact(card, "0.00")
    expected += [booked] * 2
    assert await changes(door.world) == expected
    await door.update(card, {"conditions": "new", "balance": "5.00"})
    expected += [("gift_card.updated", card), booked]
    assert await changes(door.world) == expected
    await switch.disable(card)
    expected.append(("gift_card.disabled", card))
    assert await changes(door.world) == expected


async def test_what_is_refused_is_no_change(door: Door, switch: GraphQLDoor) -> None:
    card, off = await door.issue("10.00", secret="TAKEN-1"), await door.issue("10.00")
    await switch.disable(off)
    before = await changes(door.world)
    for act in (
        door.issue("1.00", secret="TAKEN-1"),
        door.issue("-1.00"),
        door.transact(card, "-10.01"),
        door.transact(card, FULL),
        door.transact(off, "1.00"),
        door.transact(UNKNOWN, "1.00"),
        door.transact(card, "1.00", text="\0"),
        door.set_balance(off, "1.00"),
        door.transact(card, "1.00", token="acme_reads"),
    ):
        with pytest.raises(Refused):
            await act
    assert await changes(door.world) == before
    assert await ledger.differences(door.world.database) == []


# -- texts -------------------------------------------------------------------------------------------------------------

TEXTS = [
    "Grüße, 日本語, Ελληνικά",
    "🎁👩‍👩‍👧‍👦 \U0010ffff",
    "e\u0301 is not é",
    "\u202egnorw\u202c",
    "quotes \" ' \\ and {braces} %s :name $1 ?",
    "<script>alert(1)</script>",
    "line\nfeed\ttab\u2028and\x7f\x01",
    "x" * 10_000,
]


async def test_texts_come_back_as_they_were_sent(door: Door, other: Door) -> None:
    for text in TEXTS:
        card = await door.issue("1.00", conditions=text)
        await door.transact(card, "1.00", text=text, info={text: [text, {"nul": "\0"}]})
        assert await other.conditions(card) == text
        assert (await other.transactions(card))[-1].text == text


async def test_null_characters_are_refused(door: Door) -> None:
    card = await door.issue("1.00", conditions="old")
    before = await changes(door.world)
    for act in (
        door.issue("1.00", conditions="a\0b"),
        door.transact(card, "1.00", text="a\0b"),
        door.update(card, {"conditions": "a\0b"}),
    ):
        with refused("invalid"):
            await act
    assert await changes(door.world) == before
    assert await door.conditions(card) == "old"
