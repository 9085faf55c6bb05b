"""A voucher campaign's row, for those who write about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from models.problems import NotFound
from resolvers.context import Work
from resolvers.voucher_campaign_statements import HELD, LOCK, LOOK


class Held(NamedTuple):
    """A campaign as it is stored, in the order of HELD."""

    token: str
    name: str
    campaign_type: str
    vouchers_count: int
    active: bool
    code_config: Mapping[str, Any] | None
    use_voucher_metadata_schema: bool
    description: str | None
    type: str
    terms_id: int | None
    quantity: int | None
    starts_at: datetime | None
    expires_at: datetime | None
    join_once: bool
    auto_join: bool
    category_id: int | None
    metadata: Mapping[str, Any]
    referral_program: Mapping[str, Any] | None
    loyalty_tiers_expiration: Mapping[str, Any] | None
    creation_status: str
    generation_status: str


assert Held._fields == HELD


async def hold(work: Work, organizer_id: int, campaign_id: int) -> Held:
    """The campaign, locked until this unit ends. Refuses with `NotFound`."""
    row = await work.row(LOCK, organizer_id=organizer_id, campaign_id=campaign_id)
    if row is None:
        raise NotFound("voucher_campaign", "There is no such campaign.")
    return Held(*row)


async def look(work: Work, organizer_id: int, campaign_id: int) -> Held:
    """The campaign as it is. Refuses with `NotFound`."""
    row = await work.row(LOOK, organizer_id=organizer_id, campaign_id=campaign_id)
    if row is None:
        raise NotFound("voucher_campaign", "There is no such campaign.")
    return Held(*row)
