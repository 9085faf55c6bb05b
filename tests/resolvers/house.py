"""A database with an organizer, for tests of the verbs about vouchers."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from models.action import action
from models.change import change
from models.database import Database
from models.problems import Problem
from models.terms import Terms
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from resolvers import voucher_campaigns
from resolvers.voucher_campaign_rules import NewCampaign
from tests.resolvers import databases
from tests.vouchers import an_organizer, making, written

PERCENT = Terms.read(VoucherType.DISCOUNT_VOUCHER, {"type": "PERCENT", "percent_off": 10})
GIFT = Terms.read(VoucherType.GIFT_VOUCHER, {"amount": 1000})
CARD = Terms.read(VoucherType.LOYALTY_CARD, {"points": 100})
NEW = NewCampaign(name="Spring", terms=PERCENT)


class House:
    """Verbs run in it, and looks into its tables."""

    def __init__(self, database: Database, organizer_id: int) -> None:
        self.database, self.organizer_id = database, organizer_id

    async def do(self, verb: Any, *given: Any, **named: Any) -> Any:
        return await written(self.database, making(verb, self.organizer_id, *given, **named))

    async def another(self) -> "House":
        """Another organizer's, in the same database."""
        return House(self.database, await written(self.database, making(an_organizer, "other")))

    async def created(self, **values: Any) -> int:
        """A new campaign; its id. `values` are fields of NewCampaign."""
        return int((await self.do(voucher_campaigns.create, replace(NEW, **values))).campaign_id)

    async def row(self, campaign_id: int, *columns: Any) -> Any:
        """Columns of a campaign; of one its value."""
        (found,) = await self._rows(select(*columns).where(voucher_campaign.c.id == campaign_id))
        return found[0] if len(columns) == 1 else found

    async def voucher(self, voucher_id: int, *columns: Any) -> Any:
        """The same of a voucher."""
        (found,) = await self._rows(select(*columns).where(voucher.c.id == voucher_id))
        return found[0] if len(columns) == 1 else found

    async def vouchers(self, campaign_id: int, *columns: Any) -> list[Any]:
        """The same of all vouchers of a campaign."""
        return await self._rows(select(*columns).where(voucher.c.campaign_id == campaign_id).order_by(voucher.c.id))

    async def changes(self) -> list[str]:
        return [row[0] for row in await self._rows(select(change.c.kind).order_by(change.c.id))]

    async def actions(self) -> list[tuple[Any, ...]]:
        asked = select(action.c.type, action.c.campaign_id, action.c.input, action.c.total)
        return await self._rows(asked.order_by(action.c.id))

    async def count(self, table: Any) -> int:
        return len(await self._rows(select(table.c.id)))

    async def _rows(self, asked: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await databases.rows(self.database, asked)]


async def outcomes(acts: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often it went well, and how often each refusal was given."""
    found: Counter[str] = Counter()
    for outcome in await asyncio.gather(*acts, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, Problem):
            raise outcome
        found[outcome.code if isinstance(outcome, Problem) else "done"] += 1
    return found
