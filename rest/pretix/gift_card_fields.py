"""What a gift card is made of in this dialect: its bodies, and what OPTIONS tells of their fields."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iso4217 import Currency

from models.currency import CODES
from resolvers.gift_cards import SECRET, SECRET_LENGTH_MAX
from rest.pretix import datetimes, fields, money
from rest.pretix.described import Noun, Operation, Parameter, equal, flag
from rest.pretix.fields import Entry, Field, Form, Wrong
from rest.pretix.metadata import field
from rest.pretix.refusals import WrongValue
from rest.pretix.schemas import BOOLEAN, CURRENCY, ID, MOMENT, MONEY, TEXT, Named, described, nullable, taken_by

CARD = Form(
    {
        "secret": Field(fields.coded(SECRET, length_max=SECRET_LENGTH_MAX, code="secret_pattern"), required=True),
        "value": Field(money.amount_not_negative, required=True),
        "currency": Field(fields.one_of(CODES), required=True),
        "testmode": Field(fields.boolean),
        "expires": Field(datetimes.moment, nullable=True),
        "conditions": Field(fields.string, nullable=True, blank=True),
        "owner_ticket": Field(fields.key, nullable=True),
    }
)


class TransactionForm:
    """The body of transact. It is no form in pretix: the first value that does not fit is said, as a bare list."""

    def read(self, body: Mapping[str, Any], *, is_form: bool, partial: bool) -> Entry:
        try:
            values = {
                "value": money.amount(body.get("value")),
                "text": fields.string(body.get("text", "")),
                "info": fields.any_json(body.get("info", {})),
            }
        except Wrong as wrong:
            raise WrongValue(wrong.texts) from None
        return Entry(values, {})


TRANSACTION = TransactionForm()

DESCRIBED = {
    "id": field("integer", "ID", read_only=True),
    "secret": field("string", "Gift card code", required=True, max_length=SECRET_LENGTH_MAX),
    "issuance": field("datetime", "Issuance", read_only=True),
    "value": field("decimal", "Value", required=True, min_value=0.0, max_digits=13, decimal_places=2),
    "currency": field(
        "choice",
        "Currency",
        required=True,
        choices=[{"value": code, "display_name": f"{code} - {Currency(code).currency_name}"} for code in sorted(CODES)],
    ),
    "testmode": field("boolean", "Test mode card"),
    "expires": field("datetime", "Expiry date"),
    "conditions": field("string", "Special terms and conditions"),
    "owner_ticket": field("field", "Owner ticket"),
    "issuer": field("field", "Issuer", read_only=True),
}

# -- what the door's description tells ---------------------------------------------------------------------------

REFUSED = Named(
    "GiftCardConflict",
    {
        "type": "object",
        "properties": {"value": {"type": "array", "items": TEXT, "minItems": 1}},
        "required": ["value"],
        "description": "The balance is not enough, or the card is disabled.",
    },
)
_POSITION = Named(
    "TicketShown",
    {
        "type": "object",
        "properties": {
            "id": ID,
            "order": {"type": "object", "properties": {"code": TEXT, "event": TEXT}},
            "secret": TEXT,
        },
        "required": ["id"],
    },
)
ACCEPTED = Parameter(
    "include_accepted",
    BOOLEAN,
    "`true`, in this very spelling, adds cards of issuers whose cards this organizer accepts. PUT and PATCH refuse it.",
)
NARROWING = (
    equal("secret", "Its code, but for case."),
    flag("testmode", "Whether it is for tests."),
    flag("expired", "Whether its expiry lies in the past."),
    equal("value", "Its balance, as a number.", {"type": "string", "pattern": r"^-?[0-9]{1,11}(\.[0-9]{1,2})?$"}),
    ACCEPTED,
    Parameter(
        "expand",
        {"type": "string", "enum": ["owner_ticket"]},
        "Shows the ticket itself in place of its id; the id alone without `event.orders:read`.",
    ),
)
CARDS = Noun(
    "giftcards",
    "GiftCard",
    "a gift card",
    "gift cards, by issuance",
    {
        "id": ID,
        "secret": described(TEXT, "The code that spends it: letters, digits, dots and dashes. Fixed once it is there."),
        "issuance": described(MOMENT, "When it was issued."),
        "value": described(MONEY, "Its balance. Setting it books the difference."),
        "currency": CURRENCY,
        "testmode": described(BOOLEAN, "Whether it is for tests. Fixed once it is there."),
        "expires": described(nullable(MOMENT), "When it expires, which blocks nothing here."),
        "conditions": described(nullable(TEXT), "What it is good for, in words."),
        "owner_ticket": {
            "anyOf": [ID, _POSITION, {"type": "null"}],
            "description": "The ticket it belongs to, by id; on writing also by one of the ticket's secrets.",
        },
        "issuer": described(TEXT, "The organizer that issued it."),
    },
    CARD,
    filters=NARROWING,
    query=NARROWING,
    notes={
        "create": "Its first transaction is the value it starts with. The code is required and must be new among the "
        "organizer's cards and those it accepts.",
        "replace": "`secret`, `value` and `currency` are required; fields that are left out keep their values.",
        "update": "`secret`, `currency` and `testmode` are checked and then left as they are.",
        "delete": "Gift cards are never deleted.",
    },
    conflict=REFUSED,
)
TRANSACT = Operation(
    "giftcards",
    "giftcards_transact",
    "Book a transaction",
    CARDS.schema,
    description="Adds `value` to the balance, or takes it away if it is negative; in full or not at all. Answers with "
    "the card. What does not fit is said as a list of texts without the field.",
    body=Named(
        "GiftCardBooking",
        {
            "type": "object",
            "properties": {
                "value": taken_by(money.amount),
                "text": described(TEXT, "Shown with the transaction."),
                "info": {"description": "Any JSON, kept with the transaction."},
            },
            "required": ["value"],
        },
    ),
    query=NARROWING,
    wrong={"type": "array", "items": TEXT, "minItems": 1},
    conflict=REFUSED,
)
UNDELETED = replace(CARDS.each()["DELETE"], status=405, query=NARROWING)
