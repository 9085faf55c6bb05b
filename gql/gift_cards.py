"""Gift cards and their transactions: types, filters, orders, and the mutations."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from functools import partial
from typing import Annotated, Any, Optional

import strawberry

from gql import ids
from gql.errors import UserError
from gql.filters import AmountFilter, DateTimeFilter, TextFilter, condition, optional
from gql.money import Money, hundredths, money
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Errors, Found, Leaf, Listed, Mutates, Related, argument, by, method
from gql.run import Run
from gql.scalars import Amount, Json, Timestamp
from models.unset import UNSET
from resolvers import gift_cards
from resolvers.context import Work
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

KEY = "Makes a retry safe: a second mutation with the same key and input answers as the first and does nothing."
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


# -- mutations: inputs and payloads ----------------------------------------------------------------------------------


def _written(source: str, key: str) -> Found:
    """An object of the payload: the one whose key the verb's outcome names, as it is right after the verb."""

    def asking(_: Args, run: Run) -> Ask | None:
        if run.outcome is None or run.outcome.get(key) is None:
            return None
        where = Compare("id", "eq", run.outcome[key])
        return Ask(1, where, reach="written", organizer_id=run.outcome["organizer_id"])

    return Found(source, asking)


CARD = _written("gift_card", "card_id")
ERRORS = "Why nothing was done; empty if it was."


@strawberry.type(description="The outcome of `giftCardIssue`.")
class GiftCardIssuePayload:
    gift_card: GiftCard | None = by(CARD, "The new card.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardUpdate`.")
class GiftCardUpdatePayload:
    gift_card: GiftCard | None = by(CARD, "The card as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardTransact`.")
class GiftCardTransactPayload:
    gift_card: GiftCard | None = by(CARD, "The card with its new balance.")
    transaction: GiftCardTransaction | None = by(
        _written("gift_card_transaction", "transaction_id"), "What was booked."
    )
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardEnable`.")
class GiftCardEnablePayload:
    gift_card: GiftCard | None = by(CARD, "The card, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardDisable`.")
class GiftCardDisablePayload:
    gift_card: GiftCard | None = by(CARD, "The card, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


ORGANIZER = "The slug of the organizer on whose behalf; may be left out if the token reaches only one."


@strawberry.input(description="A gift card to be issued.")
class GiftCardIssueInput:
    amount: Amount = strawberry.field(description="The initial balance, from 0.00; booked as the first transaction.")
    currency: str = strawberry.field(description="The ISO 4217 code of the currency it is held in.")
    secret: str | None = optional("The code by which it is spent. Made up, 16 letters and digits, if left out.")
    testmode: bool | None = optional("Whether it is for testing only; false by default.")
    expires_at: Timestamp | None = optional("When it expires, if it does.")
    conditions: str | None = optional("Special terms, for people.")
    owner_ticket: strawberry.ID | None = optional("The secret of the ticket whose owner it belongs to.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a gift card. What is left out stays as it is.")
class GiftCardUpdateInput:
    id: strawberry.ID = strawberry.field(description=CARD_ID)
    balance: Amount | None = optional("The new balance: the difference is booked, under the card's lock.")
    expires_at: Timestamp | None = optional("When it expires; null for never.")
    conditions: str | None = optional("Special terms, for people; null for none.")
    owner_ticket: strawberry.ID | None = optional(
        "The secret of the ticket whose owner it belongs to; null for nobody."
    )
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A booking.")
class GiftCardTransactInput:
    id: strawberry.ID = strawberry.field(description=CARD_ID)
    amount: Amount = strawberry.field(description="What to book: negative to debit. Never below a balance of 0.00.")
    text: str | None = optional("A note for people.")
    info: Json | None = optional("What your program wants to note for itself.")
    organizer: str | None = optional(
        ORGANIZER + " It is the acceptor: the card may be another issuer's that it accepts."
    )
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A gift card to be switched on.")
class GiftCardEnableInput:
    id: strawberry.ID = strawberry.field(description=CARD_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A gift card to be switched off.")
class GiftCardDisableInput:
    id: strawberry.ID = strawberry.field(description=CARD_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


# -- mutations: verbs ------------------------------------------------------------------------------------------------

Verb = Callable[[Work], Awaitable[Mapping[str, Any]]]


def _issue(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    issued = partial(
        gift_cards.issue,
        organizer_id=organizer_id,
        amount=hundredths(given["amount"]),
        currency=given["currency"],
        secret=given.get("secret"),
        testmode=given.get("testmode") or False,
        expires_at=given.get("expiresAt"),
        conditions=given.get("conditions"),
        owner_ticket=given.get("ownerTicket"),
    )
    return _booked(issued, organizer_id)


def _transact(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    transacted = partial(
        gift_cards.transact,
        organizer_id=organizer_id,
        card_id=ids.key_of(given["id"], "GiftCard"),
        amount=hundredths(given["amount"]),
        text=given.get("text"),
        info=given.get("info"),
        accepted=True,
    )
    return _booked(transacted, organizer_id)


def _update(given: Args, run: Run) -> Verb:
    balance = given.get("balance")
    changes = {
        "balance": UNSET if balance is None else hundredths(balance, field="balance"),
        "expires_at": given.get("expiresAt", UNSET),
        "conditions": given.get("conditions", UNSET),
        "owner_ticket": given.get("ownerTicket", UNSET),
    }
    return _on_card(partial(gift_cards.update_card, **changes), given, run)


def _enable(given: Args, run: Run) -> Verb:
    return _on_card(gift_cards.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_card(gift_cards.disable, given, run)


def _booked(verb: Callable[[Work], Awaitable[gift_cards.Booked]], organizer_id: int) -> Verb:
    async def booked(work: Work) -> Mapping[str, Any]:
        outcome = await verb(work)
        return {
            "organizer_id": organizer_id,
            "card_id": outcome.card_id,
            "transaction_id": outcome.transaction_id,
        }

    return booked


def _on_card(verb: Callable[..., Awaitable[int]], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    card_id = ids.key_of(given["id"], "GiftCard")

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "card_id": await verb(work, organizer_id, card_id)}

    return done


@strawberry.type
class GiftCardMutations:
    @method(Mutates(_issue), "Issue a gift card.")
    def gift_card_issue(self, input: Annotated[GiftCardIssueInput, argument("The card.")]) -> GiftCardIssuePayload: ...

    @method(Mutates(_update), "Change a gift card's terms, or set its balance.")
    def gift_card_update(
        self, input: Annotated[GiftCardUpdateInput, argument("The changes.")]
    ) -> GiftCardUpdatePayload: ...

    @method(Mutates(_transact), "Book an amount on a gift card, at once or not at all: never below a balance of 0.00.")
    def gift_card_transact(
        self, input: Annotated[GiftCardTransactInput, argument("The booking.")]
    ) -> GiftCardTransactPayload: ...

    @method(Mutates(_enable), "Switch a gift card on. Nothing happens if it is.")
    def gift_card_enable(
        self, input: Annotated[GiftCardEnableInput, argument("The card.")]
    ) -> GiftCardEnablePayload: ...

    @method(Mutates(_disable), "Switch a gift card off: it keeps its balance and refuses bookings until it is on.")
    def gift_card_disable(
        self, input: Annotated[GiftCardDisableInput, argument("The card.")]
    ) -> GiftCardDisablePayload: ...
