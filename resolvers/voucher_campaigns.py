"""Voucher campaigns: create, update, enable, disable, delete.

A campaign's own row changes in the request that asks for it; what follows for its vouchers is an action (actions.py),
committed with it. Locks are taken in one order: the campaign, then its vouchers by their ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from models import public_ids
from models.action import ActionType
from models.problems import Invalid, NotFound, refuse
from models.terms import Terms
from models.unset import UNSET, Unset
from models.voucher_campaign import Growth, Progress
from models.voucher_problems import InvalidCampaign
from resolvers import actions, categories, voucher_terms, vouchers
from resolvers.context import Work
from resolvers.voucher_campaign_rows import Held, hold, look
from resolvers.voucher_campaign_rules import (
    CampaignChanges,
    NewCampaign,
    check,
    check_changes,
    joins_once,
    quantity_of,
    taken,
    type_of,
)
from resolvers.voucher_campaign_statements import (
    AMEND,
    AMENDED,
    BIN,
    BY_NAME,
    BY_TOKEN,
    INSERT,
    INSERT_BIN_ENTRY,
    IS_TOKEN,
    SWITCH,
)
from resolvers.voucher_rules import metadata_errors
from resolvers.voucher_scopes import WRITE


class Created(NamedTuple):
    """A new campaign, and the action that makes its vouchers, if there is one."""

    campaign_id: int
    action: actions.Enqueued | None


class Deleted(NamedTuple):
    campaign_id: int
    action: actions.Enqueued


# -- verbs -----------------------------------------------------------------------------------------------------------


async def find(work: Work, organizer_id: int, ref: str) -> int:
    """The campaign that is meant by an id or a name; the id counts first. Refuses with `NotFound`."""
    for statement in (BY_TOKEN, BY_NAME):
        found = None if "\0" in ref else await work.row(statement, organizer_id=organizer_id, ref=ref)
        if found is not None:
            number: int = found[0]
            return number
    raise NotFound("voucher_campaign", "There is no such campaign.", ref=ref)


async def create(work: Work, organizer_id: int, new: NewCampaign, *, request_id: str | None = None) -> Created:
    """A new campaign with its vouchers: none or one at once, more by an action.

    Refuses with `Invalid`, with `InvalidCampaign` if it lacks what its type needs, with `InvalidCodeConfig` if there
    are fewer codes than vouchers, and with `Taken` for a name in use: bins hold names, too.
    """
    work.principal.require(WRITE)
    campaign_type = type_of(new)
    check(new, campaign_type)
    await _require_no_id(work, organizer_id, new.name)
    category_id = await categories.meant(work, organizer_id, new.category or UNSET, new.category_token or UNSET)
    terms_id = None if new.terms is None else await voucher_terms.insert(work, organizer_id, new.terms)
    row = await work.row(
        INSERT[work.engine],
        organizer_id=organizer_id,
        token=public_ids.campaign(),
        name=new.name,
        description=new.description,
        campaign_type=campaign_type.value,
        type=new.type.value,
        terms_id=terms_id,
        quantity=quantity_of(new),
        code_config=None if new.terms is None else new.code_config.shown(),
        starts_at=new.starts_at,
        expires_at=new.expires_at,
        join_once=joins_once(new, campaign_type),
        auto_join=new.auto_join,
        use_voucher_metadata_schema=new.use_voucher_metadata_schema,
        category_id=None if isinstance(category_id, Unset) else category_id,
        metadata=new.metadata or {},
        promotion=_with_ids(new.promotion),
        referral_program=new.referral_program,
        loyalty_tiers_expiration=new.loyalty_tiers_expiration,
        creation_status=Progress.DONE.value,
        generation_status=Progress.DONE.value,
        created_at=work.now,
    )
    if row is None:
        raise taken(new.name)
    campaign_id: int = row[0]
    await work.record("voucher_campaign.created", organizer_id, campaign_id, {"name": new.name})
    return Created(campaign_id, await _first_vouchers(work, organizer_id, campaign_id, new, request_id))


async def update(
    work: Work, organizer_id: int, campaign_id: int, changes: CampaignChanges, *, request_id: str | None = None
) -> actions.Enqueued | None:
    """Change what may change of a campaign; the action that brings it to the vouchers nobody has or used.

    Refuses with `Invalid`, with `InvalidVoucher` for another type of discount, and with `NotFound`.
    """
    work.principal.require(WRITE)
    held = await hold(work, organizer_id, campaign_id)
    check_changes(changes, held)
    terms_id, terms = await _changed_terms(work, organizer_id, held, changes)
    category_id = await categories.meant(work, organizer_id, changes.category, changes.category_token)
    changed = _changed_columns(changes, held) | ({} if terms_id == held.terms_id else {"terms_id": terms_id})
    if not isinstance(category_id, Unset):
        changed["category_id"] = category_id
    starts_at, expires_at = changed.get("starts_at", held.starts_at), changed.get("expires_at", held.expires_at)
    voucher_terms.refuse_contradictions(terms, starts_at, expires_at)
    refuse(metadata_errors(changed.get("metadata")))
    action = await _passed_on(work, organizer_id, campaign_id, held, changes, changed, request_id)
    kept = {name: getattr(held, name) for name in AMENDED if name != "updated_at"}
    status = Progress.DONE if action is None else Progress.MODIFYING
    changed |= {"creation_status": status.value, "generation_status": status.value, "updated_at": work.now}
    await work.row(AMEND, **{**kept, **changed}, of_organizer=organizer_id, campaign_id=campaign_id)
    await work.record("voucher_campaign.updated", organizer_id, campaign_id, {"fields": sorted(changed)})
    return action


async def enable(work: Work, organizer_id: int, campaign_id: int) -> int:
    """Switch the campaign on; nothing happens if it is. Its id. Its vouchers' own switches stay as they are."""
    return await _switch(work, organizer_id, campaign_id, active=True)


