"""What somebody wants to use, and what is known of it: the vouchers, what they give, and the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Dialect

from models.basket import Basket
from models.database import Plan, Rows, Statement
from models.discount import Discount, Effect, read_gift_effect
from models.problems import Invalid, NotFound
from models.validity import Hours, Timeframe
from models.voucher import VoucherType
from models.voucher_problems import DuplicatedRedeemables
from resolvers import customers
from resolvers.customers import CustomerGiven, Known
from resolvers.redeemable_statements import WIDTH, by_code, by_ids, by_token, customer_by, ids_of

REDEEMABLES_MAX = 30
TEXT_LENGTH_MAX = 255
TERMS_REMEMBERED_MAX = 4096


@dataclass(frozen=True, slots=True)
class Redeemable:
    """A voucher by its code or its `v_` id; a code wins. `credits` of a gift voucher, or points of a loyalty card."""

    ref: str
    credits: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What vouchers are held for, as it was given; `ttl_unit` is one of TTL_UNITS. Without a key one is made up."""

    key: str | None = None
    ttl: float | None = None
    ttl_unit: str | None = None


@dataclass(frozen=True, slots=True)
class RedemptionRequest:
    """What is validated or redeemed: 1 to 30 vouchers, for which order, and by whom. Their order is that of use."""

    redeemables: tuple[Redeemable, ...]
    order: Basket | None = None
    customer: CustomerGiven | None = None
    session: Session | None = None
    tracking_id: str | None = None
    metadata: Mapping[str, Any] | None = None

    @property
    def session_key(self) -> str:
        """Empty: of no session."""
        return (self.session and self.session.key) or ""

    def tracked_as(self, organizer_id: int, customer: Known | None) -> str | None:
        """What is shown of who it was: what was given, or what stands for the customer."""
        if self.tracking_id is None and customer is not None and customer.source_id is not None:
            return customers.tracking_id(organizer_id, customer.source_id)
        return self.tracking_id


@dataclass(frozen=True, slots=True)
class Terms:
    """What a voucher gives and when, read from its terms. Loyalty cards take nothing off an order.

    `stored` is what was read: the columns that are shown, never to be changed.
    """

    type: VoucherType
    discount: Discount | None
    gift_effect: Effect
    timeframe: Timeframe | None
    days_of_week: tuple[int, ...] | None
    hours: Hours | None
    stored: Mapping[str, Any]


class Category(NamedTuple):
    id: int
    token: str
    name: str
    hierarchy: int
    created_at: datetime


class Campaign(NamedTuple):
    active: bool
    token: str
    name: str


class Found(NamedTuple):
    """A voucher as it was looked up. `held_*` is held for other sessions than the one that asks.

    `category` is its own or its campaign's, `category_id` its own.
    """

    id: int
    token: str
    code: str
    campaign_id: int | None
    terms_id: int
    holder_id: int | None
    gift_card_id: int | None
    active: bool
    quantity: int | None
    redeemed_quantity: int
    loaded_amount: int
    redeemed_amount: int
    starts_at: datetime | None
    expires_at: datetime | None
    metadata: Mapping[str, Any]
    terms: Terms
    activity_duration: str | None
    campaign: Campaign | None
    category: Category | None
    category_id: int | None
    balance: int
    held_quantity: int
    held_credits: int
    published_count: int
    additional_info: str | None
    created_at: datetime
    holder_token: str | None

    @property
    def is_loyalty_card(self) -> bool:
        return self.terms.type is VoucherType.LOYALTY_CARD


@dataclass(frozen=True, slots=True)
class Looked:
    """The vouchers in the order in which they were asked for; None is one that does not exist, or is in the bin."""

    vouchers: tuple[Found | None, ...]
    customer: Known | None = None


def check(request: RedemptionRequest) -> None:
    """Refuses with `Invalid` what no look-up is needed for."""
    count = len(request.redeemables)
    if not 1 <= count <= REDEEMABLES_MAX:
        reason = "too_few" if count == 0 else "too_many"
        raise Invalid(f"From 1 to {REDEEMABLES_MAX} redeemables.", field="redeemables", reason=reason)
    for place, redeemable in enumerate(request.redeemables):
        if redeemable.credits is not None and redeemable.credits < 0:
            field = f"redeemables[{place}].gift.credits"
            raise Invalid("It cannot be negative.", field=field, reason="out_of_range")
    for name, text in (("tracking_id", request.tracking_id), ("session.key", request.session_key)):
        if text and ("\0" in text or len(text) > TEXT_LENGTH_MAX):
            message = f"At most {TEXT_LENGTH_MAX} characters, and no null characters."
            raise Invalid(message, field=name, reason="null_character" if "\0" in text else "too_long")
    if request.customer is not None:
        customers.check(request.customer)


def look(
    dialect: Dialect, organizer_id: int, request: RedemptionRequest, now: datetime, *, locked: bool = False
) -> Plan[Looked]:
    """Look up what is asked for. `locked`: nobody else changes the vouchers until the transaction ends.

    Refuses with `NotFound` a customer's unknown id, and with `DuplicatedRedeemables` a voucher that is named twice.
    """
    named, customer_ref = _customer_of(request)
    given = {"organizer_id": organizer_id, "now": now, "session_key": request.session_key, "customer": customer_ref}
    if len(request.redeemables) == 1:
        rows = yield from _one(dialect, named, given, request.redeemables[0].ref, locked=locked)
        found = tuple(_found(row) for row in rows[:1]) or (None,)
    else:
        rows, found = yield from _several(dialect, named, given, request.redeemables, locked=locked)
    if named is None:
        return Looked(found)
    person = rows[0][WIDTH:] if rows else None
    if person is None:
        statement = customer_by(dialect, named)
        person = next(iter(statement.read((yield statement.query(given)))), None)
    known = None if person is None or person[0] is None else Known.of(person)
    if known is None and named == "token":
        raise NotFound("customer", ref=customer_ref)
    return Looked(found, known)


