"""What tests of tracking campaigns do over and over: make one, follow its link, tell of an order."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import httpx2
from sqlalchemy import or_, select

from models.change import change
from models.database import Database, Rows, Tx
from models.tracking_campaign import tracking_campaign, tracking_day
from resolvers import orders, tracking_campaigns
from tests.world import World

RECORD = """mutation ($input: OrderRecordInput!) { orderRecord(input: $input) {
  created order { code salesChannel: salesChannelIdentifier createdAt event { slug }
    tickets { nodes { secret } } campaigns { nodes { campaign { code } } } }
  userErrors { code field message } } }"""


async def campaign(world: World, code: str, *, event: str = "conf", of: str = "acme", **options: Any) -> int:
    """A campaign; its id."""
    given = {"description": f"The campaign {code}", **options}
    verb = partial(tracking_campaigns.create, organizer_id=world.organizers[of], event=event, code=code, **given)
    return await world.context(of).write(verb)


async def disable(world: World, campaign_id: int, *, of: str = "acme") -> None:
    verb = partial(tracking_campaigns.disable, organizer_id=world.organizers[of], campaign_id=campaign_id)
    await world.context(of).write(verb)


async def enable(world: World, campaign_id: int, *, of: str = "acme") -> None:
    verb = partial(tracking_campaigns.enable, organizer_id=world.organizers[of], campaign_id=campaign_id)
    await world.context(of).write(verb)


async def delete(world: World, campaign_id: int, *, of: str = "acme") -> None:
    verb = partial(tracking_campaigns.delete, organizer_id=world.organizers[of], campaign_id=campaign_id)
    await world.context(of).write(verb)


async def click(
    world: World, code: str, *, event: str = "conf", method: str = "GET", **headers: str | bytes
) -> httpx2.Response:
    """Follow a link as a visitor without cookies does."""
    world.client.cookies.clear()
    return await world.client.request(
        method, f"/acme/{event}/c/{code}/", headers=[(name.encode(), _bytes(value)) for name, value in headers.items()]
    )


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def cookie_of(response: httpx2.Response) -> str | None:
    return response.cookies.get("foyer_tracking")


async def record(world: World, code: str, *, of: str = "acme", event: str = "conf", **options: Any) -> orders.Recorded:
    verb = partial(orders.record, organizer_id=world.organizers[of], event=event, code=code, **options)
    return await world.context(of).write(verb)


async def record_by_graphql(world: World, *, token: str = "acme", **given: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (await world.data(RECORD, {"input": given}, token=token))["orderRecord"]
    return found


async def counts(database: Database) -> dict[str, tuple[int, int]]:
    """Clicks and orders of each campaign by code, as they are stored; days must add up to the clicks."""
    columns = tracking_campaign.c
    asked = select(columns.code, columns.id, columns.click_count, columns.order_count)
    by_day = select(tracking_day.c.tracking_campaign_id, tracking_day.c.clicks)

    async def unit(tx: Tx) -> tuple[Rows, Rows]:
        # Locked, so that both are of one moment on PostgreSQL, too.
        return await tx.rows(asked.with_for_update()), await tx.rows(by_day)

    rows, days = await database.write(unit)
    for _, campaign_id, clicks, _ in rows:
        assert sum(found for campaign, found in days if campaign == campaign_id) == clicks
    return {code: (clicks, placed) for code, _, clicks, placed in rows}


async def clicks(world: World, code: str) -> int:
    """Clicks that are stored, once all that were counted are."""
    await world.app.clicks.flush()
    return (await counts(world.database))[code][0]


async def told(world: World, *kinds: str) -> Sequence[Any]:
    """The content of each change of these kinds, in order."""
    asked = select(change.c.content).where(or_(*[change.c.kind == kind for kind in kinds])).order_by(change.c.id)
    return [content for (content,) in await world.database.write(lambda tx: tx.rows(asked))]
