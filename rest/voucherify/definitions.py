"""What requests say of campaigns and vouchers to be: a body as the verbs take it.

On creation null is as good as absent: the Python SDK sends every field that is not set as null.
"""

from collections.abc import Mapping
from typing import Any

from models.code_config import CodeConfig
from models.problems import NotFound
from models.terms import BENEFITS, Terms
from models.unset import UNSET, Unset
from models.voucher import VoucherType
from models.voucher_campaign import CampaignType, Growth
from models.voucher_problems import InvalidCampaign
from resolvers.voucher_campaign_rules import INFERRED, VOUCHER_TYPES, CampaignChanges, NewCampaign
from resolvers.vouchers import Overrides, VoucherChanges
from rest.voucherify import fields
from rest.voucherify.fields import Payload
from rest.voucherify.refusals import InvalidPayload

CODE_LENGTH_MAX = 255
VOUCHER_TYPE = fields.choice(*(each.value for each in VoucherType))
# Limits of a campaign or a voucher by the names of `Terms.limited`.
LIMITS = {"timeframe": "validity_timeframe", "day_of_week": "validity_day_of_week", "hours": "validity_hours"}


def new_campaign(body: Payload) -> NewCampaign:
    """The body of a campaign to be. Refuses what cannot be read, and rules and areas, which there are none of here."""
    name = body.take("name", fields.name)
    if name is None:
        raise InvalidPayload("Payload should have required property 'name'", field="name")
    campaign_type = body.take("campaign_type", fields.choice(*(each.value for each in CampaignType)))
    voucher = body.take("voucher", fields.nested) or Payload({}, ".voucher")
    refuse_rules(body)
    kind = None if campaign_type is None else CampaignType(campaign_type)
    return NewCampaign(
        name=name,
        terms=_terms_of_campaign(body, voucher, kind),
        campaign_type=kind,
        type=Growth(body.take("type", fields.choice(*(each.value for each in Growth))) or Growth.STATIC.value),
        description=body.take("description", fields.text),
        quantity=quantity(voucher, "redemption"),
        code_config=CodeConfig.read(voucher.take("code_config", fields.mapping)),
        code=voucher.take("code", fields.coded(CODE_LENGTH_MAX)),
        vouchers_count=body.take("vouchers_count", fields.integer(0)) or 0,
        starts_at=body.take("start_date", fields.instant),
        expires_at=body.take("expiration_date", fields.instant),
        join_once=body.take("join_once", fields.boolean),
        auto_join=bool(body.take("auto_join", fields.boolean)),
        use_voucher_metadata_schema=body.take("use_voucher_metadata_schema", fields.boolean) is not False,
        category=body.take("category", fields.text),
        category_token=body.take("category_id", fields.text),
        metadata=body.take("metadata", fields.mapping),
        promotion=body.take("promotion", fields.mapping),
        referral_program=body.take("referral_program", fields.mapping),
        loyalty_tiers_expiration=body.take("loyalty_tiers_expiration", fields.mapping),
    )


def campaign_changes(body: Payload) -> CampaignChanges:
    """What an update names. Null takes away what can be without; of the rest it says nothing, as null or absent."""
    growth = body.take("type", fields.choice(Growth.STATIC.value, Growth.AUTO_UPDATE.value))
    default = body.take("default_voucher_redemption", fields.nested)
    return CampaignChanges(
        description=body.take("description", fields.text, absent=UNSET),
        type=UNSET if growth is None else Growth(growth),
        starts_at=body.take("start_date", fields.instant, absent=UNSET),
        expires_at=body.take("expiration_date", fields.instant, absent=UNSET),
        validity_timeframe=body.take("validity_timeframe", fields.mapping, absent=UNSET),
        validity_day_of_week=body.take("validity_day_of_week", fields.anything, absent=UNSET),
        validity_hours=body.take("validity_hours", fields.mapping, absent=UNSET),
        activity_duration=body.take("activity_duration_after_publishing", fields.text, absent=UNSET),
        join_once=_named(body.take("join_once", fields.boolean)),
        auto_join=_named(body.take("auto_join", fields.boolean)),
        category=body.take("category", fields.text, absent=UNSET),
        category_token=body.take("category_id", fields.text, absent=UNSET),
        metadata=_named(body.take("metadata", fields.mapping)),
        unset_metadata_fields=tuple(body.take("unset_metadata_fields", fields.listed(fields.text)) or ()),
        benefit=_benefit(body),
        quantity=UNSET if default is None else default.take("quantity", fields.integer(1), absent=UNSET),
        referral_program=body.take("referral_program", fields.mapping, absent=UNSET),
        loyalty_tiers_expiration=body.take("loyalty_tiers_expiration", fields.mapping, absent=UNSET),
    )


def overrides(body: Payload) -> Overrides:
    """What a voucher that is added has of its own; null as a limit takes the campaign's away."""
    refuse_rules(body)
    return Overrides(
        quantity=quantity(body, "redemption"),
        active=body.take("active", fields.boolean) is not False,
        category=body.take("category", fields.text) or UNSET,
        category_token=body.take("category_id", fields.text) or UNSET,
        metadata=body.take("metadata", fields.mapping),
        additional_info=body.take("additional_info", fields.text),
        starts_at=_named(body.take("start_date", fields.instant)),
        expires_at=_named(body.take("expiration_date", fields.instant)),
    )


