"""Customers: create, update, delete, and to know one again whenever a shop names one.

A shop knows a customer by its own `source_id`, we by a `cust_` id; either names the customer. What is null or absent in
what a shop tells changes nothing: the vendor's own SDKs send null for whatever they were not given.
"""

import hashlib
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple

from models import public_ids
from models.problems import Invalid, NotFound, Taken, refuse
from resolvers.context import Work
from resolvers.customer_statements import (
    AMEND,
    BY_ID,
    BY_SOURCE_ID,
    BY_TOKEN,
    DELETE,
    DELETE_PUBLICATIONS,
    FIELDS,
    FORGET_REDEEMER,
    INSERT,
    LOCK,
    RELEASE_VOUCHERS,
)
from resolvers.reading.conditions import Compare, Condition, Either
from resolvers.voucher_scopes import WRITE

TEXT_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class CustomerGiven:
    """What a shop tells of a customer; None is not told. `token` is our id, which must exist if it is given."""

    token: str | None = None
    source_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    description: str | None = None
    birthdate: str | None = None
    address: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None

    @property
    def is_named(self) -> bool:
        """Whether it says who the customer is."""
        return bool(self.token or self.source_id)


class Known(NamedTuple):
    """A customer as it is stored: who it is, and what is told of it."""

    id: int
    token: str
    source_id: str | None
    told: Mapping[str, Any]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Known":
        return cls(row[0], row[1], row[2], dict(zip(FIELDS, row[3:], strict=True)))


# -- verbs -----------------------------------------------------------------------------------------------------------


async def create(work: Work, organizer_id: int, given: CustomerGiven) -> int:
    """A new customer, or what is told of one who is known by `token` or `source_id`; the customer's id."""
    work.principal.require(WRITE)
    found = await upsert(work, organizer_id, given)
    return (await _insert(work, organizer_id, given)).id if found is None else found


async def update(
    work: Work, organizer_id: int, ref: str | int, given: CustomerGiven, *, forgotten: Collection[str] = ()
) -> int:
    """Change what is told of the customer whom `ref` names; the customer's id. Who it is stays as it was.

    A number is the customer's own id. Of the fields in `forgotten` nothing is known any more.
    """
    work.principal.require(WRITE)
    check(given)
    found = await _find(work, organizer_id, ref)
    return (await _amend(work, organizer_id, found, given, forgotten)).id


async def delete(work: Work, organizer_id: int, ref: str | int) -> int:
    """Forget a customer, named as for `update`; the id it had.

    Vouchers lose their holder, redemptions who it was; publications go.
    """
    work.principal.require(WRITE)
    customer_id, token, *_ = await _find(work, organizer_id, ref)
    # Nothing that names it can be added from here on.
    await work.row(LOCK, organizer_id=organizer_id, customer_id=customer_id)
    for statement in (RELEASE_VOUCHERS, FORGET_REDEEMER, DELETE_PUBLICATIONS):
        await work.rows(statement, of_organizer=organizer_id, of_customer=customer_id)
    if await work.row(DELETE, of_organizer=organizer_id, of_customer=customer_id) is None:
        raise NotFound("customer", ref=token)
    await work.record("customer.deleted", organizer_id, customer_id, {})
    return customer_id


async def upsert(work: Work, organizer_id: int, given: CustomerGiven) -> int | None:
    """The id of the customer whom it names, who is new or was known; None if it names nobody.

    Asks for no scope: whoever redeems, validates or publishes has its own. Refuses with `NotFound` an unknown token.
    """
    if not given.is_named:
        check(given)
        return None
    return (await settle(work, organizer_id, await find(work, organizer_id, given), given)).id


async def find(work: Work, organizer_id: int, given: CustomerGiven) -> Known | None:
    """The customer who is named, None if the shop's own id is new. Refuses with `NotFound` an unknown token."""
    check(given)
    by, ref = (BY_SOURCE_ID, given.source_id) if given.token is None else (BY_TOKEN, given.token)
    row = await work.row(by, organizer_id=organizer_id, ref=ref)
    if row is None and given.token is not None:
        raise NotFound("customer", ref=given.token)
    return None if row is None else Known.of(row)


