"""What a voucher gives: a discount, a balance, points. Types, inputs, and how one becomes the other.

Amounts are stored in hundredths and shown as decimals. Vouchers name no currency: theirs is the ledger's.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import strawberry

from gql.filters import optional
from gql.money import Money, hundredths
from gql.reads import Inner, Key, Leaf, Part, Parts, by
from gql.scalars import Amount, Json, Long
from gql.voucher_kinds import DiscountEffect, DiscountType, GiftEffect
from models.money import decimal_text
from models.problems import Invalid
from models.terms import BENEFITS
from models.voucher import VoucherType as StoredType
from resolvers.new_vouchers import MONEY

CURRENCY = ("account", "currency")


def amount(stored: Any) -> str | None:
    """Hundredths as decimal text. What programs keep with a product may be no number at all: then null."""
    return decimal_text(int(stored)) if isinstance(stored, int | float) and not isinstance(stored, bool) else None


def count(stored: float | None) -> int | None:
    """A whole number that may have been given as 2.0."""
    return None if stored is None else int(stored)


def percentage(stored: float | None) -> float | None:
    return None if stored is None else float(stored)


def _text(stored: Any) -> str | None:
    """What was given as something else is shown as its text."""
    return stored if stored is None or isinstance(stored, str) else str(stored)


@strawberry.type(description="A product, or a variant of one, as a shop names it.")
class Product:
    token: str | None = by(Key("id", _text), "Its id in the Voucherify door, which is the shop's.")
    source_id: str | None = by(Key("source_id", _text), "Another id of it.")
    name: str | None = by(Key("name", _text), "Its name.")
    price: Amount | None = by(Key("price", amount), "What one costs.")


@strawberry.type(description="Units of one product, for nothing.")
class DiscountUnit:
    unit_off: int = by(Key("unit_off", count), "How many units.")
    unit_type: str = by(Key("unit_type"), "The id of the product.")
    effect: DiscountEffect | None = by(Key("effect"), "Whether they are added; `ADD_MISSING_ITEMS` if not said.")
    product: Product | None = by(Key("product"), "The product, as far as it was described.")
    sku: Product | None = by(Key("sku"), "The variant, as far as it was described.")


@strawberry.type(description="What is taken off an order, as it was given.")
class Discount:
    type: DiscountType = by(Key("type"), "How it is reckoned.")
    effect: DiscountEffect | None = by(Key("effect"), "What it is taken off; the order, if not said.")
    amount_off: Amount | None = by(Key("amount_off", amount), "Of `AMOUNT`: how much.")
    percent_off: float | None = by(Key("percent_off", percentage), "Of `PERCENT`: how many hundredths.")
    amount_limit: Amount | None = by(Key("amount_limit", amount), "Of `PERCENT`: how much at most.")
    aggregated_amount_limit: Amount | None = by(
        Key("aggregated_amount_limit", amount), "How much at most off all items together."
    )
    fixed_amount: Amount | None = by(Key("fixed_amount", amount), "Of `FIXED`: what is left to pay.")
    unit_off: int | None = by(Key("unit_off", count), "Of `UNIT`: how many units are free.")
    unit_type: str | None = by(Key("unit_type"), "Of `UNIT`: the id of the product.")
    product: Product | None = by(Key("product"), "Of `UNIT`: the product, as far as it was described.")
    sku: Product | None = by(Key("sku"), "Of `UNIT`: the variant, as far as it was described.")
    units: list[DiscountUnit] | None = by(Key("units"), "Of `ADD_MANY_ITEMS`: what is added.")
    is_dynamic: bool | None = by(Key("is_dynamic"), "Kept for programs; nothing here goes by it.")


DISCOUNT = Inner(("terms", "discount"))


# -- of a campaign: what its vouchers begin with ---------------------------------------------------------------------


@strawberry.type(description="What the gift vouchers of a campaign begin with.")
class GiftTerms:
    amount: Money = by(Part("amount"), "The balance of a new voucher.")
    effect: GiftEffect | None = by(Part("effect"), "What it pays for; the order, if not said.")


@strawberry.type(description="What the loyalty cards of a campaign begin with.")
class LoyaltyCardTerms:
    points: Long = by(Part("points"), "The points of a new card.")
    expiration_rules: Json | None = by(Part("expiration_rules"), "Kept for programs; points do not expire here.")


def _of(name: str) -> Any:
    return lambda stored: None if stored is None else stored.get(name)


GIFT_EFFECT = Leaf(("terms", "gift"), _of("effect"))
RULES = Leaf(("terms", "loyalty_card"), _of("expiration_rules"))
GIFT_TERMS = Parts(
    {
        "amount": Parts(
            {
                "amount": Leaf(("terms", "gift"), lambda stored: stored and amount(stored["amount"])),
                "currency": Leaf(("terms", "gift"), lambda _: MONEY),
            }
        ),
        "effect": GIFT_EFFECT,
    },
    present=(("terms", "gift"),),
)
LOYALTY_CARD_TERMS = Parts(
    {"points": Leaf(("terms", "loyalty_card"), _of("points")), "expiration_rules": RULES},
    present=(("terms", "loyalty_card"),),
)


# -- of a voucher: where its balance stands --------------------------------------------------------------------------


@strawberry.type(description="The balance of a gift voucher. It is moved by redemptions, rollbacks and adjustments.")
class Gift:
    amount: Money = by(Part("amount"), "All that was put in so far.")
    balance: Money = by(Part("balance"), "What is left.")
    redeemed_amount: Money = by(Part("redeemed_amount"), "What redemptions took out and rollbacks did not give back.")
    effect: GiftEffect | None = by(Part("effect"), "What it pays for; the order, if not said.")


@strawberry.type(description="The points of a loyalty card.")
class LoyaltyCard:
    points: Long = by(Part("points"), "All that were given so far.")
    balance: Long = by(Part("balance"), "How many are left.")
    redeemed_points: Long = by(Part("redeemed_points"), "How many redemptions took and rollbacks did not give back.")
    expiration_rules: Json | None = by(Part("expiration_rules"), "Kept for programs; points do not expire here.")


def money_of(*path: str, currency: tuple[str, ...] = CURRENCY, present: tuple[tuple[str, ...], ...] = ()) -> Parts:
    """Hundredths in a field of the row with the currency of its account."""
    return Parts({"amount": Leaf(path, amount), "currency": Leaf(currency)}, present)


GIFT = Parts(
    {
        "amount": money_of("loaded_amount"),
        "balance": money_of("account", "balance"),
        "redeemed_amount": money_of("redeemed_amount"),
        "effect": GIFT_EFFECT,
    },
    present=(("terms", "gift"),),
)
LOYALTY_CARD = Parts(
    {
        "points": Leaf(("loaded_amount",)),
        "balance": Leaf(("account", "balance")),
        "redeemed_points": Leaf(("redeemed_amount",)),
        "expiration_rules": RULES,
    },
    present=(("terms", "loyalty_card"),),
)


# -- inputs ----------------------------------------------------------------------------------------------------------


@strawberry.input(description="A product, or a variant of one, as a shop names it.")
class ProductInput:
    token: str | None = optional("Its id in the Voucherify door, which is the shop's.")
    source_id: str | None = optional("Another id of it.")
    name: str | None = optional("Its name.")
    price: Amount | None = optional("What one costs.")


@strawberry.input(description="Units of one product, for nothing.")
class DiscountUnitInput:
    unit_off: int = strawberry.field(description="How many units.")
    unit_type: str = strawberry.field(description="The id of the product.")
    effect: DiscountEffect | None = optional("Whether they are added; `ADD_MISSING_ITEMS` by default.")
    product: ProductInput | None = optional("The product, as far as it is to be described.")
    sku: ProductInput | None = optional("The variant, as far as it is to be described.")


@strawberry.input(description="What is taken off an order.")
class DiscountInput:
    type: DiscountType = strawberry.field(description="How it is reckoned. It cannot be changed later.")
    effect: DiscountEffect | None = optional("What it is taken off; the order by default.")
    amount_off: Amount | None = optional("Of `AMOUNT`: how much.")
    percent_off: float | None = optional("Of `PERCENT`: from 0 to 100.")
    amount_limit: Amount | None = optional("Of `PERCENT`: how much at most.")
    aggregated_amount_limit: Amount | None = optional("How much at most off all items together.")
    fixed_amount: Amount | None = optional("Of `FIXED`: what is left to pay.")
    unit_off: int | None = optional("Of `UNIT`: how many units are free.")
    unit_type: str | None = optional("Of `UNIT`: the id of the product.")
    product: ProductInput | None = optional("Of `UNIT`: the product, as far as it is to be described.")
    sku: ProductInput | None = optional("Of `UNIT`: the variant, as far as it is to be described.")
    units: list[DiscountUnitInput] | None = optional("Of `UNIT` with `ADD_MANY_ITEMS`: what is added, 100 at most.")
    is_dynamic: bool | None = optional("Kept for programs; nothing here goes by it.")


@strawberry.input(description="A balance that pays for orders.")
class GiftInput:
    amount: Amount = strawberry.field(description="What a new voucher begins with. It is not changed by an update.")
    effect: GiftEffect | None = optional("What it pays for; the order by default.")


@strawberry.input(description="Points.")
class LoyaltyCardInput:
    points: Long = strawberry.field(description="What a new card begins with. It is not changed by an update.")
    expiration_rules: Json | None = optional("Kept for programs; points do not expire here.")


@strawberry.input(one_of=True, description="What a voucher gives: exactly one of these.")
class BenefitInput:
    discount: DiscountInput | None = optional("Something off an order.")
    gift: GiftInput | None = optional("A balance that pays for orders.")
    loyalty_card: LoyaltyCardInput | None = optional("Points.")


# By the names of inputs: those of the stored object. Amounts are stored in hundredths.
AMOUNTS = {
    "amountOff": "amount_off",
    "amountLimit": "amount_limit",
    "aggregatedAmountLimit": "aggregated_amount_limit",
    "fixedAmount": "fixed_amount",
    "amount": "amount",
    "price": "price",
}
PLAIN = {
    "unitOff": "unit_off",
    "unitType": "unit_type",
    "isDynamic": "is_dynamic",
    "expirationRules": "expiration_rules",
    "points": "points",
    "token": "id",
    "sourceId": "source_id",
    "name": "name",
}
FIELDS = {"discount": "discount", "gift": "gift", "loyaltyCard": "loyalty_card"}
TYPES = {field: type for type, field in BENEFITS.items()}


def benefit_of(given: Mapping[str, Any]) -> tuple[StoredType, dict[str, Any]]:
    """The type of voucher and its benefit, as `models.terms` reads it. Refuses with `Invalid` impossible amounts."""
    ((name, told),) = given.items()
    field = FIELDS[name]
    return TYPES[field], stored(told, field)


def stored(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    """An input as it is stored; null is as good as absent. `field` is where it is, for refusals."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name in AMOUNTS:
            found[AMOUNTS[name]] = whole(value, f"{field}.{AMOUNTS[name]}")
        elif name in ("type", "effect"):
            found[name] = value.value
        elif name == "percentOff":
            found["percent_off"] = int(value) if value.is_integer() else value
        elif name in ("product", "sku"):
            found[name] = stored(value, f"{field}.{name}")
        elif name == "units":
            found[name] = [stored(unit, f"{field}.units[{place}]") for place, unit in enumerate(value)]
        else:
            found[PLAIN[name]] = value
    return found


def whole(given: Decimal, field: str) -> int:
    """An amount that is not negative, in hundredths."""
    found = hundredths(given, field=field)
    if found < 0:
        raise Invalid("An amount is not negative.", field=field, reason="out_of_range")
    return found
