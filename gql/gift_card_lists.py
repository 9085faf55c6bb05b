"""How gift cards and their transactions are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import AmountFilter, DateTimeFilter, IDFilter, IntFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering

_value = strawberry.enum_value


@filtering("Which gift cards to show.")
class GiftCardFilter:
    id: IDFilter | None = optional("A condition on the card itself.")
    secret: TextFilter | None = optional("A condition on the secret.")
    currency: TextFilter | None = optional("A condition on the currency's ISO 4217 code.")
    balance: AmountFilter | None = optional("A condition on the balance, whatever the currency.")
    testmode: bool | None = optional("Only cards for testing, or only real ones.")
    active: bool | None = optional("Only cards that are switched on, or only those that are off.")
    expired: bool | None = optional("Only cards past their expiry, or only those that are not.")
    issued_at: DateTimeFilter | None = optional("A condition on when it was issued.")
    expires_at: DateTimeFilter | None = optional("A condition on when it expires.")
    owner_ticket: IDFilter | None = optional("A condition on the ticket whose owner it belongs to.")
    issued_by: IDFilter | None = optional("A condition on the action that issued it with others.")


@strawberry.enum(description="What gift cards can be sorted by.")
class GiftCardOrderField(Enum):
    ISSUED_AT = _value("issued_at", description="When they were issued.")
    SECRET = _value("secret", description="Their secrets, by code point.")
    BALANCE = _value("balance", description="Their balances, whatever the currency.")


CARDS = Listing(
    source="gift_card",
    of=Annotated["GiftCard", strawberry.lazy("gql.gift_cards")],  # noqa: F821
    filter=GiftCardFilter,
    names={
        "id": "@GiftCard.id",
        "secret": "secret",
        "currency": "currency",
        "balance": "$balance",
        "testmode": "testmode",
        "active": "active",
        "expired": "?expired",
        "issuedAt": "issued_at",
        "expiresAt": "expires_at",
        "ownerTicket": "@Ticket.owner_ticket_id",
        "issuedBy": "@Action.action_id",
    },
    order=ordering(GiftCardOrderField, "gift cards"),
)


@filtering("Which transactions of gift cards to show.")
class GiftCardTransactionFilter:
    id: IDFilter | None = optional("A condition on the transaction itself.")
    gift_card: IDFilter | None = optional("A condition on the card.")
    number: IntFilter | None = optional("A condition on its place among the card's transactions.")
    amount: AmountFilter | None = optional("A condition on what was booked, whatever the currency.")
    balance_after: AmountFilter | None = optional("A condition on the balance right after it, whatever the currency.")
    booked_at: DateTimeFilter | None = optional("A condition on when it was booked.")
    text: TextFilter | None = optional("A condition on the note for people.")
    order: IDFilter | None = optional("A condition on the order it was booked for.")
    acceptor: IDFilter | None = optional("A condition on the organizer in whose shop it was booked.")


@strawberry.enum(description="What transactions of gift cards can be sorted by.")
class GiftCardTransactionOrderField(Enum):
    BOOKED_AT = _value("id", description="The order in which they were booked: that of the ledger.")


TRANSACTIONS = Listing(
    source="gift_card_transaction",
    of=Annotated["GiftCardTransaction", strawberry.lazy("gql.gift_cards")],  # noqa: F821
    filter=GiftCardTransactionFilter,
    names={
        "id": "@GiftCardTransaction.id",
        "giftCard": "@GiftCard.gift_card_id",
        "number": "number",
        "amount": "$amount",
        "balanceAfter": "$balance_after",
        "bookedAt": "booked_at",
        "text": "text",
        "order": "@Order.order_id",
        "acceptor": "@Organizer.acceptor_id",
    },
    order=ordering(GiftCardTransactionOrderField, "transactions of gift cards"),
    default="id",
    reach="ledger",
    parent="gift_card_id",
)