async def disable(work: Work, organizer_id: int, campaign_id: int) -> int:
    """Switch the campaign off: none of its vouchers is validated or redeemed until it is enabled. Its id."""
    return await _switch(work, organizer_id, campaign_id, active=False)


async def delete(
    work: Work, organizer_id: int, campaign_id: int, *, force: bool = False, request_id: str | None = None
) -> Deleted:
    """Take the campaign and its vouchers away, at once for whoever reads or redeems.

    Without `force` into the bin, where it keeps its name and codes. With `force` for good: the name is free at once,
    each code when the action has come to it. Refuses with `NotFound`.
    """
    work.principal.require(WRITE)
    held = await hold(work, organizer_id, campaign_id)
    new_name = held.token if force else held.name
    await work.row(BIN, of_organizer=organizer_id, campaign_id=campaign_id, new_name=new_name, at=work.now)
    if not force:
        await work.row(
            INSERT_BIN_ENTRY,
            organizer_id=organizer_id,
            token=public_ids.bin_entry(),
            resource_type="campaign",
            resource_id=campaign_id,
            resource_token=held.token,
            resource_name=held.name,
            created_at=work.now,
        )
    kind = "voucher_campaign.deleted" if force else "voucher_campaign.binned"
    await work.record(kind, organizer_id, campaign_id, {"name": held.name})
    action = await remove(work, organizer_id, campaign_id, held.vouchers_count, force=force, request_id=request_id)
    return Deleted(campaign_id, action)


async def remove(
    work: Work, organizer_id: int, campaign_id: int, count: int, *, force: bool, request_id: str | None
) -> actions.Enqueued:
    """The action that takes away the vouchers of a campaign that nobody sees any more."""
    return await actions.enqueue(
        work,
        organizer_id,
        ActionType.DELETE,
        campaign_id=campaign_id,
        input={"force": force},
        total=count,
        request_id=request_id,
    )


# -- parts -----------------------------------------------------------------------------------------------------------


async def _switch(work: Work, organizer_id: int, campaign_id: int, *, active: bool) -> int:
    work.principal.require(WRITE)
    given = {"organizer_id": organizer_id, "campaign_id": campaign_id}
    if await work.row(SWITCH, **given, wanted=active, at=work.now):
        kind = "voucher_campaign.enabled" if active else "voucher_campaign.disabled"
        await work.record(kind, organizer_id, campaign_id, {})
    else:
        await look(work, organizer_id, campaign_id)
    return campaign_id


