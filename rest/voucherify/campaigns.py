"""/v1/campaigns: campaigns as Voucherify serves them, addressed by id or by name."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.code_config import CodeConfig
from models.problems import NotFound, Problem
from models.voucher_campaign import CampaignType, Progress
from resolvers import voucher_campaigns, voucher_imports, vouchers
from resolvers.context import Work
from resolvers.reading.conditions import Compare, Either
from resolvers.reading.selection import Ask
from resolvers.voucher_rules import VOUCHERS_MAX
from rest.voucherify import campaign_views, definitions, fields, filter_tables, voucher_views
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.fields import Payload
from rest.voucherify.lists import Listing, equal
from rest.voucherify.query import Query, read_integer
from rest.voucherify.refusals import InvalidQueryParams
from rest.voucherify.routing import Route

ORDERS = {"created_at": "default", "updated_at": "updated_at"}
LISTING = Listing(campaign_views.MANY, "campaigns", campaign_views.listed, filter_tables.CAMPAIGNS, ORDERS)

# -- handlers --------------------------------------------------------------------------------------------------------


async def list_campaigns(call: Call) -> Answer:
    query = call.query
    query.choice("expand", ("category", "access_settings_assignments"))
    kind = query.choice("campaign_type", [each.value for each in CampaignType])
    status = query.choice("campaign_status", [each.value for each in Progress] + ["DRAFT"])
    referral = query.boolean("is_referral_code")
    return await LISTING.answer(
        call,
        equal("campaign_type", kind),
        equal("creation_status", status),
        equal("is_referral_code", referral),
    )


async def detail(call: Call) -> Answer:
    return call.json(campaign_views.whole(await found(call)))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.payload()))


async def update(call: Call) -> Answer:
    return await call.write(partial(_update, call, await call.payload()))


async def delete(call: Call) -> Answer:
    force = call.query.boolean("force") or False
    return await call.write(partial(_delete, call, force))


async def enable(call: Call) -> Answer:
    return await call.write(partial(_enable, call))


async def disable(call: Call) -> Answer:
    return await call.write(partial(_disable, call))


async def add_vouchers(call: Call) -> Answer:
    """One voucher at once, more by an action."""
    count = _count(call.query)
    return await call.write(partial(_add_vouchers, call, await call.payload(optional=True), count))


async def add_voucher(call: Call) -> Answer:
    body = await call.payload(optional=True)
    return await call.write(partial(_add_voucher, call, body, call.arguments["code"]))


async def import_vouchers(call: Call) -> Answer:
    items = await call.items()
    return await call.write(partial(_import, call, items))


async def import_csv(call: Call) -> Answer:
    """The file is taken in while it comes, and imported by an action once it is here."""
    campaign_id = (await found(call))["key"]
    parts = await call.upload()
    action = await voucher_imports.receive(
        call.context, call.organizer_id, campaign_id, parts, request_id=call.request_id
    )
    # 200, where the import of a list is 202: so the vendor's newest description.
    return call.json({"async_action_id": action.token})


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _create(call: Call, body: Payload, work: Work) -> Answer:
    new = definitions.new_campaign(body)
    created = await voucher_campaigns.create(work, call.organizer_id, new, request_id=call.request_id)
    return await _answer(call, work, created.campaign_id)


async def _update(call: Call, body: Payload, work: Work) -> Answer:
    campaign_id = await _found_in(call, work)
    changes = definitions.campaign_changes(body)
    await voucher_campaigns.update(work, call.organizer_id, campaign_id, changes, request_id=call.request_id)
    return await _answer(call, work, campaign_id)


async def _delete(call: Call, force: bool, work: Work) -> Answer:
    campaign_id = await _found_in(call, work)
    deleted = await voucher_campaigns.delete(
        work, call.organizer_id, campaign_id, force=force, request_id=call.request_id
    )
    return call.json({"async_action_id": deleted.action.token}, 202)


async def _enable(call: Call, work: Work) -> Answer:
    await voucher_campaigns.enable(work, call.organizer_id, await _found_in(call, work))
    return call.json({})


async def _disable(call: Call, work: Work) -> Answer:
    await voucher_campaigns.disable(work, call.organizer_id, await _found_in(call, work))
    return call.json({})


async def _add_vouchers(call: Call, body: Payload, count: int, work: Work) -> Answer:
    if count == 1:
        return await _add_voucher(call, body, body.take("code", fields.coded(definitions.CODE_LENGTH_MAX)), work)
    campaign_id = await _found_in(call, work)
    action = await vouchers.generate(
        work,
        call.organizer_id,
        campaign_id,
        count,
        own=definitions.overrides(body),
        code_config=_code_config(body),
        request_id=call.request_id,
    )
    return call.json({"async_action_id": action.token}, 202)


async def _add_voucher(call: Call, body: Payload, code: str | None, work: Work) -> Answer:
    campaign_id = await _found_in(call, work)
    voucher_id = await vouchers.add(
        work,
        call.organizer_id,
        campaign_id,
        code=code,
        own=definitions.overrides(body),
        code_config=_code_config(body),
    )
    ask = Ask(1, Compare("id", "eq", voucher_id), reach="written", organizer_id=call.organizer_id)
    return call.json(voucher_views.whole(await call.read_in(work, voucher_views.ONE, [ask])))


async def _import(call: Call, items: list[Any], work: Work) -> Answer:
    campaign_id = await _found_in(call, work)
    action = await voucher_imports.import_vouchers(
        work, call.organizer_id, campaign_id, items, request_id=call.request_id
    )
    return call.json({"async_action_id": action.token}, 202)


# -- parts -----------------------------------------------------------------------------------------------------------


async def found(call: Call) -> Mapping[str, Any]:
    """The campaign in the path. Refuses with `NotFound`."""
    ref = call.arguments["campaign"]
    row: Mapping[str, Any] | None = await call.read(campaign_views.ONE, [ask_for(call, ref)])
    if row is None:
        raise missing(ref)
    return row


def ask_for(call: Call, ref: str) -> Ask:
    """By id or by name: no name is another campaign's id."""
    where = Either((Compare("token", "eq", ref), Compare("name", "eq", ref)))
    return Ask(1, where, organizer_id=call.organizer_id)


