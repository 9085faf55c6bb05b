"""/v1/redemptions: vouchers are redeemed here, one or several at once, and redemptions rolled back."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from models.problems import NotFound
from models.redemption import Kind, Status
from resolvers import redemptions
from resolvers.context import Work
from resolvers.reading.conditions import All, Compare, Condition, Not
from resolvers.reading.selection import Ask
from resolvers.redeemables import RedemptionRequest
from resolvers.redemptions import Refused
from rest.voucherify import fields, filter_tables, redeeming, redemption_views, vouchers
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.customer_views import customer_of
from rest.voucherify.fields import Payload
from rest.voucherify.lists import Listing, either, within
from rest.voucherify.routing import Route
from rest.voucherify.shown import in_path

_redeemed = Compare("kind", "eq", Kind.REDEMPTION.value)
_succeeded = All((_redeemed, Not(Compare("status", "eq", Status.FAILED.value))))
_failed = All((_redeemed, Compare("status", "eq", Status.FAILED.value)))
# What can be asked for as a `result`: the words of the description, and those of the SDKs.
RESULTS: Mapping[str, Condition] = {
    "SUCCESS": _succeeded,
    "SUCCESSFUL": _succeeded,
    "FAILURE": _failed,
    "FAILED": _failed,
    "ROLLED_BACK": Compare("kind", "eq", Kind.ROLLBACK.value),
}
ORDERS = {
    "created_at": "default",
    "id": "token",
    "voucher_code": "voucher_code",
    "tracking_id": "tracking_id",
    "customer_id": "customer_token",
}
LISTING = Listing(redemption_views.MANY, "redemptions", redemption_views.whole, filter_tables.REDEMPTIONS, ORDERS)

# -- handlers --------------------------------------------------------------------------------------------------------


async def list_redemptions(call: Call) -> Answer:
    query = call.query
    result = query.choice("result", tuple(RESULTS))
    campaign, customer = query.text("campaign"), query.text("customer")
    return await LISTING.answer(
        call,
        None if result is None else RESULTS[result],
        either(("campaign_token", "campaign_name"), campaign),
        either(("customer_token", "customer_source_id", "tracking_id"), customer),
        within(call, "created_at", "happened_at"),
    )


async def detail(call: Call) -> Answer:
    token = call.arguments["redemption"]
    ask = Ask(1, Compare("token", "eq", token), organizer_id=call.organizer_id)
    row = await call.read(redemption_views.ONE, [ask])
    if row is None:
        raise NotFound("redemption", "There is no such redemption.", ref=token)
    return call.json(redemption_views.whole(row))


async def redeem(call: Call) -> Answer:
    request = redeeming.of_body(await call.payload())
    return await call.write(partial(_redeem, call, request))


async def redeem_one(call: Call) -> Answer:
    """The older address, which names the voucher and answers with its redemption."""
    code = call.arguments.get("code") or call.query.text("code") or ""
    request = redeeming.of_one(await call.payload(), code)
    return await call.write(partial(_redeem_one, call, request))


async def list_of_voucher(call: Call) -> Answer:
    """The redemptions of a voucher and their rollbacks, the newest first."""
    voucher = await vouchers.found(call)
    where = Compare("voucher_id", "eq", voucher["key"])
    ask = Ask(100, where, descending=True, organizer_id=call.organizer_id)
    found = await call.read(redemption_views.ENTRIES, [ask])
    return call.json(
        {
            "quantity": voucher["quantity"],
            "redeemed_quantity": voucher["redeemed_quantity"],
            "object": "list",
            "url": f"/v1/vouchers/{in_path(voucher['code'])}/redemptions?page=1&limit=10",
            "data_ref": "redemption_entries",
            "total": found["total"],
            "redemption_entries": [redemption_views.whole(row) for row in found["redemption_entries"]],
        }
    )


async def rollback(call: Call) -> Answer:
    """`reason` and `tracking_id` come in the query or in the body."""
    return await call.write(partial(_rollback, call, await call.payload(optional=True)))


async def rollback_stack(call: Call) -> Answer:
    return await call.write(partial(_rollback_stack, call, await call.payload(optional=True)))


# -- units of work: the verb, and its answer ---------------------------------------------------------------------------


async def _redeem(call: Call, request: RedemptionRequest, work: Work) -> Answer:
    done = await redemptions.redeem(work, call.organizer_id, request)
    if isinstance(done, Refused):
        return call.refusal(done.problem)
    shown = [redemption_views.written(done, place) for place in range(len(done.ids))]
    answer: dict[str, Any] = {"redemptions": shown}
    if done.parent is not None:
        answer["parent_redemption"] = redemption_views.written_parent(done)
    if done.order is not None:
        answer["order"] = done.order
    return call.json(answer)


async def _redeem_one(call: Call, request: RedemptionRequest, work: Work) -> Answer:
    done = await redemptions.redeem(work, call.organizer_id, request)
    if isinstance(done, Refused):
        return call.refusal(done.problem)
    return call.json(redemption_views.written(done, 0))


async def _rollback(call: Call, body: Payload, work: Work) -> Answer:
    done = await redemptions.rollback(work, call.organizer_id, call.arguments["redemption"], **_rollback_of(call, body))
    if isinstance(done, Refused):
        return call.refusal(done.problem)
    (shown,) = await _shown(call, work, done.ids)
    return call.json(shown)


async def _rollback_stack(call: Call, body: Payload, work: Work) -> Answer:
    asked = _rollback_of(call, body)
    done = await redemptions.rollback_stack(work, call.organizer_id, call.arguments["redemption"], **asked)
    if isinstance(done, Refused):
        return call.refusal(done.problem)
    answer: dict[str, Any] = {"rollbacks": await _shown(call, work, done.ids)}
    if done.parent_id is not None:
        (answer["parent_rollback"],) = await _shown(call, work, [done.parent_id])
    if done.order is not None:
        answer["order"] = done.order
    return call.json(answer)


# -- parts -----------------------------------------------------------------------------------------------------------


async def _shown(call: Call, work: Work, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Redemptions as they are now, in the order of these ids."""
    ask = Ask(len(ids), Compare("id", "one_of", tuple(ids)), reach="written", organizer_id=call.organizer_id)
    found = await call.read_in(work, redemption_views.WRITTEN, [ask])
    rows: Mapping[int, Any] = {row["key"]: row for row in found["redemptions"]}
    return [redemption_views.whole(rows[number]) for number in ids]


def _rollback_of(call: Call, body: Payload) -> dict[str, Any]:
    query = call.query
    customer = body.take("customer", fields.nested)
    return {
        "reason": query.text("reason") or body.take("reason", fields.text),
        "tracking_id": query.text("tracking_id") or body.take("tracking_id", fields.text),
        "order": body.take("order", fields.mapping),
        "customer": None if customer is None else customer_of(customer),
        "metadata": body.take("metadata", fields.mapping),
    }


ROUTES = (
    Route("redemptions", {"GET": list_redemptions, "POST": redeem}),
    Route("redemptions/{redemption}", {"GET": detail}),
    Route("redemptions/{redemption}/rollback", {"POST": rollback}),
    Route("redemptions/{redemption}/rollbacks", {"POST": rollback_stack}),
    Route("vouchers/{code}/redemption", {"GET": list_of_voucher, "POST": redeem_one}),
    Route("redemptions", {"POST": redeem}, client=True),
    Route("redeem", {"POST": redeem_one}, client=True),
)
