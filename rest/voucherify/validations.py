"""/v1/validations: whether vouchers could be redeemed, and what they would take off. A no is no error."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from resolvers import validations
from resolvers.context import Work
from resolvers.redeemables import RedemptionRequest, Session
from resolvers.validations import STACKING_RULES, Status, Validation
from resolvers.verdicts import Verdict
from rest.voucherify import problems, redeeming
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.routing import Route
from rest.voucherify.shown import shown_category

# Every line of an order counts: there are no rules that would leave some out.
EVERYTHING: Mapping[str, Any] = {"data": [], "total": 0, "data_ref": "data", "object": "list"}

# -- handlers --------------------------------------------------------------------------------------------------------


async def validate(call: Call) -> Answer:
    request = redeeming.of_body(await call.payload())
    validation = await validations.validate(call.context, call.organizer_id, request)
    shown: dict[str, Any] = {
        "id": validation.token,
        "valid": validation.valid,
        "redeemables": [_item(call, each) for each in validation.verdicts],
        "tracking_id": validation.tracking_id,
        "stacking_rules": dict(STACKING_RULES),
    }
    if not validation.valid:
        # Clients take the mere presence of these for a refusal.
        for name, status in (("inapplicable", Status.INAPPLICABLE), ("skipped", Status.SKIPPED)):
            found = [_item(call, each) for each in validation.verdicts if each.status is status]
            shown |= {f"{name}_redeemables": found} if found else {}
    if validation.order is not None:
        shown["order"] = validation.order
    return call.json(shown | _session(validation.session))


async def validate_one(call: Call) -> Answer:
    """The older address, which names the voucher."""
    return await _one(call, redeeming.of_one(await call.payload(optional=True), call.arguments["code"]))


async def validate_by_query(call: Call) -> Answer:
    """What browsers ask."""
    return await _one(call, redeeming.of_query(call.query))


async def release(call: Call) -> Answer:
    """What was held for a session is held no longer."""
    return await call.write(partial(_release, call))


async def _release(call: Call, work: Work) -> Answer:
    arguments = call.arguments
    await validations.release(work, call.organizer_id, arguments["code"], arguments["session"])
    return call.nothing()


# -- parts -----------------------------------------------------------------------------------------------------------


async def _one(call: Call, request: RedemptionRequest) -> Answer:
    validation = await validations.validate(call.context, call.organizer_id, request)
    (verdict,) = validation.verdicts
    shown = _refused(call, verdict) if verdict.problem is not None else _valid(verdict, validation)
    return call.json({**shown, "tracking_id": validation.tracking_id, "metadata": _metadata(verdict)})


def _valid(verdict: Verdict, validation: Validation) -> dict[str, Any]:
    assert verdict.voucher is not None
    campaign = verdict.voucher.campaign
    shown = {
        "valid": True,
        "code": verdict.voucher.code,
        "applicable_to": EVERYTHING,
        "inapplicable_to": EVERYTHING,
        "campaign": None if campaign is None else campaign.name,
        "campaign_id": None if campaign is None else campaign.token,
        **_gives(verdict),
    }
    if validation.order is not None:
        shown["order"] = validation.order
    return shown | _session(validation.session)


def _refused(call: Call, verdict: Verdict) -> dict[str, Any]:
    error = _error(call, verdict)
    return {
        "valid": False,
        "code": verdict.ref if verdict.voucher is None else verdict.voucher.code,
        "reason": error["message"],
        "error": error,
    }


def _item(call: Call, verdict: Verdict) -> dict[str, Any]:
    found = verdict.voucher
    shown: dict[str, Any] = {"status": verdict.status, "id": verdict.ref, "object": "voucher"}
    if verdict.status is Status.INAPPLICABLE:
        error = _error(call, verdict)
        details = {"message": error["message"], "key": error["key"]}
        shown["result"] = {"error": error, "details": details}
    elif verdict.status is Status.SKIPPED:
        shown["result"] = {
            "details": {"message": "Redeemable cannot be applied due to preceding validation failure", "key": SKIPPED}
        }
    else:
        shown |= {"applicable_to": EVERYTHING, "inapplicable_to": EVERYTHING, "result": _gives(verdict)}
        if verdict.order is not None:
            shown["order"] = verdict.order
    if found is not None:
        shown["metadata"] = found.metadata
        shown["categories"] = [] if found.category is None else [shown_category(found.category)]
    return shown


# Why one after another that cannot be redeemed is not looked at.
SKIPPED = "preceding_validation_failed"


def _gives(verdict: Verdict) -> dict[str, Any]:
    found = verdict.voucher
    assert found is not None
    if verdict.discount is not None:
        return {"discount": verdict.discount}
    if found.is_loyalty_card:
        return {"loyalty_card": {"points": verdict.amount or 0, "balance": found.balance}}
    return {"gift": {"amount": found.loaded_amount, "balance": found.balance, "credits": verdict.amount or 0}}


def _error(call: Call, verdict: Verdict) -> dict[str, Any]:
    assert verdict.problem is not None
    return problems.body_of(verdict.problem, call.request_id)


def _metadata(verdict: Verdict) -> Mapping[str, Any]:
    return {} if verdict.voucher is None else verdict.voucher.metadata


def _session(session: Session | None) -> dict[str, Any]:
    if session is None:
        return {}
    return {"session": {"key": session.key, "type": "LOCK", "ttl": session.ttl, "ttl_unit": session.ttl_unit}}


ROUTES = (
    Route("validations", {"POST": validate}),
    Route("vouchers/{code}/validate", {"POST": validate_one}),
    Route("vouchers/{code}/sessions/{session}", {"DELETE": release}),
    Route("validations", {"POST": validate}, client=True),
    Route("validate", {"GET": validate_by_query}, client=True),
)
