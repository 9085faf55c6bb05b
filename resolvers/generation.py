"""Generating vouchers: so many codes by a configuration, each added once, until there are as many as were asked for.

Codes are drawn at random, and those that exist already are simply made up for. Where more than half of the possible
codes are or will be in use, drawing would spin: all possible codes are walked through then, in an order of the action's
own. Many codes are drawn at once and sorted, so that a chunk of them has its places beside each other in the index.
"""

import asyncio
import math
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql.base import Executable

from models import public_ids
from models.action import ActionType
from models.code_config import CodeConfig
from models.database import Database, Dialect
from models.metadata import Id
from models.voucher import VoucherType, voucher
from resolvers import actions, new_vouchers, voucher_defaults
from resolvers.action_kinds import Kind
from resolvers.actions import Claimed, Enqueued, Progressed
from resolvers.context import Work
from resolvers.reading.conditions import any_of
from resolvers.slices import ROWS_MAX
from resolvers.voucher_defaults import Defaults, Own

ADDED = "voucher_campaign.vouchers_added"
# Codes in one unit of work, and codes drawn at once: the more, the closer together are those of a unit.
CODES_MAX = 1000
DRAWN_MAX = 50_000
# Codes made without giving way to others: less than a millisecond.
PIECE = 1000
WALKED_PIECE = 100
# The largest space whose codes are all looked up before a generation is begun.
COUNTED_MAX = 10_000
# A chunk that adds fewer of its codes than one in this many goes over to walking.
FEW = 16
# What generated discounts have each of its own.
ALIKE = ("token", "code")


# -- the verb ----------------------------------------------------------------------------------------------------------


async def generate(
    work: Work,
    organizer_id: int,
    campaign_id: int,
    *,
    count: int,
    config: CodeConfig,
    own: Own | None = None,
    request_id: str | None = None,
) -> Enqueued:
    """Add so many vouchers to a campaign, in the background. Asks for no scope: the verb of the campaign has its own.

    Refuses with `NotFound`, and with `InvalidCodeConfig` if there cannot be so many codes, also because of codes that
    the organizer has: exactly where at most 10,000 codes are possible, else the action fails when none are left.
    """
    of = await voucher_defaults.of_campaign(work, organizer_id, campaign_id)
    config.require_feasible(count, await count_taken(work, organizer_id, config))
    given = {
        "codes_max": CODES_MAX if of.type is VoucherType.DISCOUNT_VOUCHER else ROWS_MAX,
        "code_config": _stored(config),
        "own": (own or Own()).stored(),
        "walk": [_coprime_below(config.space), secrets.randbelow(config.space)],
    }
    return await actions.enqueue(
        work,
        organizer_id,
        ActionType.GENERATE,
        campaign_id=campaign_id,
        input=given,
        total=count,
        request_id=request_id,
    )


async def count_taken(work: Work, organizer_id: int, config: CodeConfig) -> int:
    """How many of the configuration's codes the organizer has, if at most `COUNTED_MAX` are possible; else 0."""
    if config.space > COUNTED_MAX:
        return 0
    ((count,),) = await work.rows(_taken(work.dialect), organizer_id=organizer_id, codes=tuple(config.all_codes()))
    return int(count)


# -- one chunk ---------------------------------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """Codes for the next chunk, and those that were drawn with them for later ones, taken from the end."""

    codes: Sequence[str]
    later: list[str]


async def prepare(database: Database, claimed: Claimed, before: Drawn | None) -> Drawn:
    config = CodeConfig.read(claimed.input["code_config"])
    if "at" in claimed.state or config.is_tight(claimed.left):
        return Drawn(await _walked(config, claimed), [])
    later = before.later if before else []
    if not later:
        later = await _draw(config, min(claimed.left, DRAWN_MAX))
    # Those of a chunk that fails are gone with it: there are others.
    first = max(len(later) - min(claimed.input["codes_max"], claimed.left), 0)
    codes = later[first:]
    del later[first:]
    return Drawn(codes, later)


async def chunk(work: Work, held: Claimed, drawn: Drawn) -> Progressed:
    assert held.campaign_id is not None
    of = await voucher_defaults.of_campaign(work, held.organizer_id, held.campaign_id)
    codes = drawn.codes[: held.left]
    added = await _add(work, held, of, codes)
    if added:
        await work.record(ADDED, held.organizer_id, held.campaign_id, {"count": added, "action_id": held.id})
    return _progressed(held, added, len(codes))


