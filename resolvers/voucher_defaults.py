"""What a new voucher is: what its request says of it, and for the rest what its campaign says."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from models.metadata import Id
from models.problems import NotFound
from models.unset import UNSET, Unset
from models.voucher import VoucherType, voucher_terms
from models.voucher_campaign import voucher_campaign
from resolvers.context import Work
from resolvers.new_vouchers import NewVoucher

_DATES = ("starts_at", "expires_at")


class Defaults(NamedTuple):
    """What a campaign gives its new vouchers.

    `amount` is what gift vouchers and loyalty cards begin with, None for discounts; `inherits` says whether vouchers
    that are made here have the campaign's metadata.
    """

    campaign_id: int
    terms_id: int
    type: VoucherType
    quantity: int | None
    starts_at: datetime | None
    expires_at: datetime | None
    category_id: int | None
    metadata: Mapping[str, Any]
    inherits: bool
    amount: int | None


@dataclass(frozen=True, slots=True)
class Own:
    """What a request says of its new vouchers; UNSET: as the campaign has it."""

    quantity: int | Unset | None = UNSET
    starts_at: datetime | Unset | None = UNSET
    expires_at: datetime | Unset | None = UNSET
    category_id: int | Unset | None = UNSET
    amount: int | Unset = UNSET
    metadata: Mapping[str, Any] | None = None
    additional_info: str | None = None
    active: bool = True

    def stored(self) -> dict[str, Any]:
        """As JSON can hold it; `read` is the way back."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        given = {name: value for name, value in values.items() if not isinstance(value, Unset)}
        dates = {name: at for name in _DATES if isinstance(at := given.get(name), datetime)}
        return given | {name: at.isoformat() for name, at in dates.items()}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Own":
        dates = {name: datetime.fromisoformat(at) for name in _DATES if (at := stored.get(name)) is not None}
        return cls(**{**stored, **dates})


async def of_campaign(work: Work, organizer_id: int, campaign_id: int) -> Defaults:
    """Refuses with `NotFound` a campaign that is gone or in the bin, or that has no vouchers."""
    row = await work.row(LOOK, organizer_id=organizer_id, campaign_id=campaign_id)
    if row is None:
        raise NotFound("voucher_campaign", "The campaign was deleted.")
    terms_id, type, quantity, starts_at, expires_at, category_id, metadata, inherits, gift, card = row
    amount = gift.get("amount") if gift else card.get("points") if card else None
    begins_with = None if type == VoucherType.DISCOUNT_VOUCHER else int(amount or 0)
    of_all = (quantity, starts_at, expires_at, category_id, metadata, inherits, begins_with)
    return Defaults(campaign_id, terms_id, VoucherType(type), *of_all)


def new(code: str, of: Defaults, own: Own) -> NewVoucher:
    """The voucher as `new_vouchers.add` wants it."""
    inherited = of.metadata if of.inherits else {}
    return NewVoucher(
        code=code,
        quantity=given(own.quantity, of.quantity),
        amount=given(own.amount, of.amount) if of.amount is not None else None,
        active=own.active,
        starts_at=given(own.starts_at, of.starts_at),
        expires_at=given(own.expires_at, of.expires_at),
        category_id=given(own.category_id, of.category_id),
        metadata={**inherited, **(own.metadata or {})},
        additional_info=own.additional_info,
    )


def given(value: Any, otherwise: Any) -> Any:
    """The value, or the other one if it is UNSET."""
    return otherwise if isinstance(value, Unset) else value


_c, _terms = voucher_campaign.c, voucher_terms.c
LOOK = (
    select(
        *(_c.terms_id, _terms.type, _c.quantity, _c.starts_at, _c.expires_at, _c.category_id, _c.metadata),
        *(_c.use_voucher_metadata_schema, _terms.gift, _terms.loyalty_card),
    )
    .join_from(
        voucher_campaign,
        voucher_terms,
        (_terms.organizer_id == _c.organizer_id) & (_terms.id == _c.terms_id),
    )
    .where(
        _c.organizer_id == bindparam("organizer_id", type_=Id),
        _c.id == bindparam("campaign_id", type_=Id),
        _c.binned_at.is_(None),
    )
)
