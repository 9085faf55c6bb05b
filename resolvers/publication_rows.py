"""Rows of `publication`: those that were there before a request, and the one that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from models import public_ids
from models.voucher_problems import DuplicateSourceId, TooManyVouchers, VoucherCannotBePublished
from resolvers.context import Work
from resolvers.customer_statements import LOCK as LOCK_CUSTOMER
from resolvers.customers import CustomerGiven, Known
from resolvers.publication_statements import BY_SOURCE_ID, INSERT, JOINED, OF_VOUCHER, VOUCHERS_OF
from resolvers.voucher_campaign_rows import Held as Campaign


@dataclass(frozen=True, slots=True)
class PublicationRequest:
    """`count` vouchers of a campaign, named by its id or its name, or the one voucher with a code or an id.

    `join_once`: a customer who has one of the campaign gets that one again.
    """

    customer: CustomerGiven
    campaign: str | None = None
    count: int = 1
    voucher: str | None = None
    channel: str | None = None
    source_id: str | None = None
    metadata: Mapping[str, Any] | None = None
    join_once: bool | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The publication and its vouchers; `created` is false if it had been there before."""

    id: int
    token: str
    customer_id: int
    voucher_ids: tuple[int, ...]
    created: bool


class Earlier(NamedTuple):
    id: int
    token: str
    customer_id: int
    campaign_id: int | None
    tracking_id: str | None


class Wanted(NamedTuple):
    """A voucher that is asked for by its code, under its lock."""

    id: int
    token: str
    code: str
    campaign_id: int | None
    terms_id: int
    active: bool
    published_count: int
    holder_id: int | None


async def earlier(
    work: Work,
    organizer_id: int,
    request: PublicationRequest,
    customer: Known,
    campaign_id: int | None,
    campaign: Campaign | None,
    wanted: Wanted | None = None,
) -> Published | None:
    """The publication that this request is about again, None if it is a new one."""
    again = await _of_source_id(work, organizer_id, request, customer, campaign_id)
    if again is not None:
        if wanted is not None and wanted.id not in again.voucher_ids:
            raise DuplicateSourceId(request.source_id or "")
        return again
    joins_once = request.join_once or (campaign is not None and campaign.join_once)
    if not joins_once:
        return None
    if request.count > 1:
        raise TooManyVouchers(1, field="campaign.count")
    joined = await _joined(work, organizer_id, customer, campaign_id, wanted)
    before = None if joined is None else await _again(work, organizer_id, joined)
    # Of a publication whose vouchers were deleted nobody has anything.
    if before is None or not before.voucher_ids:
        return None
    if request.join_once:
        return before
    code = wanted.code if wanted is not None else ""
    raise VoucherCannotBePublished(code, "Voucher cannot be published. Customer already joined program.")


async def _joined(
    work: Work, organizer_id: int, customer: Known, campaign_id: int | None, wanted: Wanted | None
) -> Earlier | None:
    given = {"organizer_id": organizer_id, "customer_id": customer.id}
    # Of two requests for one customer the second finds what the first did.
    await work.row(LOCK_CUSTOMER, **given)
    row = None
    if campaign_id is not None:
        row = await work.row(JOINED, **given, campaign_id=campaign_id)
    elif wanted is not None:
        row = await work.row(OF_VOUCHER, **given, voucher_id=wanted.id)
    return None if row is None else Earlier(*row)


async def _of_source_id(
    work: Work, organizer_id: int, request: PublicationRequest, customer: Known, campaign_id: int | None
) -> Published | None:
    if request.source_id is None:
        return None
    row = await work.row(BY_SOURCE_ID, organizer_id=organizer_id, source_id=request.source_id)
    if row is None:
        return None
    earlier = Earlier(*row)
    if earlier.customer_id != customer.id or earlier.campaign_id != campaign_id:
        raise DuplicateSourceId(request.source_id)
    return await _again(work, organizer_id, earlier)


async def _again(work: Work, organizer_id: int, earlier: Earlier) -> Published:
    rows = await work.rows(VOUCHERS_OF, organizer_id=organizer_id, publication_id=earlier.id)
    return Published(earlier.id, earlier.token, earlier.customer_id, tuple(row[0] for row in rows), created=False)


async def insert(
    work: Work, organizer_id: int, request: PublicationRequest, customer: Known, campaign_id: int | None
) -> tuple[int, str] | Published:
    """The new publication's id and token; or the one that another request has made meanwhile."""
    token = public_ids.publication()
    row = await work.row(
        INSERT[work.engine],
        organizer_id=organizer_id,
        token=token,
        customer_id=customer.id,
        campaign_id=campaign_id,
        channel=request.channel,
        source_id=request.source_id,
        tracking_id=customer.source_id,
        metadata=dict(request.metadata or {}),
        created_at=work.now,
    )
    if row is not None:
        return int(row[0]), token
    earlier = await _of_source_id(work, organizer_id, request, customer, campaign_id)
    if earlier is None:
        raise DuplicateSourceId(request.source_id or "")
    return earlier