async def settle(work: Work, organizer_id: int, known: Known | None, given: CustomerGiven) -> Known:
    """Write what is told of a customer who was looked up: one who is not `known` is added."""
    if known is None:
        return await _insert(work, organizer_id, given)
    return await _amend(work, organizer_id, known, given)


def is_told(known: Known | None, given: CustomerGiven | None) -> bool:
    """Whether nothing is to be written of the customer: nobody is named, or all that is told is known."""
    if given is None or not given.is_named:
        return True
    return known is not None and not _changes(known, given)


def named(ref: str) -> Condition:
    """Of the source `customer`: the one whom this names, by our id or by the shop's."""
    return Either((Compare("token", "eq", ref), Compare("source_id", "eq", ref)))


def tracking_id(organizer_id: int, source_id: str) -> str:
    """What a browser may know of a customer: always the same for one, and not who it is."""
    digest = hashlib.sha256(f"{organizer_id}:{source_id}".encode("utf-8", "surrogatepass")).digest()
    return "track_" + b64encode(digest[:18]).decode()


# -- parts -----------------------------------------------------------------------------------------------------------


async def _find(work: Work, organizer_id: int, ref: str | int) -> Known:
    by = (BY_ID,) if isinstance(ref, int) else (BY_TOKEN, BY_SOURCE_ID)
    for statement in () if isinstance(ref, str) and "\0" in ref else by:
        row = await work.row(statement, organizer_id=organizer_id, ref=ref)
        if row is not None:
            return Known.of(row)
    raise NotFound("customer", ref=str(ref))


async def _insert(work: Work, organizer_id: int, given: CustomerGiven) -> Known:
    told = {name: getattr(given, name) for name in FIELDS} | {"metadata": dict(given.metadata or {})}
    row = await work.row(
        INSERT[work.engine],
        organizer_id=organizer_id,
        token=public_ids.customer(),
        source_id=given.source_id,
        created_at=work.now,
        **told,
    )
    if row is not None:
        await work.record("customer.created", organizer_id, row[0], {})
        return Known.of(row)
    # Somebody else has just told of the same customer.
    found = await work.row(BY_SOURCE_ID, organizer_id=organizer_id, ref=given.source_id)
    if found is None:
        raise Taken("A customer with this source id exists.", field="source_id")
    return await _amend(work, organizer_id, Known.of(found), given)


async def _amend(
    work: Work, organizer_id: int, known: Known, given: CustomerGiven, forgotten: Collection[str] = ()
) -> Known:
    """Write what is told anew, if anything is: most of what shops tell is known."""
    if not _changes(known, given, forgotten):
        return known
    held = await work.row(LOCK, organizer_id=organizer_id, customer_id=known.id)
    if held is None:
        raise NotFound("customer", ref=known.token)
    current = Known.of(held)
    if changed := _changes(current, given, forgotten):
        current = current._replace(told={**current.told, **changed})
        await work.row(AMEND, **current.told, updated_at=work.now, of_organizer=organizer_id, customer_id=known.id)
        await work.record("customer.updated", organizer_id, known.id, {"fields": sorted(changed)})
    return current


def _changes(known: Known, given: CustomerGiven, forgotten: Collection[str] = ()) -> dict[str, Any]:
    changed = {name: None for name in forgotten if known.told[name] is not None}
    for name, stored in known.told.items():
        told = getattr(given, name)
        if isinstance(told, Mapping):
            told = {**(stored or {}), **told}
        if told is not None and told != stored:
            changed[name] = told
    return changed


# -- rules -----------------------------------------------------------------------------------------------------------


def check(given: CustomerGiven, *, within: str = "") -> None:
    """Refuses with `Invalid`; `within` is where the customer is among what a verb is given, such as `customer.`."""
    found: list[Invalid] = []
    for name in (each.name for each in fields(given)):
        text, field = getattr(given, name), within + name
        if isinstance(text, str):
            if len(text) > TEXT_LENGTH_MAX:
                found.append(Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field=field, reason="too_long"))
            if "\0" in text:
                found.append(Invalid("Null characters are not allowed.", field=field, reason="null_character"))
    if given.birthdate is not None and not _is_day(given.birthdate):
        found.append(Invalid("A day is expected, such as 1990-01-31.", field=within + "birthdate", reason="type"))
    refuse(found)


def _is_day(text: str) -> bool:
    """Python's reader takes weeks and days of the year, too."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
