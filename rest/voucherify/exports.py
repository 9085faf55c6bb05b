"""/v1/vouchers.csv, and one campaign's: addresses of our own, since the vendor makes such files by jobs."""

from collections.abc import AsyncIterator

from resolvers import voucher_exports
from resolvers.reading.conditions import Condition
from resolvers.voucher_exports import Export
from rest.voucherify import campaigns, filter_tables, filters, vouchers
from rest.voucherify.answers import Stream
from rest.voucherify.call import Call
from rest.voucherify.lists import equal, together
from rest.voucherify.routing import Route

MEDIA = "text/csv"


async def of_all(call: Call) -> Stream:
    return await _answer(call, "vouchers.csv")


async def of_campaign(call: Call) -> Stream:
    campaign = await campaigns.found(call)
    return await _answer(call, f"{campaign['id']}.csv", equal("campaign_id", campaign["key"]))


async def _answer(call: Call, file_name: str, *more: Condition | None) -> Stream:
    """With the filters of the list; all of them are refused or taken before anything is sent."""
    query = call.query
    asked = filters.condition(query.tree("filters"), filter_tables.VOUCHERS, call.context.now())
    safe = query.boolean("safe_for_spreadsheets") or False
    where = together(*more, asked, *vouchers.asked(call))
    export = await voucher_exports.begin(call.context, call.organizer_id, where)
    return call.stream(_texts(export, safe), f"{MEDIA}; charset=utf-8", file_name)


async def _texts(export: Export, safe: bool) -> AsyncIterator[bytes]:
    # Empty ones too: each is a sign of life, by which the request has its time anew.
    async for part in export.parts(safe=safe):
        yield part.text


ROUTES = (
    Route("vouchers.csv", {"GET": of_all}, media=MEDIA),
    Route("campaigns/{campaign}/vouchers.csv", {"GET": of_campaign}, media=MEDIA),
)
