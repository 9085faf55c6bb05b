"""What a campaign may be: what is asked for of a new one and of a change, and what of it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.code_config import CodeConfig
from models.problems import Invalid, Taken, refuse
from models.terms import BENEFITS, Terms
from models.unset import UNSET, Unset
from models.voucher import VoucherType
from models.voucher_campaign import CampaignType, Growth
from models.voucher_problems import InvalidCampaign
from resolvers import voucher_terms
from resolvers.voucher_campaign_rows import Held
from resolvers.voucher_rules import NAME_LENGTH_MAX, VOUCHERS_MAX, metadata_errors, quantity_errors, text_errors
from resolvers.vouchers import DEFAULT_CODES

# What the vouchers of each type of campaign are; of those with two, `voucher.type` says which.
VOUCHER_TYPES: Mapping[CampaignType, Sequence[VoucherType]] = {
    CampaignType.DISCOUNT_COUPONS: (VoucherType.DISCOUNT_VOUCHER,),
    CampaignType.GIFT_VOUCHERS: (VoucherType.GIFT_VOUCHER,),
    CampaignType.LOYALTY_PROGRAM: (VoucherType.LOYALTY_CARD,),
    CampaignType.REFERRAL_PROGRAM: (VoucherType.DISCOUNT_VOUCHER, VoucherType.GIFT_VOUCHER),
    CampaignType.PROMOTION: (),
}
INFERRED = {
    VoucherType.DISCOUNT_VOUCHER: CampaignType.DISCOUNT_COUPONS,
    VoucherType.GIFT_VOUCHER: CampaignType.GIFT_VOUCHERS,
    VoucherType.LOYALTY_CARD: CampaignType.LOYALTY_PROGRAM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign to be. `terms` are what its vouchers give; promotions have none.

    `quantity` is how often each voucher may be redeemed, None as often as one likes; not given it is once for discounts
    (contract A4) and no limit for balances. `code` is that of a standalone campaign's voucher.
    """

    name: str
    terms: Terms | None = None
    campaign_type: CampaignType | None = None
    type: Growth = Growth.STATIC
    description: str | None = None
    quantity: int | Unset | None = UNSET
    code_config: CodeConfig = DEFAULT_CODES
    code: str | None = None
    vouchers_count: int = 0
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    join_once: bool | None = None
    auto_join: bool = False
    use_voucher_metadata_schema: bool = True
    category: str | None = None
    category_token: str | None = None
    metadata: Mapping[str, Any] | None = None
    promotion: Mapping[str, Any] | None = None
    referral_program: Mapping[str, Any] | None = None
    loyalty_tiers_expiration: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChanges:
    """What an update names. `benefit` is the campaign's discount, gift or loyalty card; `metadata` is merged."""

    description: str | Unset | None = UNSET
    type: Growth | Unset = UNSET
    starts_at: datetime | Unset | None = UNSET
    expires_at: datetime | Unset | None = UNSET
    validity_timeframe: Mapping[str, Any] | Unset | None = UNSET
    validity_day_of_week: Sequence[int] | Unset | None = UNSET
    validity_hours: Mapping[str, Any] | Unset | None = UNSET
    activity_duration: str | Unset | None = UNSET
    join_once: bool | Unset = UNSET
    auto_join: bool | Unset = UNSET
    category: str | Unset | None = UNSET
    category_token: str | Unset | None = UNSET
    metadata: Mapping[str, Any] | Unset = UNSET
    unset_metadata_fields: Sequence[str] = ()
    benefit: Mapping[str, Any] | Unset = UNSET
    quantity: int | Unset | None = UNSET
    referral_program: Mapping[str, Any] | Unset | None = UNSET
    loyalty_tiers_expiration: Mapping[str, Any] | Unset | None = UNSET


def type_of(new: NewCampaign) -> CampaignType:
    """What kind of campaign it is; not given, it is inferred from its vouchers."""
    if new.campaign_type is None:
        if new.terms is None:
            raise InvalidCampaign("Property 'voucher' is required for campaign", field="voucher")
        return INFERRED[new.terms.type]
    wanted = VOUCHER_TYPES[new.campaign_type]
    if wanted and (new.terms is None or new.terms.type not in wanted):
        # The words are the vendor's: programs show them to their users.
        missing = BENEFITS[wanted[0]]
        message = f"Property '{missing}' is required for {new.campaign_type.value} campaign"
        raise InvalidCampaign(message, field=missing)
    if not wanted and new.terms is not None:
        raise InvalidCampaign("A promotion has no vouchers.", field="voucher")
    return new.campaign_type


def quantity_of(new: NewCampaign) -> int | None:
    """Contract A4: a discount that says nothing may be used once, so that no coupon is unlimited by accident."""
    if isinstance(new.quantity, Unset):
        return 1 if new.terms is not None and new.terms.type is VoucherType.DISCOUNT_VOUCHER else None
    return new.quantity


def joins_once(new: NewCampaign, campaign_type: CampaignType) -> bool:
    if campaign_type is CampaignType.LOYALTY_PROGRAM:
        return True
    return bool(new.join_once) and new.type is not Growth.STANDALONE


def check(new: NewCampaign, campaign_type: CampaignType) -> None:
    found: list[Invalid] = [*text_errors("name", new.name, NAME_LENGTH_MAX)]
    if not new.name.strip():
        found.append(Invalid("A campaign has a name.", field="name", reason="blank"))
    found += text_errors("description", new.description)
    found += quantity_errors("voucher.redemption.quantity", new.quantity)
    found += metadata_errors(new.metadata)
    refuse(found)
    voucher_terms.refuse_contradictions(new.terms, new.starts_at, new.expires_at)
    most = 0 if campaign_type is CampaignType.PROMOTION else VOUCHERS_MAX
    if not 0 <= new.vouchers_count <= most:
        raise Invalid(f"From 0 to {most}.", field="vouchers_count", reason="out_of_range")
    _check_growth(new, campaign_type)
    if new.terms is not None and new.vouchers_count:
        new.code_config.require_feasible(new.vouchers_count)


def _check_growth(new: NewCampaign, campaign_type: CampaignType) -> None:
    if new.type is Growth.STANDALONE:
        if new.terms is None or campaign_type is CampaignType.LOYALTY_PROGRAM:
            raise InvalidCampaign(f"A {campaign_type.value} campaign cannot be STANDALONE.", field="type")
        if new.code is None:
            raise InvalidCampaign("Property 'voucher.code' is required for STANDALONE campaign", field="voucher.code")
        if new.vouchers_count > 1:
            raise InvalidCampaign("A STANDALONE campaign has one voucher.", field="vouchers_count")


def check_changes(changes: CampaignChanges, held: Held) -> None:
    found: list[Invalid] = []
    if not isinstance(changes.description, Unset):
        found += text_errors("description", changes.description)
    found += quantity_errors("default_voucher_redemption.quantity", changes.quantity)
    refuse(found)
    growth = held.type if isinstance(changes.type, Unset) else changes.type.value
    if growth != held.type and Growth.STANDALONE.value in (growth, held.type):
        raise InvalidCampaign("Whether a campaign is STANDALONE cannot be changed.", field="type")


def taken(name: str) -> Taken:
    message = "There is a campaign of this name, here or in the bin."
    return Taken(message, field="name", noun="voucher_campaign", ref=name)
