"""Vouchers: add one to a campaign or by itself, many; update, enable, disable, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, NamedTuple

from models import public_ids
from models.code_config import CodeConfig
from models.problems import Invalid, NotFound, Taken, refuse
from models.terms import Terms
from models.unset import UNSET, Unset
from models.voucher import VoucherType
from models.voucher_campaign import Growth
from models.voucher_problems import InvalidCampaign, InvalidCodeConfig, InvalidVoucher
from resolvers import categories, generation, new_vouchers, voucher_codes, voucher_defaults, voucher_terms
from resolvers.actions import Enqueued
from resolvers.context import Work
from resolvers.new_vouchers import NewVoucher
from resolvers.voucher_campaign_rows import Held as HeldCampaign
from resolvers.voucher_campaign_rows import hold as hold_campaign
from resolvers.voucher_campaign_statements import INSERT_BIN_ENTRY
from resolvers.voucher_defaults import Own
from resolvers.voucher_rules import VOUCHERS_MAX, code_errors, metadata_errors, quantity_errors, text_errors
from resolvers.voucher_scopes import WRITE
from resolvers.voucher_statements import (
    AMEND,
    AMENDED,
    BIN,
    BY_CODE,
    BY_TOKEN,
    CLOSE,
    DELETE,
    HELD,
    LOCK,
    LOCK_CAMPAIGN,
    SWITCH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a new voucher has of its own; what is not given is the campaign's."""

    quantity: int | Unset | None = UNSET
    active: bool = True
    category: str | Unset | None = UNSET
    category_token: str | Unset | None = UNSET
    metadata: Mapping[str, Any] | None = None
    additional_info: str | None = None
    starts_at: datetime | Unset | None = UNSET
    expires_at: datetime | Unset | None = UNSET


AS_THE_CAMPAIGN = Overrides()
DEFAULT_CODES = CodeConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherChanges:
    """What an update names. `benefit` is the discount, gift or loyalty card; `metadata` is merged."""

    active: bool | Unset = UNSET
    quantity: int | Unset | None = UNSET
    starts_at: datetime | Unset | None = UNSET
    expires_at: datetime | Unset | None = UNSET
    validity_timeframe: Mapping[str, Any] | Unset | None = UNSET
    validity_day_of_week: Sequence[int] | Unset | None = UNSET
    validity_hours: Mapping[str, Any] | Unset | None = UNSET
    category: str | Unset | None = UNSET
    category_token: str | Unset | None = UNSET
    additional_info: str | Unset | None = UNSET
    metadata: Mapping[str, Any] | Unset = UNSET
    benefit: Mapping[str, Any] | Unset = UNSET


class Held(NamedTuple):
    """A voucher as it is stored, in the order of HELD."""

    token: str
    code: str
    campaign_id: int | None
    gift_card_id: int | None
    terms_id: int
    active: bool
    quantity: int | None
    starts_at: datetime | None
    expires_at: datetime | None
    category_id: int | None
    metadata: Mapping[str, Any] | None
    additional_info: str | None


assert Held._fields == HELD


# -- verbs -----------------------------------------------------------------------------------------------------------


async def find(work: Work, organizer_id: int, ref: str) -> int:
    """The voucher that is meant by a code or an id; the code counts first. Refuses with `NotFound`."""
    for statement in (BY_CODE, BY_TOKEN):
        found = None if "\0" in ref else await work.row(statement, organizer_id=organizer_id, ref=ref)
        if found is not None:
            number: int = found[0]
            return number
    raise NotFound("voucher", "There is no such voucher.", ref=ref)


