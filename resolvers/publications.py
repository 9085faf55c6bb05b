"""Publish: give vouchers to a customer, each to one customer only.

Of a campaign it is the next ones that nobody has; if it makes new ones by itself, those that are missing are made. A
campaign that is switched off publishes all the same. The row of a publication with a `source_id` is written before
vouchers are taken, so that of two requests with one the second waits for the first and finds what it did.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from models.code_config import CodeConfig
from models.duration import Duration
from models.problems import Invalid, NotFound, refuse
from models.validity import expiration_after
from models.voucher_campaign import Growth
from models.voucher_problems import (
    InvalidCampaign,
    InvalidCodeConfig,
    MissingVouchers,
    NoVoucherSuitable,
    TooManyVouchers,
    VoucherAlreadyPublished,
    VoucherCannotBePublished,
)
from resolvers import customers, voucher_campaigns, vouchers
from resolvers.balances import text_errors
from resolvers.context import Work
from resolvers.customers import Known
from resolvers.publication_rows import PublicationRequest, Published, Wanted, insert
from resolvers.publication_rows import earlier as find_earlier
from resolvers.publication_statements import ACTIVITY, LOCK, NEXT, NEXT_OF_ALL, VOUCHERS
from resolvers.publication_statements import publish as publishing
from resolvers.verdicts import ZONE
from resolvers.voucher_campaign_rows import Held as Campaign
from resolvers.voucher_campaign_rows import look as look_at_campaign
from resolvers.voucher_scopes import PUBLISH

__all__ = ["PublicationRequest", "Published", "publish"]

VOUCHERS_MAX = 50
TEXT_LENGTH_MAX = 255


async def publish(work: Work, organizer_id: int, request: PublicationRequest) -> Published:
    """Give vouchers to a customer, who is added if new.

    Refuses with `MissingVouchers`, `TooManyVouchers`, `Invalid`; `NotFound` a campaign, a voucher or a customer's id;
    `NoVoucherSuitable`; `VoucherAlreadyPublished`; `VoucherCannotBePublished` to a customer who has one of a campaign
    that gives each only one, unless the request says `join_once`; `DuplicateSourceId`.
    """
    work.principal.require(PUBLISH)
    _check(request)
    known = await customers.find(work, organizer_id, request.customer)
    customer = await customers.settle(work, organizer_id, known, request.customer)
    if request.voucher is not None:
        return await _publish_one(work, organizer_id, request, customer, request.voucher)
    assert request.campaign is not None
    campaign_id = await voucher_campaigns.find(work, organizer_id, request.campaign)
    return await _publish_some(work, organizer_id, request, customer, campaign_id)


# -- of a campaign ---------------------------------------------------------------------------------------------------


async def _publish_some(
    work: Work, organizer_id: int, request: PublicationRequest, customer: Known, campaign_id: int
) -> Published:
    campaign = await look_at_campaign(work, organizer_id, campaign_id)
    if campaign.terms_id is None:
        raise InvalidCampaign("A promotion has no vouchers to be published.")
    earlier = await find_earlier(work, organizer_id, request, customer, campaign_id, campaign)
    if earlier is not None:
        return earlier
    taken = None
    if request.source_id is None:
        # Nothing to wait for: a refusal then has nothing to undo.
        taken = await _take(work, organizer_id, campaign_id, campaign, request.count)
    publication = await insert(work, organizer_id, request, customer, campaign_id)
    if isinstance(publication, Published):
        return publication
    if taken is None:
        taken = await _take(work, organizer_id, campaign_id, campaign, request.count)
    return await _give(work, organizer_id, publication, customer, taken)


async def _take(
    work: Work, organizer_id: int, campaign_id: int, campaign: Campaign, count: int
) -> Sequence[tuple[int, int]]:
    """So many vouchers with their terms, locked: the next that nobody has, or new ones."""
    given = {"organizer_id": organizer_id, "campaign_id": campaign_id, "count_max": count}
    rows = await work.rows(NEXT, **given)
    if len(rows) < count and work.engine == "postgresql":
        rows = await work.rows(NEXT_OF_ALL, **given)
    taken = [(row[0], row[1]) for row in rows]
    if len(taken) < count and campaign.type != Growth.AUTO_UPDATE:
        raise NoVoucherSuitable()
    while len(taken) < count:
        taken.append((await _make(work, organizer_id, campaign_id, campaign), campaign.terms_id or 0))
    return taken


async def _make(work: Work, organizer_id: int, campaign_id: int, campaign: Campaign) -> int:
    config = CodeConfig.read(campaign.code_config)
    try:
        return await vouchers.add_first(work, organizer_id, campaign_id, code=None, code_config=config)
    except InvalidCodeConfig:
        # No code is left that it could have.
        raise NoVoucherSuitable() from None


# -- one voucher -----------------------------------------------------------------------------------------------------


async def _publish_one(
    work: Work, organizer_id: int, request: PublicationRequest, customer: Known, ref: str
) -> Published:
    found = await _lock(work, organizer_id, ref, request.campaign)
    campaign = None
    if found.campaign_id is not None:
        campaign = await look_at_campaign(work, organizer_id, found.campaign_id)
    earlier = await find_earlier(work, organizer_id, request, customer, found.campaign_id, campaign, found)
    if earlier is not None:
        return earlier
    if found.published_count > 0:
        raise VoucherAlreadyPublished(found.code, token=found.token)
    if not found.active:
        raise VoucherCannotBePublished(found.code, "Voucher cannot be published. It is disabled.")
    publication = await insert(work, organizer_id, request, customer, found.campaign_id)
    if isinstance(publication, Published):
        return publication
    return await _give(work, organizer_id, publication, customer, [(found.id, found.terms_id)])


async def _lock(work: Work, organizer_id: int, ref: str, campaign_ref: str | None) -> Wanted:
    voucher_id = await vouchers.find(work, organizer_id, ref)
    row = await work.row(LOCK, organizer_id=organizer_id, voucher_id=voucher_id)
    if row is None:
        raise NotFound("voucher", ref=ref)
    found = Wanted(voucher_id, *row)
    if campaign_ref is not None:
        named = await voucher_campaigns.find(work, organizer_id, campaign_ref)
        if named != found.campaign_id:
            raise NotFound("voucher", ref=ref)
    return found


# -- writing ---------------------------------------------------------------------------------------------------------


async def _give(
    work: Work,
    organizer_id: int,
    publication: tuple[int, str],
    customer: Known,
    taken: Iterable[tuple[int, int]],
) -> Published:
    publication_id, token = publication
    ids: list[int] = []
    for terms_id, group in groupby(sorted(taken, key=lambda each: each[1]), key=lambda each: each[1]):
        some = [voucher_id for voucher_id, _ in group]
        await _publish(work, organizer_id, some, terms_id, customer)
        ids += some
    rows = [{"organizer_id": organizer_id, "publication_id": publication_id, "voucher_id": each} for each in ids]
    await VOUCHERS.insert(work, rows)
    for voucher_id in ids:
        content = {"publication_id": publication_id, "customer_id": customer.id}
        await work.record("voucher.published", organizer_id, voucher_id, content)
    return Published(publication_id, token, customer.id, tuple(sorted(ids)), created=True)


async def _publish(work: Work, organizer_id: int, ids: Collection[int], terms_id: int, customer: Known) -> None:
    row = await work.row(ACTIVITY, organizer_id=organizer_id, terms_id=terms_id)
    duration = None if row is None or row[0] is None else Duration.read(row[0], field="activity_duration")
    await work.rows(
        publishing(work.dialect),
        of_organizer=organizer_id,
        ids=list(ids),
        holder=customer.id,
        new_expiration=None if duration is None else expiration_after(duration, work.now, ZONE),
        at=work.now,
    )


# -- rules -----------------------------------------------------------------------------------------------------------


def _check(request: PublicationRequest) -> None:
    if request.campaign is None and request.voucher is None:
        raise MissingVouchers()
    found: list[Invalid] = []
    if not request.customer.is_named:
        found.append(Invalid("A customer's id or source id is required.", field="customer", reason="required"))
    if request.count < 1:
        found.append(Invalid("At least one.", field="campaign.count", reason="out_of_range"))
    for name, text in (("source_id", request.source_id), ("channel", request.channel)):
        found += text_errors(name, text or "")
        if len(text or "") > TEXT_LENGTH_MAX:
            found.append(Invalid(f"At most {TEXT_LENGTH_MAX} characters.", field=name, reason="too_long"))
    refuse(found)
    if request.count > VOUCHERS_MAX:
        raise TooManyVouchers(VOUCHERS_MAX, field="campaign.count")