# -- parts -----------------------------------------------------------------------------------------------------------


def _customer_of(request: RedemptionRequest) -> tuple[str | None, str | None]:
    given = request.customer
    if given is None or not given.is_named:
        return None, None
    return ("token", given.token) if given.token else ("source_id", given.source_id)


def _one(dialect: Dialect, named: str | None, given: Mapping[str, Any], ref: str, *, locked: bool) -> Plan[Rows]:
    finds = (by_code, by_token) if ref.startswith("v_") else (by_code,)
    for find in finds * _tries(dialect, locked=locked) if "\0" not in ref else ():
        statement = find(dialect, named, locked=locked)
        rows = statement.read((yield statement.query({**given, "ref": ref})))
        # A discount's guard asks for what others hold; who holds it has no guard.
        if rows and locked and (rows[0][_GIFT_CARD_ID] is not None or given["session_key"]):
            return (yield from _again(dialect, named, given, [rows[0][0]], rows))
        if rows:
            return rows
    return ()


def _several(
    dialect: Dialect, named: str | None, given: Mapping[str, Any], wanted: Sequence[Redeemable], *, locked: bool
) -> Plan[tuple[Rows, tuple[Found | None, ...]]]:
    refs = [each.ref for each in wanted if "\0" not in each.ref]
    statement = ids_of(dialect)
    named_so = yield statement.query({**given, "refs": refs})
    # Codes last: they win.
    ids = {ref: number for number, ref, _ in sorted(named_so, key=lambda row: row[2])}
    if len({ids.get(each.ref, each.ref) for each in wanted}) < len(wanted):
        raise DuplicatedRedeemables(field="redeemables")
    rows: Rows = ()
    for _ in range(_tries(dialect, locked=locked) if ids else 0):
        if len(rows) < len(set(ids.values())):
            statement = by_ids(dialect, named, locked=locked)
            rows = statement.read((yield statement.query({**given, "ids": list(set(ids.values()))})))
    if rows and locked:
        rows = yield from _again(dialect, named, given, list(set(ids.values())), rows)
    found = {row[0]: _found(row) for row in rows}
    return rows, tuple(found.get(ids.get(each.ref, 0)) for each in wanted)


def _tries(dialect: Dialect, *, locked: bool) -> int:
    """A row that had to be waited for is missing if it was given other terms meanwhile: those were not joined to it."""
    return 2 if locked and dialect.name == "postgresql" else 1


def _again(dialect: Dialect, named: str | None, given: Mapping[str, Any], ids: Sequence[int], rows: Rows) -> Plan[Rows]:
    """The rows as they are under the locks: balances and holds are joined, and may have changed while we waited."""
    if dialect.name != "postgresql":
        return rows
    statement: Statement = by_ids(dialect, named, locked=False)
    return statement.read((yield statement.query({**given, "ids": ids})))


_GIFT_CARD_ID = 6
_BINNED, _TERMS, _CAMPAIGN, _CATEGORY, _SHOWN = 15, 16, 23, 26, 35


def _found(row: Sequence[Any]) -> Found | None:
    if row[_BINNED]:
        return None
    kind, duration, *texts = row[_TERMS:_CAMPAIGN]
    card, is_referral_code = row[_SHOWN + 4 :][:2]
    return Found(
        *(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9]),
        *(row[10] or 0, row[11], row[12], row[13]),
        orjson.loads(row[14]) if row[14] else {},
        _terms(kind, *texts, card, is_referral_code),
        duration,
        None if row[3] is None else Campaign(*row[_CAMPAIGN:_CATEGORY]),
        None if row[_CATEGORY] is None else Category(*row[_CATEGORY : _CATEGORY + 5]),
        *(row[31], row[32] or 0, row[33], int(row[34])),
        *row[_SHOWN : _SHOWN + 4],
    )


@lru_cache(TERMS_REMEMBERED_MAX)
def _terms(
    kind: str,
    discount: str | None,
    gift: str | None,
    timeframe: str | None,
    days: str | None,
    hours: str | None,
    card: str | None,
    is_referral_code: bool,
) -> Terms:
    """Terms never change, and few are used all the time."""
    stored = {
        "type": kind,
        "discount": _read(discount),
        "gift": _read(gift),
        "loyalty_card": _read(card),
        "validity_timeframe": _read(timeframe),
        "validity_day_of_week": _read(days),
        "validity_hours": _read(hours),
        "is_referral_code": is_referral_code,
    }
    listed, frame, spans = (stored[f"validity_{name}"] for name in ("day_of_week", "timeframe", "hours"))
    return Terms(
        VoucherType(kind),
        None if discount is None else Discount.read(stored["discount"]),
        read_gift_effect((stored["gift"] or {}).get("effect")),
        None if frame is None else Timeframe.read(frame),
        None if listed is None else tuple(listed),
        None if spans is None else Hours.read(spans),
        MappingProxyType(stored),
    )


def _read(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
