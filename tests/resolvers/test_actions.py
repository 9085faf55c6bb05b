"""Bulk work is taken on with the request that asks for it, and brought to its end whatever happens to workers."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from models.action import MOVES, ActionType, Status, action
from models.database import Database, Tx
from models.problems import NotFound
from models.voucher_campaign import voucher_campaign
from resolvers import actions
from resolvers.action_kinds import Kind
from resolvers.action_work import TRIES_MAX, Actions, Pace
from resolvers.actions import Claimed, Enqueued, Failure, Lost, Progressed
from resolvers.context import Context, Work, utc_now
from resolvers.principals import Principal, system
from resolvers.reading.selection import Ask, Many, Nodes, Value
from rest.reading import Selection
from tests.resolvers import databases
from tests.resolvers.databases import rows
from tests.survival.test_locked import locked
from tests.vouchers import a_campaign, action_of, campaign_of, changes, ended, making, opened, written

LEASE_MS = 60_000


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[tuple[Database, int]]:
    async with opened(database_url) as found:
        yield found


async def enqueued(place: tuple[Database, int], *, total: int | None = 1, **options: Any) -> Enqueued:
    database, organizer_id = place
    given = {"campaign_id": None, "input": {"some": "input"}, "total": total, "request_id": "v-1", **options}
    return await written(
        database, making(actions.enqueue, organizer_id, given.pop("type", ActionType.GENERATE), **given)
    )


async def claim(database: Database, lease_ms: int = LEASE_MS) -> Claimed | None:
    return await written(database, lambda work: actions.claim(work, lease_ms))


async def finish(database: Database, claimed: Claimed, progressed: Progressed | None = None) -> None:
    result = {"message": "", "done_count": 0}
    await written(database, making(actions.finish, claimed, progressed or Progressed(), result, spent_ms=7))


async def status_of(database: Database, action_id: int) -> str:
    return str((await action_of(database, action_id)).status)


# -- rows --------------------------------------------------------------------------------------------------------------


async def test_an_action_is_there_only_if_its_unit_is(place: tuple[Database, int]) -> None:
    async def unit(work: Work) -> None:
        await actions.enqueue(work, place[1], ActionType.GENERATE, campaign_id=None, input={}, total=1, request_id=None)
        raise NotFound("voucher")

    with pytest.raises(NotFound):
        await written(place[0], unit)
    assert await claim(place[0]) is None


async def test_who_asked_and_in_which_request_is_kept(place: tuple[Database, int]) -> None:
    asker = Principal("a", "app", {}, frozenset(), token_id=5)
    given = {"campaign_id": 3, "input": {"a": 1}, "total": 2, "request_id": "v-9"}
    verb = making(actions.enqueue, place[1], ActionType.DELETE, **given)
    asked = await Context(place[0], asker).write(verb)
    row = await action_of(place[0], asked.id)
    assert (row.token, row.token_id, row.request_id, row.status) == (asked.token, 5, "v-9", "ENQUEUED")
    assert asked.token.startswith("aa_")
    claimed = await claim(place[0])
    assert claimed is not None
    assert (claimed.input, claimed.total, claimed.campaign_id, claimed.token_id) == ({"a": 1}, 2, 3, 5)


async def test_a_claimed_action_is_one_workers_alone(place: tuple[Database, int]) -> None:
    first, second = await enqueued(place), await enqueued(place)
    claims = [await claim(place[0]) for _ in range(3)]
    assert [each and each.id for each in claims] == [first.id, second.id, None]
    assert await status_of(place[0], first.id) == "IN_PROGRESS"


async def test_an_action_whose_lease_is_over_is_claimed_again(place: tuple[Database, int]) -> None:
    await enqueued(place)
    first = await claim(place[0], lease_ms=1)
    await asyncio.sleep(0.02)
    second = await claim(place[0])
    assert first is not None
    assert second is not None
    assert second == replace(first, fence=first.fence + 1)


async def test_a_worker_that_lost_its_lease_writes_nothing(place: tuple[Database, int]) -> None:
    """Also what its chunk wrote elsewhere is undone."""
    database, organizer_id = place
    asked = await enqueued(place)
    late = await claim(database, lease_ms=1)
    await asyncio.sleep(0.02)
    current = await claim(database)
    assert late is not None
    assert current is not None

    async def chunk(work: Work) -> None:
        await a_campaign(work, organizer_id, name="half a chunk")
        await actions.advance(work, late, Progressed(done=1), spent_ms=1, lease_ms=LEASE_MS)

    for act in (
        chunk,
        making(actions.hold, late),
        making(actions.finish, late, Progressed(), {"done_count": 0}, spent_ms=1),
    ):
        with pytest.raises(Lost):
            await written(database, act)
    # To give it back is no harm: nothing happens.
    await written(database, making(actions.release, late))
    campaigns = await rows(database, select(action.c.done_count, action.c.fence).where(action.c.id == asked.id))
    assert [tuple(row) for row in campaigns] == [(0, current.fence)]
    assert await written(database, making(_campaigns)) == 0


async def _campaigns(work: Work) -> int:
    return len(await work.rows(select(voucher_campaign.c.id)))


async def test_progress_adds_up_and_prolongs_the_lease(place: tuple[Database, int]) -> None:
    asked = await enqueued(place, total=10)
    claimed = await claim(place[0], lease_ms=50)
    assert claimed is not None
    failures = [Failure("is bad", "CODE", 3), Failure("is worse", None, 4)]
    further = await written(
        place[0],
        making(
            actions.advance,
            claimed,
            Progressed(done=4, failures=failures, state={"at": 6}),
            spent_ms=30,
            lease_ms=LEASE_MS,
        ),
    )
    assert (further.done_count, further.failed_count, further.state, further.left) == (4, 2, {"at": 6}, 4)
    row = await action_of(place[0], asked.id)
    assert (row.processing_ms, row.fence) == (30, claimed.fence)
    await asyncio.sleep(0.1)
    assert await claim(place[0]) is None
    assert await written(place[0], making(actions.failures, further)) == failures


async def test_what_was_released_is_claimed_at_once_and_after_the_others(place: tuple[Database, int]) -> None:
    first, second = await enqueued(place), await enqueued(place)
    claimed = await claim(place[0])
    assert claimed is not None
    await asyncio.sleep(0.005)
    await written(place[0], making(actions.release, claimed))
    claims = [await claim(place[0]) for _ in range(2)]
    assert [each and each.id for each in claims] == [second.id, first.id]


async def test_a_pause_is_kept_with_the_action(place: tuple[Database, int]) -> None:
    await enqueued(place)
    claimed = await claim(place[0])
    assert claimed is not None
    await written(place[0], making(actions.release, claimed, pause_ms=100, state={"attempts": 1}))
    assert await claim(place[0]) is None
    await asyncio.sleep(0.12)
    again = await claim(place[0])
    assert again is not None
    assert again.state == {"attempts": 1}


@pytest.mark.parametrize("ended_as", [Status.DONE, Status.FAILED])
async def test_what_is_over_stays_over(place: tuple[Database, int], ended_as: Status) -> None:
    asked = await enqueued(place)
    claimed = await claim(place[0])
    assert claimed is not None
    assert MOVES[ended_as] == set()
    failure = None if ended_as is Status.DONE else "It cannot be."
    await finish(place[0], claimed, Progressed(done=1, failure=failure))
    row = await action_of(place[0], asked.id)
    assert (row.status, row.done_count, row.finished_at is None) == (ended_as.value, 1, False)
    assert await claim(place[0]) is None
    with pytest.raises(Lost):
        await finish(place[0], claimed)
    (told,) = await changes(place[0], "action.finished")
    assert told["status"] == ended_as.value


async def test_input_that_is_on_its_way_is_not_worked_on(place: tuple[Database, int]) -> None:
    asked = await enqueued(place, status=Status.RECEIVING, total=None)
    assert await claim(place[0]) is None
    await written(place[0], making(actions.submit, place[1], asked.id, total=9))
    with pytest.raises(Lost):
        await written(place[0], making(actions.submit, place[1], asked.id, total=9))
    claimed = await claim(place[0])
    assert claimed is not None
    assert (claimed.id, claimed.total) == (asked.id, 9)


# -- campaigns ---------------------------------------------------------------------------------------------------------


async def test_a_campaign_shows_what_is_done_with_it(place: tuple[Database, int]) -> None:
    database, organizer_id = place
    campaign_id = await written(database, making(a_campaign, organizer_id))
    await enqueued(place, campaign_id=campaign_id)
    assert await campaign_of(database, campaign_id) == (0, "IN_PROGRESS", "IN_PROGRESS")
    await enqueued(place, campaign_id=campaign_id, type=ActionType.UPDATE)
    for expected in ("MODIFYING", "DONE"):
        claimed = await claim(database)
        assert claimed is not None
        await finish(database, claimed)
        assert await campaign_of(database, campaign_id) == (0, expected, expected)


async def test_a_failure_shows_on_the_campaign(place: tuple[Database, int]) -> None:
    database, organizer_id = place
    campaign_id = await written(database, making(a_campaign, organizer_id))
    await enqueued(place, campaign_id=campaign_id)
    claimed = await claim(database)
    assert claimed is not None
    await finish(database, claimed, Progressed(failure="No."))
    assert await campaign_of(database, campaign_id) == (0, "FAILED", "FAILED")


@pytest.mark.parametrize("alone", [ActionType.UPDATE, ActionType.DELETE])
async def test_an_update_waits_for_what_was_asked_before_and_holds_up_what_comes_after(
    place: tuple[Database, int], alone: ActionType
) -> None:
    adding, other = 71, 72
    first = await _enqueue_only(place, adding, ActionType.GENERATE)
    second = await _enqueue_only(place, adding, ActionType.IMPORT)
    waiting = await _enqueue_only(place, adding, alone)
    after = await _enqueue_only(place, adding, ActionType.GENERATE)
    elsewhere = await _enqueue_only(place, other, alone)
    claims = [await claim(place[0]) for _ in range(4)]
    assert [each and each.id for each in claims] == [first, second, elsewhere, None]
    for each in claims[:2]:
        assert each is not None
        await finish(place[0], each)
    held = await claim(place[0])
    assert held is not None
    assert (held.id, await claim(place[0])) == (waiting, None)
    await finish(place[0], held)
    last = await claim(place[0])
    assert last is not None
    assert last.id == after


async def _enqueue_only(place: tuple[Database, int], campaign_id: int, type: ActionType) -> int:
    return (await enqueued(place, campaign_id=campaign_id, type=type)).id


# -- the engine --------------------------------------------------------------------------------------------------------


class Counter:
    """A kind of work that counts, and does something else when it is told to."""

    def __init__(self, chunk_seconds: float = 0.0) -> None:
        self.done: list[int] = []
        self.raises: list[Exception] = []
        self._chunk_seconds = chunk_seconds

    async def prepare(self, database: Database, claimed: Claimed, before: Any) -> None:
        await asyncio.sleep(self._chunk_seconds)
        if self.raises:
            raise self.raises.pop(0)

    async def chunk(self, work: Work, held: Claimed, prepared: Any) -> Progressed:
        self.done.append(held.id)
        at = held.state.get("at", 0) + 1
        return Progressed(1, state={"at": at}, finished=at == held.total)

    def kinds(self) -> dict[ActionType, Kind]:
        return {ActionType.GENERATE: Kind(self.chunk, lambda done, failed: f"{done} done.", self.prepare)}

    def worker(self, database: Database, **pace: Any) -> Actions:
        return Actions(database, pace=Pace(**{"poll_seconds": 0.02, **pace}), kinds=self.kinds())


async def test_chunks_bring_an_action_to_its_end(place: tuple[Database, int]) -> None:
    counter = Counter()
    asked = await enqueued(place, total=7)
    async with counter.worker(place[0]).running():
        row = await ended(place[0], asked.id)
    assert (row.status, row.done_count, row.result) == ("DONE", 7, {"message": "7 done.", "done_count": 7})
    assert len(counter.done) == 7


async def test_a_worker_is_woken_by_whoever_enqueues(place: tuple[Database, int]) -> None:
    database, organizer_id = place
    counter = Counter()
    worker = counter.worker(database, poll_seconds=60)
    async with worker.running():
        # It has looked often in vain by now.
        worker._look_seconds = 60
        await asyncio.sleep(0.05)
        given: dict[str, Any] = {"campaign_id": None, "input": {}, "total": 1, "request_id": None}
        verb = making(actions.enqueue, organizer_id, ActionType.GENERATE, **given)
        asked = await Context(database, system({}), utc_now, bulk=worker).write(verb)
        await ended(database, asked.id, seconds=3)


async def test_another_process_finds_it_by_itself(place: tuple[Database, int]) -> None:
    counter = Counter()
    async with counter.worker(place[0]).running():
        await asyncio.sleep(0.1)
        asked = await enqueued(place)
        await ended(place[0], asked.id, seconds=3)


async def test_a_small_action_ends_while_a_huge_one_goes_on(place: tuple[Database, int]) -> None:
    counter = Counter(chunk_seconds=0.005)
    huge = await enqueued(place, total=100_000)
    async with counter.worker(place[0], turn_seconds=0.05).running():
        await asyncio.sleep(0.3)
        small = [await enqueued(place, total=3) for _ in range(3)]
        for each in small:
            await ended(place[0], each.id, seconds=3)
        assert await status_of(place[0], huge.id) == "IN_PROGRESS"
        before = counter.done.count(huge.id)
        await asyncio.sleep(0.2)
        assert counter.done.count(huge.id) > before


async def test_a_bug_is_tried_again_and_ends_the_action_at_last(
    place: tuple[Database, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.action_work.PAUSE_MS", 5)
    counter = Counter()
    counter.raises = [ValueError("a bug")] * 2
    passing = await enqueued(place, total=2)
    async with counter.worker(place[0]).running():
        assert (await ended(place[0], passing.id)).status == "DONE"
        counter.raises = [ValueError("a bug")] * TRIES_MAX
        lasting = await enqueued(place, total=2)
        row = await ended(place[0], lasting.id)
    assert (row.status, row.done_count) == ("FAILED", 0)
    assert "a bug" not in row.result["message"]


async def test_a_refusal_ends_the_action_with_its_words(place: tuple[Database, int]) -> None:
    counter = Counter()
    counter.raises = [NotFound("voucher_campaign", "The campaign was deleted.")]
    asked = await enqueued(place, total=2)
    async with counter.worker(place[0]).running():
        row = await ended(place[0], asked.id)
    assert (row.status, row.result["message"]) == ("FAILED", "The campaign was deleted.")


async def test_a_database_that_is_locked_is_waited_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.action_work.PAUSE_SECONDS", 0.05)
    async with opened(database_url, write_timeout_seconds=0.2) as place:
        counter = Counter(chunk_seconds=0.01)
        asked = await enqueued(place, total=40)
        async with counter.worker(place[0], lease_seconds=1).running():
            async with asyncio.timeout(5):
                while (await action_of(place[0], asked.id)).done_count < 3:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            async with locked(database_url, table="action"):
                await asyncio.sleep(0.8)
            row = await ended(place[0], asked.id)
        assert (row.status, row.done_count) == ("DONE", 40)


async def test_a_worker_that_stops_gives_back_what_it_was_at(place: tuple[Database, int]) -> None:
    first, second = Counter(chunk_seconds=0.01), Counter()
    asked = await enqueued(place, total=200)
    async with first.worker(place[0], turn_seconds=60).running():
        await asyncio.sleep(0.2)
    row = await action_of(place[0], asked.id)
    assert (row.status, row.done_count) == ("IN_PROGRESS", len(first.done))
    assert 0 < row.done_count < 200
    async with second.worker(place[0]).running():
        row = await ended(place[0], asked.id, seconds=5)
    assert (row.done_count, len(first.done) + len(second.done)) == (200, 200)


async def test_two_workers_do_everything_once(database_url: str) -> None:
    async with opened(database_url) as place, databases.opened(database_url) as other:
        counters = Counter(chunk_seconds=0.002), Counter(chunk_seconds=0.002)
        asked = [await enqueued(place, total=20) for _ in range(6)]
        async with (
            counters[0].worker(place[0], turn_seconds=0.01).running(),
            counters[1].worker(other, turn_seconds=0.01).running(),
        ):
            for each in asked:
                row = await ended(place[0], each.id)
                assert (row.status, row.done_count) == ("DONE", 20)
    assert all(counter.done for counter in counters)
    # SQLite runs a unit once; PostgreSQL may have run one again.
    assert len(counters[0].done) + len(counters[1].done) >= 120


async def test_a_process_without_bulk_work_leaves_it_to_others(place: tuple[Database, int]) -> None:
    asked = await enqueued(place)
    async with Actions(place[0], pace=Pace(poll_seconds=0.01), does_work=False).running() as none:
        assert none is None
        await asyncio.sleep(0.1)
    assert await status_of(place[0], asked.id) == "ENQUEUED"


async def test_small_writes_wait_for_one_chunk_at_most(place: tuple[Database, int]) -> None:
    """Bulk units queue apart: however many there are, the next small one goes between two of them."""
    order: list[str] = []

    async def small(tx: Tx) -> None:
        order.append("small")

    async def bulk(tx: Tx) -> None:
        # A unit never suspends in SQLite's writer thread.
        time.sleep(0.01) if tx.dialect.name == "sqlite" else await asyncio.sleep(0.01)  # noqa: ASYNC251
        order.append("bulk")

    writing = [asyncio.create_task(place[0].write(bulk, bulk=True)) for _ in range(10)]
    await asyncio.sleep(0.005)
    await asyncio.gather(place[0].write(small), *writing)
    assert order.index("small") <= 2
    assert order.count("bulk") == 10


# -- reading -----------------------------------------------------------------------------------------------------------

SHOWN = Selection(
    Many(
        "action",
        {
            "items": Nodes(
                {
                    **{name: Value((name,)) for name in ("token", "status", "progress", "result")},
                    "failures": Many(
                        "failures", {"rows": Nodes({"row": Value(("row",)), "code": Value(("code",))})}, 1
                    ),
                }
            )
        },
        0,
    )
)


async def shown(place: tuple[Database, int]) -> Any:
    asks = [Ask(10, organizer_id=place[1]), Ask(10)]
    return (await Context(place[0], system({})).read(SHOWN.plan(place[0]), asks))["items"]


async def test_progress_is_a_hundred_only_at_the_end(place: tuple[Database, int]) -> None:
    await enqueued(place, total=3)
    seen = [await shown(place)]
    claimed = await claim(place[0])
    for done in (2, 1):
        assert claimed is not None
        progressed = Progressed(done=done)
        claimed = await written(place[0], making(actions.advance, claimed, progressed, spent_ms=1, lease_ms=LEASE_MS))
        seen.append(await shown(place))
    assert claimed is not None
    await finish(place[0], claimed)
    seen.append(await shown(place))
    assert [row["progress"] for (row,) in seen] == [0, 66, 99, 100]
    assert seen[-1][0]["result"] == {"message": "", "done_count": 0}


async def test_failures_are_shown_below_their_action_and_uploads_not_at_all(place: tuple[Database, int]) -> None:
    await enqueued(place, status=Status.RECEIVING)
    asked = await enqueued(place)
    claimed = await claim(place[0])
    assert claimed is not None
    await finish(place[0], claimed, Progressed(failures=[Failure("bad", "A", 4), Failure("worse")]))
    (row,) = await shown(place)
    assert (row["token"], row["status"]) == (asked.token, "DONE")
    assert row["failures"]["rows"] == [{"row": 4, "code": "A"}, {"row": None, "code": None}]
