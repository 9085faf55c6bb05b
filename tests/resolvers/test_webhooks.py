"""Webhooks and their deliveries as rows: what the database keeps whoever sends."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.database import Database
from models.problems import NotFound, PermissionDenied
from models.webhook import MOVES, Status, change_reader, webhook, webhook_attempt
from models.webhook_address import Reach
from resolvers import webhook_deliveries, webhooks
from resolvers.context import Context, Work, utc_now
from resolvers.principals import Principal, system
from resolvers.webhook_deliveries import PAUSES, Attempted, Delivery
from server.maintenance import Maintenance
from tests.resolvers.databases import rows
from tests.vouchers import making, opened, written
from tests.webhooks import a_webhook, attempts, deliveries, happen, the_webhook

URL = "https://example.org/"
on_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[tuple[Database, int]]:
    async with opened(database_url) as found:
        yield found


async def act(place: tuple[Database, int], verb: Any, *given: Any, asker: Principal | None = None) -> Any:
    context = Context(place[0], asker or system({"acme": place[1]}), utc_now)
    return await context.write(making(verb, place[1], *given))


async def catch_up(database: Database, until: int) -> None:
    async def write(verb: Any) -> Any:
        return await written(database, verb)

    while (await webhook_deliveries.advance(database, write, until) or until) < until:
        pass


async def claimed(place: tuple[Database, int], webhook_id: int, count_max: int = 9) -> list[Delivery]:
    wanted = {(place[1], webhook_id): count_max}
    return await written(place[0], making(webhook_deliveries.claim, wanted, 60_000))


async def one(place: tuple[Database, int]) -> Delivery:
    """A delivery that was claimed."""
    made = await a_webhook(*place, URL)
    await catch_up(place[0], (await happen(*place))[-1])
    (found,) = await claimed(place, made.webhook_id)
    return found


def answered(status: int | None = 500, **given: Any) -> Attempted:
    error = "no" if status is None else None
    return Attempted(utc_now(), 1, status=status, response=None if error else "", error=error, **given)


async def test_whoever_moved_the_reader_made_the_deliveries(place: tuple[Database, int]) -> None:
    """Of two that stood at the same place one writes; that of the other comes to nothing."""
    database, organizer_id = place
    await a_webhook(*place, URL)
    ids = await happen(*place, 3)
    told = [(each, organizer_id, "gift_card.issued") for each in ids]
    assert await written(database, making(webhook_deliveries.move, 0, ids[-1], told)) == 3
    assert await written(database, making(webhook_deliveries.move, 0, ids[-1], told)) == 0
    assert [row.change_id for row in await deliveries(database)] == ids
    assert [tuple(row) for row in await rows(database, select(change_reader.c.position))] == [(ids[-1],)]


async def test_without_a_webhook_nothing_is_read_and_the_first_one_begins_where_it_is(
    place: tuple[Database, int],
) -> None:
    (*_, last) = await happen(*place, 3)
    assert await webhook_deliveries.start(place[0]) is None
    await catch_up(place[0], last)
    assert await rows(place[0], select(change_reader.c.position)) == []
    made = await a_webhook(*place, URL)
    begun = (await the_webhook(place[0], made.webhook_id)).from_change_id
    assert begun > last
    assert await webhook_deliveries.start(place[0]) == begun
    ids = await happen(*place, 2)
    await catch_up(place[0], ids[-1])
    assert [row.change_id for row in await deliveries(place[0])] == ids


async def test_a_claimed_delivery_is_one_workers_alone(place: tuple[Database, int]) -> None:
    made = await a_webhook(*place, URL)
    ids = await happen(*place, 5)
    await catch_up(place[0], ids[-1])
    assert await webhook_deliveries.waiting(place[0]) == [(place[1], made.webhook_id, False)]
    first, second = await claimed(place, made.webhook_id, 3), await claimed(place, made.webhook_id, 3)
    assert [each.change.id for each in (*first, *second) if each.change] == ids
    assert await claimed(place, made.webhook_id) == []
    assert await webhook_deliveries.waiting(place[0]) == []
    await written(place[0], making(webhook_deliveries.release, first[0], -1))
    (again,) = await claimed(place, made.webhook_id)
    assert again == replace(first[0], fence=2)
    # Who claimed it before has no say in it any more.
    assert await written(place[0], making(webhook_deliveries.settle, first[0], answered(200))) is None
    assert not await written(place[0], making(webhook_deliveries.keep_body, first[0], "{}", 1))
    assert await attempts(place[0]) == []


async def test_a_webhook_is_told_what_comes_after_it_however_late_that_is_read(place: tuple[Database, int]) -> None:
    older = await a_webhook(*place, URL)
    before = await happen(*place, 2)
    newer = await a_webhook(*place, URL)
    after = await happen(*place, 2)
    await catch_up(place[0], after[-1])
    told = [(row.change_id, row.webhook_id) for row in await deliveries(place[0])]
    assert sorted(told) == sorted(
        [(each, older.webhook_id) for each in (*before, *after)] + [(each, newer.webhook_id) for each in after]
    )


@on_sqlite
@pytest.mark.parametrize("tries", range(len(PAUSES) + 1))
async def test_pauses_grow_and_end(place: tuple[Database, int], tries: int) -> None:
    delivery = replace(await one(place), tries=tries)
    status = await written(place[0], making(webhook_deliveries.settle, delivery, answered()))
    (row,) = await deliveries(place[0])
    assert status == row.status
    if tries == len(PAUSES):
        assert (row.status, row.finished_at is None) == ("FAILED", False)
        return
    pause = row.due_at / 1000 - utc_now().timestamp()
    assert row.status == "PENDING"
    assert 0.8 * PAUSES[tries] - 2 <= pause <= 1.2 * PAUSES[tries]


@on_sqlite
async def test_what_is_over_is_settled_once_and_may_be_asked_for_again(place: tuple[Database, int]) -> None:
    delivery = await one(place)
    assert await written(place[0], making(webhook_deliveries.keep_body, delivery, "{}", 60_000))
    assert await written(place[0], making(webhook_deliveries.settle, delivery, answered(200))) is Status.SUCCEEDED
    assert await written(place[0], making(webhook_deliveries.settle, delivery, answered(200))) is None
    assert await claimed(place, delivery.webhook_id) == []
    assert MOVES[Status.SUCCEEDED] == MOVES[Status.FAILED] == {Status.PENDING}
    await act(place, webhooks.redeliver, delivery.id)
    (again,) = await claimed(place, delivery.webhook_id)
    assert (again.token, again.body, again.attempts, again.tries) == (delivery.token, "{}", 1, 0)
    # Whoever is sending it is not disturbed by who asks once more.
    await act(place, webhooks.redeliver, delivery.id)
    assert await claimed(place, delivery.webhook_id) == []
    await written(place[0], making(webhook_deliveries.settle, again, answered(None)))
    assert [(row.number, row.error) for row in await attempts(place[0])] == [(1, None), (2, "no")]


@on_sqlite
async def test_a_webhook_reads_what_its_maker_could_and_only_who_can_may_touch_it(place: tuple[Database, int]) -> None:
    def holding(*scopes: str, **given: Any) -> Principal:
        return Principal("a", "app", {"acme": place[1]}, frozenset((webhooks.WRITE, *scopes)), 5, **given)

    scopes = ("organizer.giftcards:read", "event.*")
    limited = holding(*scopes, all_events=False, event_ids=(3, 4))
    made = await a_webhook(*place, URL, asker=limited)
    row = await the_webhook(place[0], made.webhook_id)
    assert (row.token_id, row.scopes, row.all_events, row.event_ids) == (5, sorted(limited.scopes), False, [3, 4])
    reader = webhook_deliveries.reader_of(vars(row), "acme")
    assert reader.may("organizer.giftcards:read", reading=True)
    assert not reader.may("organizer.webhooks:write")
    for asker in (holding(), holding(*scopes, all_events=False, event_ids=(3,))):
        with pytest.raises(PermissionDenied):
            await act(place, webhooks.rotate, made.webhook_id, asker=asker)
    for asker in (holding(*scopes), limited):
        await act(place, webhooks.rotate, made.webhook_id, asker=asker)
    with pytest.raises(PermissionDenied):
        await act(place, webhooks.disable, made.webhook_id, asker=holding(access=frozenset(("read",))))
    with pytest.raises(PermissionDenied):
        await a_webhook(*place, URL, asker=holding(*scopes, access=frozenset(("write",))))


async def test_old_deliveries_and_those_of_deleted_webhooks_are_removed(
    place: tuple[Database, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.webhook_deliveries.FORGOTTEN_MAX", 2)
    database = place[0]
    gone, kept = await a_webhook(*place, URL, kinds=["gift_card.updated"]), await a_webhook(*place, URL)
    await catch_up(database, (await happen(*place, 5, kind="gift_card.updated"))[-1])
    for delivery in await claimed(place, kept.webhook_id):
        await written(database, making(webhook_deliveries.settle, delivery, answered(200)))
    assert len(await deliveries(database)) == 10
    await act(place, webhooks.delete, gone.webhook_id)
    with pytest.raises(NotFound):
        await act(place, webhooks.redeliver, (await deliveries(database))[0].id)
    await Maintenance(database, utc_now).forget_deliveries()
    assert [row.webhook_id for row in await deliveries(database)] == [kept.webhook_id] * 5
    assert [row[0] for row in await rows(database, select(webhook.c.id))] == [kept.webhook_id]
    late = Maintenance(database, lambda: utc_now() + timedelta(days=31))
    await late.forget_deliveries()
    assert await deliveries(database) == []
    assert await rows(database, select(webhook_attempt.c.id)) == []


@on_sqlite
async def test_a_verb_that_is_refused_does_nothing(place: tuple[Database, int]) -> None:
    async def unit(work: Work) -> None:
        await webhooks.create(work, place[1], URL, reach=Reach())
        raise NotFound("webhook")

    with pytest.raises(NotFound):
        await Context(place[0], system({"acme": place[1]}), utc_now).write(unit)
    assert await webhook_deliveries.start(place[0]) is None
