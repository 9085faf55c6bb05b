"""What can be done with many gift cards at once: issuing them, which is bulk work, and switching them on and off."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.actions import Action
from gql.errors import UserError
from gql.filters import optional
from gql.gift_cards import GiftCard
from gql.money import hundredths
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, noted, written
from gql.reads import Args, Errors, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Amount, Timestamp
from models.problems import Invalid, Problem, refuse
from resolvers import gift_card_issuing, gift_card_switching
from resolvers.context import Work
from resolvers.gift_card_switching import CARDS_MAX

CARDS = noted("GiftCard", "card_ids", CARDS_MAX, of="ids")
CARD_IDS = f"The global ids of the gift cards, from 1 to {CARDS_MAX:,}: all or none."


@strawberry.type(description="The outcome of `giftCardsIssue`.")
class GiftCardsIssuePayload:
    action: Action | None = by(
        written("action", "action_id"), "What issues the cards; its `giftCards` are those so far."
    )
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardsEnable`.")
class GiftCardsEnablePayload:
    gift_cards: list[GiftCard] = by(CARDS, "The cards, which are now on, in the order of the input.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `giftCardsDisable`.")
class GiftCardsDisablePayload:
    gift_cards: list[GiftCard] = by(CARDS, "The cards, which are now off, in the order of the input.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="Gift cards to be issued, alike but for their secrets.")
class GiftCardsIssueInput:
    count: int = strawberry.field(description="How many: from 1 to 100,000.")
    amount: Amount = strawberry.field(description="The initial balance of each, from 0.00: its first transaction.")
    currency: str = strawberry.field(description="The ISO 4217 code of the currency they are held in.")
    pattern: str | None = optional(
        "How secrets are made: each `#` is drawn from 28 capital letters and digits, everything else is as it is. "
        "16 of them by default; enough of them that nobody guesses one."
    )
    testmode: bool | None = optional("Whether they are for testing only; false by default.")
    expires_at: Timestamp | None = optional("When they expire, if they do.")
    conditions: str | None = optional("Special terms, for people.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="Gift cards to be switched on.")
class GiftCardsEnableInput:
    ids: list[strawberry.ID] = strawberry.field(description=CARD_IDS)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="Gift cards to be switched off.")
class GiftCardsDisableInput:
    ids: list[strawberry.ID] = strawberry.field(description=CARD_IDS)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _issue(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    pattern = given.get("pattern")
    issued = partial(
        gift_card_issuing.issue,
        organizer_id=organizer_id,
        count=given["count"],
        amount=hundredths(given["amount"]),
        currency=given["currency"],
        pattern=gift_card_issuing.PATTERN if pattern is None else pattern,
        testmode=given.get("testmode") or False,
        expires_at=given.get("expiresAt"),
        conditions=given.get("conditions"),
        request_id=run.request_id,
    )

    async def enqueued(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "action_id": (await issued(work)).id}

    return enqueued


def _enable(given: Args, run: Run) -> Verb:
    return _switch(gift_card_switching.enable, given, run)


def _disable(given: Args, run: Run) -> Verb:
    return _switch(gift_card_switching.disable, given, run)


def _switch(verb: Callable[[Work, int, Sequence[int]], Awaitable[None]], given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    card_ids = _keys(given["ids"][: CARDS_MAX + 1])

    async def switched(work: Work) -> Mapping[str, Any]:
        await verb(work, organizer_id, card_ids)
        return {"organizer_id": organizer_id, "card_ids": card_ids}

    return switched


def _keys(given: Sequence[str]) -> list[int]:
    """The keys in the ids. Refuses with `Invalid` each that is none of a card."""
    found: list[int] = []
    wrong: list[Problem] = []
    for place, text in enumerate(given):
        try:
            found.append(ids.key_of(text, "GiftCard", field=f"ids[{place}]"))
        except Invalid as problem:
            wrong.append(problem)
    refuse(wrong)
    return found


@strawberry.type
class GiftCardBulkMutations:
    @method(Mutates(_issue), "Issue many gift cards, in the background.")
    def gift_cards_issue(
        self, input: Annotated[GiftCardsIssueInput, argument("The cards.")]
    ) -> GiftCardsIssuePayload | None: ...

    @method(Mutates(_enable), "Switch gift cards on, all or none. Nothing happens to those that are.")
    def gift_cards_enable(
        self, input: Annotated[GiftCardsEnableInput, argument("The cards.")]
    ) -> GiftCardsEnablePayload | None: ...

    @method(Mutates(_disable), "Switch gift cards off, all or none: they keep their balances and refuse bookings.")
    def gift_cards_disable(
        self, input: Annotated[GiftCardsDisableInput, argument("The cards.")]
    ) -> GiftCardsDisablePayload | None: ...
