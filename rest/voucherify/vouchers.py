"""/v1/vouchers: vouchers as Voucherify serves them, addressed by code or by id."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from models.code_config import CodeConfig
from models.problems import NotFound, Problem
from resolvers import voucher_campaigns, vouchers
from resolvers.context import Work
from resolvers.reading.conditions import Compare, Condition
from resolvers.reading.selection import Ask
from rest.voucherify import definitions, fields, filter_tables, voucher_views
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.fields import Payload
from rest.voucherify.lists import Listing, either, equal, within
from rest.voucherify.refusals import Nowhere
from rest.voucherify.routing import Route

ORDERS = {"created_at": "default", "updated_at": "updated_at", "code": "code"}
LISTING = Listing(voucher_views.MANY, "vouchers", voucher_views.whole, filter_tables.VOUCHERS, ORDERS)

# The vendor's addresses for importing vouchers without a campaign, which nobody means for a code.
UNSERVED = ("import", "importCSV")

# -- handlers --------------------------------------------------------------------------------------------------------


async def list_vouchers(call: Call) -> Answer:
    return await LISTING.answer(call, *asked(call))


def asked(call: Call) -> tuple[Condition | None, ...]:
    """What the parameters beside `filters` narrow a list by."""
    query = call.query
    ids, category = query.texts("ids"), query.text("category")
    return (
        equal("campaign_token", query.text("campaign_id")),
        equal("campaign_name", query.text("campaign")),
        equal("code", query.text("code")),
        either(("category_token", "category_name"), category),
        either(("holder_token", "holder_source_id"), query.text("customer")),
        within(call, "created_at", "created_at"),
        within(call, "updated_at", "updated_at"),
        Compare("token", "one_of", tuple(ids)) if ids else None,
    )


async def detail(call: Call) -> Answer:
    return call.json(voucher_views.whole(await found(call)))


async def create(call: Call) -> Answer:
    """With a code of the path, of the body, or made up."""
    if call.arguments.get("code") in UNSERVED:
        raise Nowhere("Vouchers are imported into a campaign: /v1/campaigns/{campaign}/import.")
    return await call.write(partial(_create, call, await call.payload()))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.payload()))


async def delete(call: Call) -> Answer:
    force = call.query.boolean("force") or False
    return await call.write(partial(_delete, call, force))


async def enable(call: Call) -> Answer:
    return await call.write(partial(_switch, call, vouchers.enable))


async def disable(call: Call) -> Answer:
    return await call.write(partial(_switch, call, vouchers.disable))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Payload, work: Work) -> Answer:
    code = call.arguments.get("code") or body.take("code", fields.coded(definitions.CODE_LENGTH_MAX))
    own = definitions.overrides(body)
    given = body.take("code_config", fields.mapping)
    campaign = body.take("campaign_id", fields.text) or body.take("campaign", fields.text)
    if campaign is None:
        terms, config = definitions.own_terms(body), CodeConfig.read(given)
        voucher_id = await vouchers.create(work, call.organizer_id, terms, code=code, own=own, code_config=config)
    else:
        campaign_id = await voucher_campaigns.find(work, call.organizer_id, campaign)
        voucher_id = await vouchers.add(
            work,
            call.organizer_id,
            campaign_id,
            code=code,
            own=own,
            terms=definitions.own_terms(body) if definitions.names_benefit(body) else None,
            code_config=None if given is None else CodeConfig.read(given),
        )
    return await answer(call, work, voucher_id)


async def _update(call: Call, body: Payload, work: Work) -> Answer:
    voucher_id = await _found_in(call, work)
    await vouchers.update(work, call.organizer_id, voucher_id, definitions.voucher_changes(body))
    return await answer(call, work, voucher_id)


async def _delete(call: Call, force: bool, work: Work) -> Answer:
    await vouchers.delete(work, call.organizer_id, await _found_in(call, work), force=force)
    return call.nothing()


async def _switch(call: Call, verb: Callable[[Work, int, int], Awaitable[int]], work: Work) -> Answer:
    return await answer(call, work, await verb(work, call.organizer_id, await _found_in(call, work)))


# -- parts -----------------------------------------------------------------------------------------------------------


async def found(call: Call) -> Mapping[str, Any]:
    """The voucher in the path: the code counts first. Refuses with `NotFound`."""
    ref = call.arguments["code"]
    for name in ("code", "token"):
        ask = Ask(1, Compare(name, "eq", ref), organizer_id=call.organizer_id)
        row: Mapping[str, Any] | None = await call.read(voucher_views.ONE, [ask])
        if row is not None:
            return row
    raise missing(ref)


def missing(ref: str) -> Problem:
    return NotFound("voucher", "There is no such voucher.", ref=ref)


async def answer(call: Call, work: Work, voucher_id: int) -> Answer:
    return call.json(await shown(call, work, voucher_id))


async def shown(call: Call, work: Work, voucher_id: int) -> dict[str, Any]:
    ask = Ask(1, Compare("id", "eq", voucher_id), reach="written", organizer_id=call.organizer_id)
    return voucher_views.whole(await call.read_in(work, voucher_views.ONE, [ask]))


async def _found_in(call: Call, work: Work) -> int:
    return await vouchers.find(work, call.organizer_id, call.arguments["code"])


ROUTES = (
    Route("vouchers", {"GET": list_vouchers, "POST": create}),
    Route("vouchers/{code}", {"GET": detail, "POST": create, "PUT": update, "DELETE": delete}),
    Route("vouchers/{code}/enable", {"POST": enable}),
    Route("vouchers/{code}/disable", {"POST": disable}),
)