def _progressed(held: Claimed, added: int, tried: int) -> Progressed:
    if added == held.left:
        return Progressed(added, state=held.state, finished=True)
    config = CodeConfig.read(held.input["code_config"])
    if "at" not in held.state and not config.is_tight(held.left):
        # Others have taken most of the codes meanwhile.
        return Progressed(added, state={"at": 0} if added * FEW < tried else held.state)
    at = held.state.get("at", 0) + tried
    failure = None
    if at >= config.space:
        failure = f"Generated {held.done_count + added} vouchers; there are no more codes of this configuration."
    return Progressed(added, state={"at": at}, failure=failure)


async def _add(work: Work, held: Claimed, of: Defaults, codes: Sequence[str]) -> int:
    own = Own.read(held.input["own"])
    if of.type is VoucherType.DISCOUNT_VOUCHER:
        return await _add_alike(work, held.organizer_id, of, own, codes)
    new = [voucher_defaults.new(code, of, own) for code in dict.fromkeys(codes)]
    added = await new_vouchers.add(
        work, held.organizer_id, new, campaign_id=of.campaign_id, terms_id=of.terms_id, type=of.type
    )
    return len(added)


async def _add_alike(work: Work, organizer_id: int, of: Defaults, own: Own, codes: Sequence[str]) -> int:
    """Vouchers that differ in their codes alone: what they share is said once."""
    rows = [{"token": token, "code": code} for token, code in zip(public_ids.vouchers(len(codes)), codes, strict=True)]
    shared = voucher_defaults.new("", of, own)
    added = await work.rows(
        new_vouchers.insertion(work.engine, ALIKE),
        rows=new_vouchers.OWN[ALIKE].text(rows),
        organizer_id=organizer_id,
        campaign_id=of.campaign_id,
        terms_id=of.terms_id,
        created_at=work.now,
        active=shared.active,
        quantity=shared.quantity,
        redeemed_quantity=0,
        redeemed_amount=0,
        starts_at=shared.starts_at,
        expires_at=shared.expires_at,
        category_id=shared.category_id,
        metadata=shared.metadata or None,
        additional_info=shared.additional_info,
    )
    await new_vouchers.count(work, organizer_id, of.campaign_id, len(added))
    return len(added)


def _message(done: int, failed: int) -> str:
    return f"Generated {done} vouchers."


KIND = Kind(chunk, _message, prepare)


# -- codes -------------------------------------------------------------------------------------------------------------


async def _draw(config: CodeConfig, count: int) -> list[str]:
    """Random codes, sorted. A sort of all at once would hold up everybody else for long."""
    by_beginning: dict[str, list[str]] = defaultdict(list)
    end = _sorted_by(config)
    for start in range(0, count, PIECE):
        for code in config.generate(min(PIECE, count - start)):
            by_beginning[code[:end]].append(code)
        await asyncio.sleep(0)
    found: list[str] = []
    for beginning in sorted(by_beginning):
        found += sorted(by_beginning.pop(beginning))
        await asyncio.sleep(0)
    return found


def _sorted_by(config: CodeConfig) -> int:
    """How long a beginning of codes has at least a hundred different forms, if it can have so many."""
    end, forms = len(config.prefix or ""), 1
    for character in config.pattern:
        end += 1
        forms *= len(config.alphabet) if character == "#" else 1
        if forms >= 100:
            break
    return end


async def _walked(config: CodeConfig, claimed: Claimed) -> list[str]:
    """The next codes of all that are possible, in the order of a walk that comes by each once."""
    step, first = claimed.input["walk"]
    at, space = claimed.state.get("at", 0), config.space
    end = min(at + claimed.input["codes_max"], space)
    codes: list[str] = []
    for start in range(at, end, WALKED_PIECE):
        numbers = range(start, min(start + WALKED_PIECE, end))
        codes += [config.code_at((step * number + first) % space) for number in numbers]
        await asyncio.sleep(0)
    return codes


def _coprime_below(space: int) -> int:
    while math.gcd(step := secrets.randbelow(space) + 1, space) != 1:
        pass
    return step


def _stored(config: CodeConfig) -> Mapping[str, Any]:
    return {name: getattr(config, name) for name in ("pattern", "charset", "prefix", "postfix")}


# -- statements --------------------------------------------------------------------------------------------------------


@cache
def _taken(dialect: Dialect) -> Executable:
    return select(func.count()).where(
        voucher.c.organizer_id == bindparam("organizer_id", type_=Id), any_of(voucher.c.code, "codes", dialect)
    )
