"""What can be done with gift cards: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.errors import UserError
from gql.filters import optional
from gql.gift_cards import CARD_ID, GiftCard, GiftCardTransaction
from gql.money import hundredths
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Amount, Json, Timestamp
from models.unset import UNSET
from resolvers import balances, gift_cards
from resolvers.context import Work

CARD = written("gift_card", "card_id")
OWNER = "The global id or the secret of the ticket whose owner it belongs to"


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
    transaction: GiftCardTransaction | None = by(written("gift_card_transaction", "transaction_id"), "What was booked.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardEnable`.")
class GiftCardEnablePayload:
    gift_card: GiftCard | None = by(CARD, "The card, which is now on.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardDisable`.")
class GiftCardDisablePayload:
    gift_card: GiftCard | None = by(CARD, "The card, which is now off.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A gift card to be issued.")
class GiftCardIssueInput:
    amount: Amount = strawberry.field(description="The initial balance, from 0.00; booked as the first transaction.")
    currency: str = strawberry.field(description="The ISO 4217 code of the currency it is held in.")
    secret: str | None = optional("The code by which it is spent. Made up, 16 letters and digits, if left out.")
    testmode: bool | None = optional("Whether it is for testing only; false by default.")
    expires_at: Timestamp | None = optional("When it expires, if it does.")
    conditions: str | None = optional("Special terms, for people.")
    owner_ticket: strawberry.ID | None = optional(OWNER + ".")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a gift card. What is left out stays as it is.")
class GiftCardUpdateInput:
    id: strawberry.ID = strawberry.field(description=CARD_ID)
    balance: Amount | None = optional("The new balance: the difference is booked, under the card's lock.")
    expires_at: Timestamp | None = optional("When it expires; null for never.")
    conditions: str | None = optional("Special terms, for people; null for none.")
    owner_ticket: strawberry.ID | None = optional(OWNER + "; null for nobody.")
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
        owner_ticket=_ticket(given.get("ownerTicket")),
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
        "owner_ticket": _ticket(given["ownerTicket"]) if "ownerTicket" in given else UNSET,
    }
    return _on_card(partial(gift_cards.update_card, **changes), given, run)


def _ticket(named: str | None) -> int | str | None:
    """A ticket's key, if this is a ticket's global id; else it is its secret."""
    found = None if named is None else ids.decode(named)
    return found[1] if found is not None and found[0] == "Ticket" else named


def _enable(given: Args, run: Run) -> Verb:
    return _on_card(gift_cards.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _on_card(gift_cards.disable, given, run)


def _booked(verb: Callable[[Work], Awaitable[balances.Booked]], organizer_id: int) -> Verb:
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
    def gift_card_issue(
        self, input: Annotated[GiftCardIssueInput, argument("The card.")]
    ) -> GiftCardIssuePayload | None: ...

    @method(Mutates(_update), "Change a gift card's terms, or set its balance.")
    def gift_card_update(
        self, input: Annotated[GiftCardUpdateInput, argument("The changes.")]
    ) -> GiftCardUpdatePayload | None: ...

    @method(Mutates(_transact), "Book an amount on a gift card, at once or not at all: never below a balance of 0.00.")
    def gift_card_transact(
        self, input: Annotated[GiftCardTransactInput, argument("The booking.")]
    ) -> GiftCardTransactPayload | None: ...

    @method(Mutates(_enable), "Switch a gift card on. Nothing happens if it is.")
    def gift_card_enable(
        self, input: Annotated[GiftCardEnableInput, argument("The card.")]
    ) -> GiftCardEnablePayload | None: ...

    @method(Mutates(_disable), "Switch a gift card off: it keeps its balance and refuses bookings until it is on.")
    def gift_card_disable(
        self, input: Annotated[GiftCardDisableInput, argument("The card.")]
    ) -> GiftCardDisablePayload | None: ...
