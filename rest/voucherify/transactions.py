"""Transactions of gift vouchers and loyalty cards: their ledger, and the address that adds and removes by hand."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models import public_ids
from models.problems import NotFound
from models.voucher import VoucherType
from resolvers import voucher_balances
from resolvers.context import Work
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Item, Many, Nodes, PageInfo, Value
from rest.reading import Selection
from rest.voucherify import fields, vouchers
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.fields import Payload
from rest.voucherify.lists import Feed
from rest.voucherify.routing import Route
from rest.voucherify.shown import instant

ITEMS: Mapping[str, Item] = {
    "id": Value(("id",), public_ids.of_transaction),
    "created_at": Value(("booked_at",), instant),
    **{name: Value((name,)) for name in ("amount", "balance_after", "info")},
}
# What a balance is called.
KINDS = {VoucherType.GIFT_VOUCHER: "gift_voucher", VoucherType.LOYALTY_CARD: "loyalty_card"}
MANY = Selection(Many("voucher_transaction", {"data": Nodes(ITEMS), "page": PageInfo({"more": "has_next"})}, 0))


def shown(voucher: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    info, campaign = row["info"], voucher["campaign"]
    is_points = info["type"].startswith("POINTS")
    balance = {
        "type": KINDS[VoucherType.LOYALTY_CARD if is_points else VoucherType.GIFT_VOUCHER],
        "total": info["total"],
        "points" if is_points else "amount": row["amount"],
        "object": "balance",
        "balance": row["balance_after"],
        "operation_type": "AUTOMATIC" if info.get("redemption") else "MANUAL",
        "related_object": {"id": voucher["id"], "type": "voucher"},
    }
    details: dict[str, Any] = {"balance": balance}
    if info.get("order"):
        details["order"] = info["order"]
    details |= {name: {"id": info[name]} for name in ("redemption", "rollback") if info.get(name)}
    return {
        "id": row["id"],
        "source_id": info["source_id"],
        "voucher_id": voucher["id"],
        "campaign_id": None if campaign is None else campaign["id"],
        "source": info["source"],
        "reason": info["reason"],
        "type": info["type"],
        "details": details,
        "related_transaction_id": None,
        "created_at": row["created_at"],
    }


# -- handlers --------------------------------------------------------------------------------------------------------


async def list_of_voucher(call: Call) -> Answer:
    """Of a discount, which has no balance, there are none."""
    voucher = await vouchers.found(call)
    feed = Feed(MANY, partial(shown, voucher))
    # The first is what the voucher began with, which clients know as its amount and not as a movement.
    moved = All((Compare("gift_card_id", "eq", voucher["account"] or 0), Compare("number", "gt", 1)))
    return await feed.answer(call, moved, _after(call))


async def adjust(call: Call) -> Answer:
    return await call.write(partial(_adjust, call, await call.payload()))


# -- units of work ---------------------------------------------------------------------------------------------------


async def _adjust(call: Call, body: Payload, work: Work) -> Answer:
    adjusted = await voucher_balances.adjust(
        work,
        call.organizer_id,
        call.arguments["code"],
        body.need("amount", fields.integer()),
        source_id=body.take("source_id", fields.text),
        reason=body.take("reason", fields.text),
    )
    return call.json(
        {
            "amount": adjusted.amount,
            "total": adjusted.total,
            "balance": adjusted.balance,
            "type": KINDS[adjusted.type],
            "operation_type": "MANUAL",
            "object": "balance",
            "related_object": {"type": "voucher", "id": adjusted.voucher_token},
        }
    )


# -- parts -----------------------------------------------------------------------------------------------------------


def _after(call: Call) -> int | None:
    """The row of the ledger that `starting_after_id` names."""
    token = call.query.text("starting_after_id")
    if token is None:
        return None
    number = public_ids.transaction_number(token)
    if number is None:
        raise NotFound("voucher_transaction", "There is no such transaction.", ref=token)
    return number


ROUTES = (
    Route("vouchers/{code}/balance", {"POST": adjust}),
    Route("vouchers/{code}/transactions", {"GET": list_of_voucher}),
)