def names_benefit(body: Payload) -> bool:
    """Whether a voucher of a campaign is to give something else than the campaign says."""
    return any(body.values.get(field) is not None for field in BENEFITS.values())


def own_terms(body: Payload) -> Terms:
    """What a voucher gives by itself. Its type is inferred from the benefit where it is not named."""
    named = body.take("type", VOUCHER_TYPE)
    kinds = (
        [VoucherType(named)]
        if named
        else [kind for kind, field in BENEFITS.items() if body.values.get(field) is not None]
    )
    if len(kinds) != 1:
        raise InvalidPayload("Payload should have required property 'type'", field="type")
    return terms(body, body, kinds[0])


def voucher_changes(body: Payload) -> VoucherChanges:
    """`type` and `code` are passed over: the Python SDK sends a type in every update, and the wrong one at that."""
    redemption = body.take("redemption", fields.nested)
    return VoucherChanges(
        active=_named(body.take("active", fields.boolean)),
        quantity=UNSET if redemption is None else redemption.take("quantity", fields.integer(1), absent=UNSET),
        starts_at=body.take("start_date", fields.instant, absent=UNSET),
        expires_at=body.take("expiration_date", fields.instant, absent=UNSET),
        validity_timeframe=body.take("validity_timeframe", fields.mapping, absent=UNSET),
        validity_day_of_week=body.take("validity_day_of_week", fields.anything, absent=UNSET),
        validity_hours=body.take("validity_hours", fields.mapping, absent=UNSET),
        category=body.take("category", fields.text, absent=UNSET),
        category_token=body.take("category_id", fields.text, absent=UNSET),
        additional_info=body.take("additional_info", fields.text, absent=UNSET),
        metadata=_named(body.take("metadata", fields.mapping)),
        benefit=_benefit(body),
    )


def terms(of: Payload, limited: Payload, kind: VoucherType, *, is_referral_code: bool = False) -> Terms:
    """The benefit in one object, the limits in another: a campaign keeps the latter beside its `voucher`."""
    limits: dict[str, Any] = {name: limited.take(field, fields.anything) for name, field in LIMITS.items()}
    limits["activity_duration"] = limited.take("activity_duration_after_publishing", fields.text)
    referral = of.take("is_referral_code", fields.boolean)
    benefit = _without_nulls(of.need(BENEFITS[kind], fields.mapping))
    at = f"{of.path.lstrip('.')}." if of.path else ""
    return Terms.read(kind, benefit, is_referral_code=bool(referral) or is_referral_code, at=at, **limits)


def quantity(body: Payload, name: str) -> int | Unset | None:
    """How often a voucher may be redeemed. Of an object that does not say it, as of none: UNSET; null: no limit."""
    redemption = body.take(name, fields.nested)
    return UNSET if redemption is None else redemption.take("quantity", fields.integer(1), absent=UNSET)


def refuse_rules(body: Payload) -> None:
    """There are no validation rules here; a coupon that was meant to be limited by one must not be given out."""
    rules = body.take("validation_rules", fields.listed(fields.text))
    if rules:
        raise NotFound("validation_rule", "There are no validation rules.", field="validation_rules", ref=rules[0])


# -- parts -----------------------------------------------------------------------------------------------------------


def _terms_of_campaign(body: Payload, voucher: Payload, kind: CampaignType | None) -> Terms | None:
    if kind is CampaignType.PROMOTION:
        return None
    named = voucher.take("type", VOUCHER_TYPE)
    possible = list(VOUCHER_TYPES[kind]) if kind else list(VoucherType)
    if named is not None:
        return _complete(body, voucher, VoucherType(named), kind)
    for each in possible:
        if voucher.values.get(BENEFITS[each]) is not None:
            return _complete(body, voucher, each, kind)
    return None if kind is None else _complete(body, voucher, possible[0], kind)


def _complete(body: Payload, voucher: Payload, type: VoucherType, kind: CampaignType | None) -> Terms:
    if voucher.values.get(BENEFITS[type]) is None:
        label = (kind or INFERRED[type]).value
        raise InvalidCampaign(f"Property '{BENEFITS[type]}' is required for {label} campaign", field=BENEFITS[type])
    return terms(voucher, body, type, is_referral_code=kind is CampaignType.REFERRAL_PROGRAM)


def _benefit(body: Payload) -> Mapping[str, Any] | Unset:
    for name in BENEFITS.values():
        found = body.take(name, fields.mapping)
        if found is not None:
            return _without_nulls(found)
    return UNSET


def _without_nulls(given: Mapping[str, Any]) -> dict[str, Any]:
    """At any depth: what is null was not set."""
    return {name: _cleaned(value) for name, value in given.items() if value is not None}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _without_nulls(value)
    return [_cleaned(each) for each in value] if isinstance(value, list) else value


def _named(value: Any) -> Any:
    """Null says nothing here."""
    return UNSET if value is None else value
