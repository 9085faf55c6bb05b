"""/v1/publications: vouchers are given to customers here."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from models.problems import Invalid
from resolvers import publications
from resolvers.context import Work
from resolvers.customers import CustomerGiven
from resolvers.publications import PublicationRequest
from resolvers.reading.conditions import Compare, Meets
from resolvers.reading.selection import Ask, Group, Item, Many, Nodes, One, Total, Value
from rest.reading import Selection
from rest.voucherify import customer_views, fields, filter_tables, voucher_views
from rest.voucherify.answers import Answer
from rest.voucherify.call import Call
from rest.voucherify.customer_views import customer_of
from rest.voucherify.fields import Payload
from rest.voucherify.lists import Listing, either, equal
from rest.voucherify.query import Query
from rest.voucherify.routing import Route
from rest.voucherify.shown import instant

COUNT_MAX = publications.VOUCHERS_MAX
# The vendor's bound: pages behind it are refused by a key of their own.
PAGE_MAX = 1000
ITEMS: Mapping[str, Item] = {
    "id": Value(("token",)),
    **{name: Value((name,)) for name in ("tracking_id", "metadata", "channel", "source_id")},
    "created_at": Value(("created_at",), instant),
    "customer": Group(customer_views.SHORT, ("customer",)),
    "vouchers": Many("vouchers", {"nodes": Nodes({"voucher": Group(voucher_views.ITEMS, ("voucher",))})}, 1),
}
MANY = Selection(Many("publication", {"publications": Nodes(ITEMS), "total": Total()}, 0))
ONE = Selection(One("publication", ITEMS, 0))
ORDERS = {"created_at": "default", "id": "default", "channel": "channel"}


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """One voucher is shown whole, of several the codes."""
    found = [voucher_views.whole(each["voucher"]) for each in row["vouchers"]["nodes"]]
    inside = {"voucher": found[0]} if len(found) == 1 else {"vouchers": [each["code"] for each in found]}
    return _shown(row, found) | inside


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """As an item of a list, whose vouchers are shown in short."""
    found = [voucher_views.whole(each["voucher"]) for each in row["vouchers"]["nodes"]]
    inside = {"voucher": _short(found[0])} if len(found) == 1 else {"vouchers": [each["code"] for each in found]}
    return _shown(row, found) | inside


LISTING = Listing(
    MANY, "publications", listed, filter_tables.PUBLICATIONS, ORDERS, page_max=PAGE_MAX, below=(Ask(COUNT_MAX),)
)

# -- handlers --------------------------------------------------------------------------------------------------------


async def list_publications(call: Call) -> Answer:
    query = call.query
    voucher = query.text("voucher")
    if query.choice("result", ("SUCCESS", "FAILURE")) == "FAILURE":
        # What failed is answered and not kept.
        return call.json({"object": "list", "data_ref": "publications", "publications": [], "total": 0})
    return await LISTING.answer(
        call,
        either(("campaign_token", "campaign_name"), query.text("campaign")),
        either(("customer_token", "customer_source_id"), query.text("customer")),
        None if voucher is None else Meets("of_voucher", (voucher,)),
        equal("source_id", query.text("source_id")),
    )


async def publish(call: Call) -> Answer:
    """`join_once` comes in the query or in the body; a campaign in the body, or in a browser's query."""
    request = _of_body(await call.payload(), call.query)
    return await call.write(partial(_publish, call, request))


async def publish_by_query(call: Call) -> Answer:
    return await call.write(partial(_publish, call, _of_query(call.query)))


# -- units of work: the verb, and its answer read right after it -------------------------------------------------------


async def _publish(call: Call, request: PublicationRequest, work: Work) -> Answer:
    done = await publications.publish(work, call.organizer_id, request)
    asks = [Ask(1, Compare("id", "eq", done.id), reach="written", organizer_id=call.organizer_id), Ask(COUNT_MAX)]
    return call.json(whole(await call.read_in(work, ONE, asks)))


# -- parts -----------------------------------------------------------------------------------------------------------


def _of_body(body: Payload, query: Query) -> PublicationRequest:
    campaign, count = _campaign(body)
    voucher = body.take("voucher", fields.text)
    join_once = query.boolean("join_once")
    return PublicationRequest(
        _customer(body),
        query.text("campaign") if campaign is None else campaign,
        count,
        voucher,
        body.take("channel", fields.text),
        body.take("source_id", fields.text),
        body.take("metadata", fields.mapping),
        body.take("join_once", fields.boolean) if join_once is None else join_once,
    )


def _campaign(body: Payload) -> tuple[str | None, int]:
    """An object with a name or an id; older clients send the name alone."""
    given = body.take("campaign", fields.anything)
    if given is None or isinstance(given, str):
        return given, 1
    campaign = fields.nested(given, ".campaign")
    count = campaign.take("count", fields.integer())
    name = campaign.take("id", fields.text) or campaign.take("name", fields.text)
    return name, 1 if count is None else count


def _customer(body: Payload) -> CustomerGiven:
    customer = body.take("customer", fields.anything)
    if isinstance(customer, str):
        return CustomerGiven(source_id=customer)
    if customer is None:
        raise Invalid("A customer is required.", field="customer", reason="required")
    return _named(customer_of(fields.nested(customer, ".customer")))


def _named(given: CustomerGiven) -> CustomerGiven:
    """One who is known by nothing but an address is known by that."""
    if given.is_named or not given.email:
        return given
    return CustomerGiven(**{name: getattr(given, name) for name in given.__slots__} | {"source_id": given.email})


def _of_query(query: Query) -> PublicationRequest:
    campaign, count = _campaign(Payload({"campaign": _counted(query.node("campaign"))}))
    return PublicationRequest(
        _named(customer_of(Payload(query.tree("customer"), ".customer"))),
        campaign,
        count,
        query.text("voucher"),
        None,
        query.text("source_id"),
        query.tree("metadata") or None,
        query.boolean("join_once"),
    )


def _counted(campaign: Any) -> Any:
    """In a query numbers are text."""
    if not isinstance(campaign, dict) or not str(campaign.get("count", "")).isdecimal():
        return campaign
    return {**campaign, "count": int(campaign["count"])}


def _shown(row: Mapping[str, Any], vouchers: list[dict[str, Any]]) -> dict[str, Any]:
    customer = customer_views.short(row["customer"])
    shown = {
        "id": row["id"],
        "object": "publication",
        "created_at": row["created_at"],
        "customer_id": None if customer is None else customer["id"],
        "tracking_id": row["tracking_id"],
        "metadata": row["metadata"],
        "source_id": row["source_id"],
        "result": "SUCCESS",
        "customer": customer,
        "vouchers_id": [each["id"] for each in vouchers],
    }
    # The Python SDK takes no other channel than `API`: none is made up.
    return shown if row["channel"] is None else {**shown, "channel": row["channel"]}


def _short(voucher: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "object", "campaign", "is_referral_code")
    benefits = {name: voucher[name] for name in ("discount", "gift", "loyalty_card") if voucher[name] is not None}
    return {name: voucher[name] for name in names} | benefits


ROUTES = (
    Route("publications", {"GET": list_publications, "POST": publish}),
    Route("publications/create", {"GET": publish_by_query}),
    Route("publish", {"POST": publish}, client=True),
)