async def _first_vouchers(
    work: Work, organizer_id: int, campaign_id: int, new: NewCampaign, request_id: str | None
) -> actions.Enqueued | None:
    if new.terms is None:
        return None
    if new.type is Growth.STANDALONE or new.vouchers_count == 1:
        await vouchers.add_first(work, organizer_id, campaign_id, code=new.code, code_config=new.code_config)
    elif new.vouchers_count > 1:
        return await vouchers.generate(work, organizer_id, campaign_id, new.vouchers_count, request_id=request_id)
    return None


async def _require_no_id(work: Work, organizer_id: int, name: str) -> None:
    """A name that is another campaign's id could never be used to find its own."""
    if name.startswith("camp_") and await work.row(IS_TOKEN, organizer_id=organizer_id, ref=name):
        raise taken(name)


async def _changed_terms(
    work: Work, organizer_id: int, held: Held, changes: CampaignChanges
) -> tuple[int | None, Terms | None]:
    """The campaign's terms after the update: its old ones, or new ones if the update says something of them."""
    if held.terms_id is None:
        if not isinstance(changes.benefit, Unset):
            raise InvalidCampaign("A promotion has no vouchers.", field="discount")
        return None, None
    old = await voucher_terms.load(work, organizer_id, held.terms_id)
    new = old.limited(
        timeframe=changes.validity_timeframe,
        day_of_week=changes.validity_day_of_week,
        hours=changes.validity_hours,
        activity_duration=changes.activity_duration,
    )
    if not isinstance(changes.benefit, Unset):
        new = new.giving(changes.benefit)
    return (held.terms_id if new == old else await voucher_terms.insert(work, organizer_id, new)), new


def _changed_columns(changes: CampaignChanges, held: Held) -> dict[str, Any]:
    """What of the campaign's own row is new."""
    found: dict[str, Any] = {}
    for each in fields(changes):
        value = getattr(changes, each.name)
        if each.name in AMENDED and each.name not in ("metadata", "category_id") and not isinstance(value, Unset):
            found[each.name] = value.value if isinstance(value, Growth) else value
    added, removed = _metadata_changes(changes)
    if added or removed:
        left = {name: value for name, value in held.metadata.items() if name not in removed}
        found["metadata"] = left | added
    return found


def _metadata_changes(changes: CampaignChanges) -> tuple[dict[str, Any], list[str]]:
    """What is set and what is taken away. A key that an update sets to null is taken away."""
    given = {} if isinstance(changes.metadata, Unset) else changes.metadata
    removed = [*changes.unset_metadata_fields, *(name for name, value in given.items() if value is None)]
    return {name: value for name, value in given.items() if value is not None}, removed


# Columns of a campaign that its vouchers have, too.
PASSED_ON = ("terms_id", "quantity", "starts_at", "expires_at", "category_id")


async def _passed_on(
    work: Work,
    organizer_id: int,
    campaign_id: int,
    held: Held,
    changes: CampaignChanges,
    changed: Mapping[str, Any],
    request_id: str | None,
) -> actions.Enqueued | None:
    """The action that changes the vouchers, or counts them if there is nothing to change; a promotion has none."""
    if held.terms_id is None:
        return None
    columns = {name: _in_json(changed[name]) for name in PASSED_ON if name in changed}
    added, removed = _metadata_changes(changes) if held.use_voucher_metadata_schema else ({}, [])
    return await actions.enqueue(
        work,
        organizer_id,
        ActionType.UPDATE,
        campaign_id=campaign_id,
        input={"set": columns, "metadata": {"set": added, "unset": removed}},
        total=held.vouchers_count,
        request_id=request_id,
    )


def _in_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _with_ids(promotion: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A promotion's tiers with ids, as clients speak of them."""
    if promotion is None:
        return None
    tiers = promotion.get("tiers") or []
    if not isinstance(tiers, Sequence) or not all(isinstance(tier, Mapping) for tier in tiers):
        raise Invalid("A list of objects.", field="promotion.tiers", reason="type")
    return {**promotion, "tiers": [{"id": public_ids.promotion_tier(), **tier} for tier in tiers]}
