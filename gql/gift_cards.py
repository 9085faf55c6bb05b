"""Gift cards and their transactions: types, and how one is asked for."""

from typing import Annotated

import strawberry

from gql import ids
from gql.gift_card_lists import TRANSACTIONS
from gql.money import Money, money
from gql.nodes import Node, node_id
from gql.reads import Args, Leaf, Related, by
from gql.run import Run
from gql.scalars import Json, Timestamp
from models.problems import Invalid
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Ask

CARD_ID = "The gift card's global id."


@strawberry.type(description="One booking of a gift card. Transactions are never changed and never removed.")
class GiftCardTransaction(Node):
    id: strawberry.ID = by(node_id("GiftCardTransaction"), "The transaction's global id.")
    number: int = by(Leaf(("number",)), "Its place among the card's transactions: 1, 2, 3, without a gap.")
    amount: Money = by(money("amount", "gift_card", "currency"), "What was booked: negative for a debit.")
    balance_after: Money = by(money("balance_after", "gift_card", "currency"), "The card's balance right after it.")
    booked_at: Timestamp = by(Leaf(("booked_at",)), "When it was booked.")
    text: str | None = by(Leaf(("text",)), "A note for people.")
    info: Json | None = by(Leaf(("info",)), "What the program that booked it noted for itself.")
    order_code: str | None = by(Leaf(("order", "code")), "The code of the order it paid, if it paid one.")
    event_slug: str | None = by(Leaf(("order", "event", "slug")), "The slug of that order's event.")
    acceptor_slug: str | None = by(Leaf(("acceptor", "slug")), "The slug of the organizer in whose shop it was booked.")
    order: Annotated["Order", strawberry.lazy("gql.orders")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("own_order",)), "That order; null if it is another organizer's, or of an event out of reach."
    )
    acceptor: Annotated["Organizer", strawberry.lazy("gql.organizers")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("own_acceptor",)), "The organizer in whose shop it was booked; null if the token does not reach it."
    )
    gift_card: Annotated["GiftCard", strawberry.lazy("gql.gift_cards")] = by(Related(("gift_card",)), "The card.")


@strawberry.type(
    description="A balance that is the sum of its transactions: the issuer's, to be spent at its acceptors."
)
class GiftCard(Node):
    id: strawberry.ID = by(node_id("GiftCard"), CARD_ID)
    secret: str = by(Leaf(("secret",)), "The code by which it is spent.")
    balance: Money = by(money("balance", "currency"), "What is left on it.")
    testmode: bool = by(Leaf(("testmode",)), "Whether it is for testing only.")
    active: bool = by(
        Leaf(("active",)), "Whether it is switched on. One that is off keeps its balance and refuses bookings."
    )
    issued_at: Timestamp = by(Leaf(("issued_at",)), "When it was issued.")
    expires_at: Timestamp | None = by(
        Leaf(("expires_at",)), "When it expires, if it does. Shops go by it; bookings do not."
    )
    conditions: str | None = by(Leaf(("conditions",)), "Its special terms, for people.")
    owner_ticket_id: strawberry.ID | None = by(
        Leaf(("owner_ticket_id",), ids.encoder("Ticket")),
        "The global id of the ticket whose owner it belongs to, if any.",
    )
    owner_ticket: Annotated["Ticket", strawberry.lazy("gql.orders")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("own_ticket",)), "That ticket; null if it is of an event out of reach."
    )
    action: Annotated["Action", strawberry.lazy("gql.actions")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("action",)), "What issued it, if it was issued with others by `giftCardsIssue`."
    )
    issuer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("issuer",)), "The organizer that issued it and owes its balance."
    )

    # Within a card the order of numbers is that of ids, and has an index.
    transactions = TRANSACTIONS.below(
        "transactions", "Its transactions, oldest first unless asked otherwise.", orders={"id": "number"}
    )


def one(args: Args, run: Run) -> Ask | None:
    """The card by its id or by its secret."""
    if (args.get("id") is None) is (args.get("secret") is None):
        raise Invalid("Name the card by its `id` or by its `secret`.", field="id", reason="one_of")
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    reach = "accepted" if args.get("includeAccepted") else "own"
    if args.get("secret") is not None:
        named = None if "\0" in args["secret"] else Compare("secret", "eq", args["secret"])
    else:
        found = ids.decode(args["id"])
        named = Compare("id", "eq", found[1]) if found is not None and found[0] == "GiftCard" else None
    return None if named is None else Ask(1, named, reach=reach, organizer_id=organizer_id)


def transaction(args: Args, run: Run) -> Ask | None:
    """The transaction by its card and its number there."""
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    found = ids.decode(args["giftCard"])
    if found is None or found[0] != "GiftCard":
        return None
    numbered = All((Compare("gift_card_id", "eq", found[1]), Compare("number", "eq", args["number"])))
    return Ask(1, numbered, organizer_id=organizer_id)