async def add(
    work: Work,
    organizer_id: int,
    campaign_id: int,
    *,
    code: str | None = None,
    own: Overrides = AS_THE_CAMPAIGN,
    terms: Terms | None = None,
    code_config: CodeConfig | None = None,
) -> int:
    """A new voucher of the campaign, its code made up if none is given, by its terms or by terms of its own; its id.

    Refuses with `Taken` for a code in use, with `InvalidCampaign` for promotions and standalone campaigns, with
    `InvalidVoucher` for terms of another type of voucher, with `InvalidCodeConfig` if no code is left, with `Invalid`
    and with `NotFound`.
    """
    work.principal.require(WRITE)
    campaign = await hold_campaign(work, organizer_id, campaign_id)
    _refuse_generation(campaign, own)
    config = CodeConfig.read(campaign.code_config) if code_config is None else code_config
    return await add_first(work, organizer_id, campaign_id, code=code, own=own, terms=terms, code_config=config)


async def add_first(
    work: Work,
    organizer_id: int,
    campaign_id: int,
    *,
    code: str | None,
    code_config: CodeConfig,
    own: Overrides = AS_THE_CAMPAIGN,
    terms: Terms | None = None,
) -> int:
    """The same for a campaign that is just being made, also a standalone one."""
    _check(own, code)
    of = await voucher_defaults.of_campaign(work, organizer_id, campaign_id)
    new = voucher_defaults.new("", of, await _own(work, organizer_id, own))
    given = {"campaign_id": campaign_id, "terms_id": of.terms_id, "type": of.type}
    if terms is not None:
        if terms.type is not of.type:
            raise InvalidVoucher(f"The campaign's vouchers are of the type {of.type.value}.", field="type")
        voucher_terms.refuse_contradictions(terms, new.starts_at, new.expires_at)
        new = replace(new, amount=terms.amount)
        given["terms_id"] = await voucher_terms.insert(work, organizer_id, terms)
    return await _add_one(work, organizer_id, new, code, code_config, **given)


async def generate(
    work: Work,
    organizer_id: int,
    campaign_id: int,
    count: int,
    *,
    own: Overrides = AS_THE_CAMPAIGN,
    code_config: CodeConfig | None = None,
    request_id: str | None = None,
) -> Enqueued:
    """Many new vouchers of the campaign, by an action. Refuses as `add` does, before anything is written."""
    work.principal.require(WRITE)
    campaign = await hold_campaign(work, organizer_id, campaign_id)
    _refuse_generation(campaign, own)
    _check(own, None)
    if not 1 <= count <= VOUCHERS_MAX:
        raise Invalid(f"From 1 to {VOUCHERS_MAX}.", field="vouchers_count", reason="out_of_range")
    config = CodeConfig.read(campaign.code_config) if code_config is None else code_config
    resolved = await _own(work, organizer_id, own)
    return await generation.generate(
        work, organizer_id, campaign_id, count=count, config=config, own=resolved, request_id=request_id
    )


async def create(
    work: Work,
    organizer_id: int,
    terms: Terms,
    *,
    code: str | None = None,
    own: Overrides = AS_THE_CAMPAIGN,
    code_config: CodeConfig = DEFAULT_CODES,
) -> int:
    """A new voucher without a campaign; its id. Refuses as `add` does. Of a discount `quantity` is 1 if not given."""
    work.principal.require(WRITE)
    _check(own, code)
    voucher_terms.refuse_contradictions(
        terms, voucher_defaults.given(own.starts_at, None), voucher_defaults.given(own.expires_at, None)
    )
    once = 1 if terms.type is VoucherType.DISCOUNT_VOUCHER else None
    category_id = await categories.meant(work, organizer_id, own.category, own.category_token)
    new = NewVoucher(
        code="",
        quantity=voucher_defaults.given(own.quantity, once),
        amount=terms.amount,
        active=own.active,
        starts_at=voucher_defaults.given(own.starts_at, None),
        expires_at=voucher_defaults.given(own.expires_at, None),
        category_id=voucher_defaults.given(category_id, None),
        metadata=own.metadata,
        additional_info=own.additional_info,
    )
    terms_id = await voucher_terms.insert(work, organizer_id, terms)
    given = {"campaign_id": None, "terms_id": terms_id, "type": terms.type}
    return await _add_one(work, organizer_id, new, code, code_config, **given)