def missing(ref: str) -> Problem:
    return NotFound("voucher_campaign", "There is no such campaign.", ref=ref)


async def _found_in(call: Call, work: Work) -> int:
    return await voucher_campaigns.find(work, call.organizer_id, call.arguments["campaign"])


async def _answer(call: Call, work: Work, campaign_id: int) -> Answer:
    ask = Ask(1, Compare("id", "eq", campaign_id), reach="written", organizer_id=call.organizer_id)
    return call.json(campaign_views.whole(await call.read_in(work, campaign_views.ONE, [ask])))


def _count(query: Query) -> int:
    """How many are to be added; one if it is not said."""
    written = query.text("vouchers_count")
    if written is None or written == "None":
        return 1
    count = read_integer(written, ".vouchers_count", 0, 10**12)
    if not 1 <= count <= VOUCHERS_MAX:
        raise InvalidQueryParams(f"Property .vouchers_count must be from 1 to {VOUCHERS_MAX}")
    return count


def _code_config(body: Payload) -> CodeConfig | None:
    given = body.take("code_config", fields.mapping)
    return None if given is None else CodeConfig.read(given)


ROUTES = (
    Route("campaigns", {"GET": list_campaigns, "POST": create}),
    Route("campaigns/{campaign}", {"GET": detail, "PUT": update, "DELETE": delete}),
    Route("campaigns/{campaign}/enable", {"POST": enable}),
    Route("campaigns/{campaign}/disable", {"POST": disable}),
    Route("campaigns/{campaign}/vouchers", {"POST": add_vouchers}),
    Route("campaigns/{campaign}/vouchers/{code}", {"POST": add_voucher}),
    Route("campaigns/{campaign}/import", {"POST": import_vouchers}),
    Route("campaigns/{campaign+}/importCSV", {"POST": import_csv}),
)
