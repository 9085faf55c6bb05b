"""What a gift card is made of in this dialect: its bodies, and what OPTIONS tells of their fields."""

from collections.abc import Mapping
from typing import Any

from iso4217 import Currency

from models.currency import CODES
from resolvers.gift_cards import SECRET, SECRET_LENGTH_MAX
from rest.pretix import datetimes, fields, money
from rest.pretix.fields import Entry, Field, Form, Wrong
from rest.pretix.metadata import field
from rest.pretix.refusals import WrongValue

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
