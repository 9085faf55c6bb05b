"""Money: an amount with its currency."""

from decimal import Decimal

import strawberry

from gql.reads import Leaf, Part, Parts, by
from gql.scalars import Amount
from models.money import HUNDREDTHS_MAX, hundredths_of
from models.problems import Invalid


@strawberry.type(description="An amount of money.")
class Money:
    amount: Amount = by(Part("amount"), "The amount in units of the currency, always with two decimals.")
    currency: str = by(Part("currency"), "The currency's ISO 4217 code.")


def money(amount: str, *currency: str) -> Parts:
    """An amount field of a source together with the field that holds its currency."""
    return Parts({"amount": Leaf((amount,)), "currency": Leaf(currency)})


def hundredths(amount: Decimal, *, field: str = "amount") -> int:
    """The amount in hundredths. Refuses with `Invalid` a third decimal and what no balance can hold."""
    if abs(amount) > HUNDREDTHS_MAX:
        raise Invalid("The amount is too large.", field=field, reason="out_of_range")
    if amount != round(amount, 2):
        raise Invalid("At most two decimals.", field=field, reason="decimals")
    return hundredths_of(round(amount, 2))
