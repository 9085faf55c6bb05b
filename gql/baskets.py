"""The order of somebody who uses vouchers: what is to be paid, and what vouchers take off. Types, inputs."""

from collections.abc import Mapping
from typing import Any

import strawberry

from gql.benefits import Product, ProductInput, amount, stored, whole
from gql.filters import optional
from gql.reads import Key, by
from gql.scalars import Amount, Json, Long
from gql.voucher_kinds import BasketStatus
from models.basket import Basket as Read


def _text(given: Any) -> str | None:
    return given if given is None or isinstance(given, str) else str(given)


def _amount(name: str, description: str) -> Any:
    return by(Key(name, amount), description)


@strawberry.type(description="A line of an order.")
class BasketItem:
    token: str | None = by(Key("id", _text), "Its id in the Voucherify door, if it was given one.")
    product_id: str | None = by(Key("product_id", _text), "The id of the product.")
    sku_id: str | None = by(Key("sku_id", _text), "The id of the variant.")
    source_id: str | None = by(Key("source_id", _text), "The shop's id of the product or variant.")
    quantity: Long | None = by(Key("quantity"), "How many units, those that a discount added too.")
    initial_quantity: Long | None = by(Key("initial_quantity"), "How many there were before a discount added some.")
    discount_quantity: Long | None = by(Key("discount_quantity"), "How many of them are free.")
    price: Amount | None = _amount("price", "What one costs.")
    amount: Amount | None = _amount("amount", "What all of them cost.")
    discount_amount: Amount | None = _amount("discount_amount", "What is taken off; null for nothing.")
    subtotal_amount: Amount | None = _amount("subtotal_amount", "What is left to pay of it.")
    product: Product | None = by(Key("product"), "The product, as far as it was described.")
    sku: Product | None = by(Key("sku"), "The variant, as far as it was described.")
    metadata: Json | None = by(Key("metadata"), "What programs keep with it.")


@strawberry.type(description="An order with what vouchers take off. Amounts that nothing has touched are null.")
class Basket:
    token: str | None = by(Key("id", _text), "Its id in the Voucherify door.")
    source_id: str | None = by(Key("source_id", _text), "The shop's id of it.")
    status: BasketStatus | None = by(Key("status"), "How it stands.")
    amount: Amount | None = _amount("amount", "What all of it costs, units that a discount added too.")
    initial_amount: Amount | None = _amount("initial_amount", "What it cost before a discount added units.")
    discount_amount: Amount | None = _amount("discount_amount", "What is taken off the order as a whole.")
    items_discount_amount: Amount | None = _amount("items_discount_amount", "What is taken off its items.")
    total_discount_amount: Amount | None = _amount("total_discount_amount", "What is taken off, together.")
    total_amount: Amount | None = _amount("total_amount", "What is left to pay.")
    items: list[BasketItem] | None = by(Key("items"), "Its lines; null if none were told.")
    metadata: Json | None = by(Key("metadata"), "What programs keep with it.")


@strawberry.input(description="A line of an order.")
class BasketItemInput:
    token: str | None = optional("Its id in the Voucherify door.")
    product_id: str | None = optional("The id of the product.")
    sku_id: str | None = optional("The id of the variant.")
    source_id: str | None = optional("The shop's id of the product or variant.")
    quantity: int | None = optional("How many units; one by default.")
    price: Amount | None = optional("What one costs.")
    amount: Amount | None = optional("What all of them cost; price times quantity by default.")
    product: ProductInput | None = optional("The product, as far as it is to be described.")
    sku: ProductInput | None = optional("The variant, as far as it is to be described.")
    metadata: Json | None = optional("What your program keeps with it: an object.")


@strawberry.input(description="What somebody is about to pay, before vouchers.")
class BasketInput:
    token: str | None = optional("Its id in the Voucherify door.")
    source_id: str | None = optional("The shop's id of it.")
    status: BasketStatus | None = optional("How it stands; `PAID` once it is redeemed for, by default.")
    amount: Amount | None = optional("What all of it costs; the sum of its items by default.")
    items: list[BasketItemInput] | None = optional("Its lines, 500 at most.")
    metadata: Json | None = optional("What your program keeps with it: an object.")


# `token`, not `id`: clients keep what has an id by it, and these are unique within an order at most.
NAMES = {
    "token": "id",
    "productId": "product_id",
    "skuId": "sku_id",
    "sourceId": "source_id",
    "quantity": "quantity",
    "metadata": "metadata",
}


def basket_of(given: Mapping[str, Any] | None) -> Read | None:
    """Refuses with `Invalid`, as models/basket.py does."""
    return None if given is None else Read.read(_stored(given, "order"))


def _stored(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name in ("amount", "price"):
            found[name] = whole(value, f"{field}.{name}")
        elif name in ("product", "sku"):
            found[name] = stored(value, f"{field}.{name}")
        elif name == "items":
            found[name] = [_stored(item, f"{field}.items[{place}]") for place, item in enumerate(value)]
        elif name == "status":
            found[name] = value.value
        else:
            found[NAMES[name]] = value
    return found
