"""What requests say of vouchers that are to be validated or redeemed: a body as the verbs take it."""

from collections.abc import Mapping
from typing import Any

from models.basket import Basket
from models.problems import NotFound
from resolvers.customers import CustomerGiven
from resolvers.redeemables import REDEEMABLES_MAX, Redeemable, RedemptionRequest, Session
from rest.voucherify import fields
from rest.voucherify.customer_views import customer_of, order_of
from rest.voucherify.fields import Payload
from rest.voucherify.query import Query

KINDS = fields.choice("voucher", "promotion_tier", "promotion_stack", "campaign")


def of_body(body: Payload) -> RedemptionRequest:
    """A body with `redeemables`."""
    wanted = body.need("redeemables", fields.listed(fields.nested, least=1, most=REDEEMABLES_MAX))
    return _request(body, tuple(_redeemable(each) for each in wanted))


def of_one(body: Payload, code: str) -> RedemptionRequest:
    """The body of an address that names its one voucher."""
    return _request(body, (Redeemable(code, _credits(body)),))


def of_query(query: Query) -> RedemptionRequest:
    """What browsers ask with: `code`, `amount`, `item[0][price]`, `customer[source_id]`; all numbers are text."""
    code = query.text("code")
    if code is None:
        raise NotFound("voucher", "No code was given.", ref="")
    order = {**query.tree("order")}
    if (amount := query.text("amount")) is not None:
        order["amount"] = amount
    if (items := query.node("item")) is not None:
        order["items"] = items
    customer = query.tree("customer")
    gift = query.tree("gift")
    credits = gift.get("credits")
    return RedemptionRequest(
        (Redeemable(code, int(credits) if isinstance(credits, str) and credits.isdecimal() else None),),
        Basket.read(order, from_query=True) if order else None,
        _customer_of_query(customer) if customer else None,
        _session_of_query(query),
        query.text("tracking_id"),
        query.tree("metadata") or None,
    )


# -- parts -----------------------------------------------------------------------------------------------------------


def _request(body: Payload, wanted: tuple[Redeemable, ...]) -> RedemptionRequest:
    customer = body.take("customer", fields.anything)
    return RedemptionRequest(
        wanted,
        order_of(body),
        _customer(customer),
        _session(body),
        body.take("tracking_id", fields.text),
        body.take("metadata", fields.mapping),
    )


def _customer(given: Any) -> CustomerGiven | None:
    """An object; the JS SDK also sends the customer's `source_id` alone."""
    if given is None:
        return None
    if isinstance(given, str):
        return CustomerGiven(source_id=given)
    return customer_of(fields.nested(given, ".customer"))


def _redeemable(given: Payload) -> Redeemable:
    kind = given.need("object", KINDS)
    ref = given.need("id", fields.text)
    if kind != "voucher":
        # Promotions are kept and shown, and never applied: there is nothing here to redeem.
        raise NotFound(kind, "Only vouchers can be redeemed.", ref=ref)
    return Redeemable(ref, _credits(given))


def _credits(given: Payload) -> int | None:
    """Credits of a gift voucher, or points of a loyalty card."""
    for name, field in (("gift", "credits"), ("reward", "points")):
        nested = given.take(name, fields.nested)
        found = None if nested is None else nested.take(field, fields.integer(0))
        if found is not None:
            return found
    return None


def _session(body: Payload) -> Session | None:
    session = body.take("session", fields.nested)
    if session is None:
        return None
    session.take("type", fields.choice("LOCK"))
    ttl = session.take("ttl", fields.number(0))
    return Session(session.take("key", fields.text), ttl, session.take("ttl_unit", fields.text))


def _session_of_query(query: Query) -> Session | None:
    if query.text("session_type") is None and query.text("session_key") is None:
        return None
    query.choice("session_type", ("LOCK",))
    ttl = query.integer("session_ttl", 0, 10**9)
    return Session(query.text("session_key"), ttl, query.text("session_ttl_unit"))


def _customer_of_query(given: Mapping[str, Any]) -> CustomerGiven:
    return customer_of(Payload(given, ".customer"))