async def update(work: Work, organizer_id: int, voucher_id: int, changes: VoucherChanges) -> int:
    """Change what may change of a voucher; its id.

    Refuses with `Invalid`, with `InvalidVoucher` for another type of discount, and with `NotFound`.
    """
    work.principal.require(WRITE)
    held = await hold(work, organizer_id, voucher_id)
    _check_changes(changes)
    terms = await voucher_terms.load(work, organizer_id, held.terms_id)
    wanted = terms.limited(
        timeframe=changes.validity_timeframe,
        day_of_week=changes.validity_day_of_week,
        hours=changes.validity_hours,
    )
    if not isinstance(changes.benefit, Unset):
        wanted = wanted.giving(changes.benefit)
    changed = _changed_columns(changes, held)
    voucher_terms.refuse_contradictions(
        wanted, changed.get("starts_at", held.starts_at), changed.get("expires_at", held.expires_at)
    )
    if wanted != terms:
        changed["terms_id"] = await voucher_terms.insert(work, organizer_id, wanted)
    refuse(metadata_errors(changed.get("metadata")))
    category_id = await categories.meant(work, organizer_id, changes.category, changes.category_token)
    if not isinstance(category_id, Unset):
        changed["category_id"] = category_id
    if changed:
        kept = {name: getattr(held, name) for name in AMENDED if name != "updated_at"}
        given = {**kept, **changed, "updated_at": work.now}
        await work.row(AMEND, **given, of_organizer=organizer_id, voucher_id=voucher_id)
        await work.record("voucher.updated", organizer_id, voucher_id, {"fields": sorted(changed)})
    return voucher_id


async def enable(work: Work, organizer_id: int, voucher_id: int) -> int:
    """Switch the voucher on; nothing happens if it is. Its id."""
    return await _switch(work, organizer_id, voucher_id, active=True)


async def disable(work: Work, organizer_id: int, voucher_id: int) -> int:
    """Switch the voucher off: it is neither validated nor redeemed until it is enabled. Its id."""
    return await _switch(work, organizer_id, voucher_id, active=False)


async def delete(work: Work, organizer_id: int, voucher_id: int, *, force: bool = False) -> int:
    """Take the voucher away: into the bin, where it keeps its code, or with `force` for good, with its redemptions.

    What is left on a balance stays in the ledger and cannot be spent. Its id. Refuses with `NotFound`.
    """
    work.principal.require(WRITE)
    campaign = await work.row(LOCK_CAMPAIGN, organizer_id=organizer_id, voucher_id=voucher_id)
    held = await hold(work, organizer_id, voucher_id)
    if force:
        await remove(work, organizer_id, voucher_id)
        return voucher_id
    await work.row(BIN, of_organizer=organizer_id, voucher_id=voucher_id, at=work.now)
    if held.campaign_id is not None:
        await new_vouchers.count(work, organizer_id, held.campaign_id, -1)
    await work.row(
        INSERT_BIN_ENTRY,
        organizer_id=organizer_id,
        token=public_ids.bin_entry(),
        resource_type="voucher",
        resource_id=voucher_id,
        resource_token=held.token,
        resource_name=held.code,
        parent_token=None if campaign is None else campaign[0],
        created_at=work.now,
    )
    await work.record("voucher.binned", organizer_id, voucher_id, {"code": held.code})
    return voucher_id


async def remove(work: Work, organizer_id: int, voucher_id: int) -> None:
    """Delete the voucher's row and all that happened to it; its balance is closed. Asks for no scope of its own."""
    await work.row(LOCK_CAMPAIGN, organizer_id=organizer_id, voucher_id=voucher_id)
    row = await work.row(DELETE, organizer_id=organizer_id, voucher_id=voucher_id)
    if row is None:
        return
    campaign_id, gift_card_id, binned_at = row
    if gift_card_id is not None:
        await work.row(CLOSE, organizer_id=organizer_id, gift_card_id=gift_card_id)
    # One in the bin is counted no more.
    if campaign_id is not None and binned_at is None:
        await new_vouchers.count(work, organizer_id, campaign_id, -1)
    await work.record("voucher.deleted", organizer_id, voucher_id, {})


