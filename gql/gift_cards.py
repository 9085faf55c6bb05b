"""Gift cards and their transactions: types, filters, orders."""

from enum import Enum
from typing import Annotated, Optional

import strawberry

from gql import ids
from gql.filters import AmountFilter, DateTimeFilter, TextFilter, condition, optional
from gql.money import Money, money
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.run import Run
from gql.scalars import Json, Timestamp
from resolvers.reading.selection import Ask

CARD_ID = "The gift card's global id."
ABSENT = strawberry.UNSET


def _transactions(args: Args, run: Run) -> Ask:
    descending = getattr(args.get("direction"), "value", "ASC") == "DESC"
    return page(args, run, "gift_card_transaction", descending=descending)


@strawberry.enum(description="Which way a list is sorted.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest, earliest or first first.")
    DESC = strawberry.enum_value("DESC", description="Largest, latest or last first.")


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
    issuer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("issuer",)), "The organizer that issued it and owes its balance."
    )

    @method(Listed("transactions", _transactions), "Its transactions, oldest first unless asked otherwise.")
    def transactions(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
        direction: Annotated[OrderDirection | None, argument("DESC for the newest first.")] = ABSENT,
    ) -> Connection[GiftCardTransaction] | None: ...


# -- lists -----------------------------------------------------------------------------------------------------------


@strawberry.input(description="Which gift cards to show. All parts that are given must hold.")
class GiftCardFilter:
    secret: TextFilter | None = optional("A condition on the secret.")
    currency: TextFilter | None = optional("A condition on the currency's ISO 4217 code.")
    balance: AmountFilter | None = optional("A condition on the balance, whatever the currency.")
    testmode: bool | None = optional("Only cards for testing, or only real ones.")
    active: bool | None = optional("Only cards that are switched on, or only those that are off.")
    expired: bool | None = optional("Only cards past their expiry, or only those that are not.")
    issued_at: DateTimeFilter | None = optional("A condition on when it was issued.")
    expires_at: DateTimeFilter | None = optional("A condition on when it expires.")
    and_: list["GiftCardFilter"] | None = strawberry.field(
        name="and", description="All of these must hold.", default=ABSENT
    )
    or_: list["GiftCardFilter"] | None = strawberry.field(
        name="or", description="At least one of these must hold.", default=ABSENT
    )
    not_: Optional["GiftCardFilter"] = strawberry.field(name="not", description="This must not hold.", default=ABSENT)


FILTER_FIELDS = {name: name for name in ("secret", "currency", "balance", "testmode", "active")} | {
    "expired": "?expired",
    "issuedAt": "issued_at",
    "expiresAt": "expires_at",
}


@strawberry.enum(description="What gift cards can be sorted by.")
class GiftCardOrderField(Enum):
    ISSUED_AT = strawberry.enum_value("issued_at", description="When they were issued.")
    SECRET = strawberry.enum_value("secret", description="Their secrets, by code point.")
    BALANCE = strawberry.enum_value("balance", description="Their balances, whatever the currency.")


@strawberry.input(description="How to sort gift cards.")
class GiftCardOrder:
    field: GiftCardOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.ASC)


def listed(args: Args, run: Run) -> Ask:
    """What a connection of gift cards asks for, at the root (with an organizer) or below an organizer (without)."""
    order = args.get("orderBy") or {}
    return page(
        args,
        run,
        "gift_card",
        where=condition(args.get("filter"), FILTER_FIELDS),
        order=order["field"].value if order else "default",
        descending=bool(order) and order["direction"].value == "DESC",
    )