async def hold(work: Work, organizer_id: int, voucher_id: int) -> Held:
    """The voucher, locked until this unit ends. Refuses with `NotFound`."""
    row = await work.row(LOCK, organizer_id=organizer_id, voucher_id=voucher_id)
    if row is None:
        raise NotFound("voucher", "There is no such voucher.")
    return Held(*row)


# -- parts -----------------------------------------------------------------------------------------------------------


async def _switch(work: Work, organizer_id: int, voucher_id: int, *, active: bool) -> int:
    work.principal.require(WRITE)
    await hold(work, organizer_id, voucher_id)
    if await work.row(SWITCH, organizer_id=organizer_id, voucher_id=voucher_id, wanted=active, at=work.now):
        await work.record("voucher.enabled" if active else "voucher.disabled", organizer_id, voucher_id, {})
    return voucher_id


async def _own(work: Work, organizer_id: int, own: Overrides) -> Own:
    """The same with the category found, or made."""
    return Own(
        quantity=own.quantity,
        starts_at=own.starts_at,
        expires_at=own.expires_at,
        category_id=await categories.meant(work, organizer_id, own.category, own.category_token),
        metadata=own.metadata,
        additional_info=own.additional_info,
        active=own.active,
    )


async def _add_one(
    work: Work, organizer_id: int, new: NewVoucher, code: str | None, config: CodeConfig, **of: Any
) -> int:
    """Add the voucher with its code, or with one that nobody has."""
    for codes in voucher_codes.candidates(config) if code is None else [[code]]:
        for candidate in await voucher_codes.free(work, organizer_id, codes):
            added = await new_vouchers.add(work, organizer_id, [replace(new, code=candidate)], **of)
            if added:
                await work.record("voucher.created", organizer_id, added[candidate], {"code": candidate})
                return added[candidate]
    if code is None:
        raise InvalidCodeConfig("No code of this configuration is left.", field="code_config", reason="infeasible")
    raise Taken("There is a voucher with this code.", field="code", noun="voucher", ref=code)


def _changed_columns(changes: VoucherChanges, held: Held) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields(changes):
        value = getattr(changes, each.name)
        if each.name in AMENDED and each.name != "metadata" and not isinstance(value, Unset):
            found[each.name] = value
    if not isinstance(changes.metadata, Unset):
        merged = {**(held.metadata or {}), **changes.metadata}
        found["metadata"] = {name: value for name, value in merged.items() if value is not None} or None
    return found


# -- rules -----------------------------------------------------------------------------------------------------------


def _refuse_generation(campaign: HeldCampaign, own: Overrides) -> None:
    """Refuse with `InvalidCampaign` to add vouchers to a campaign that has none, or just its one; with `Invalid` such
    as would expire before they start.
    """
    if campaign.terms_id is None:
        raise InvalidCampaign("A promotion has no vouchers.")
    if campaign.type == Growth.STANDALONE:
        # The words are the vendor's: programs show them to their users.
        raise InvalidCampaign("You can not generate vouchers for STANDALONE type campaign.")
    starts_at, expires_at = (
        voucher_defaults.given(own.starts_at, campaign.starts_at),
        voucher_defaults.given(own.expires_at, campaign.expires_at),
    )
    voucher_terms.refuse_contradictions(None, starts_at, expires_at)


def _check(own: Overrides, code: str | None) -> None:
    found: list[Invalid] = [] if code is None else [*code_errors(code)]
    found += quantity_errors("redemption.quantity", own.quantity)
    found += text_errors("additional_info", own.additional_info)
    found += metadata_errors(own.metadata)
    refuse(found)


def _check_changes(changes: VoucherChanges) -> None:
    found = [*quantity_errors("redemption.quantity", changes.quantity)]
    if not isinstance(changes.additional_info, Unset):
        found += text_errors("additional_info", changes.additional_info)
    refuse(found)
