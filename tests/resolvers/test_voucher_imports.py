"""Imports: each voucher is added once or told why not; a file of any size streams."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.action import action, action_failure, action_input
from models.database import Database
from models.gift_card import gift_card
from models.problems import Invalid, NotFound, PermissionDenied, Problem
from models.voucher import VoucherType, voucher
from models.voucher_campaign import category, voucher_campaign
from models.voucher_problems import DuplicateCodes, InvalidCampaign, InvalidCsv, InvalidVoucher
from resolvers import ledger, voucher_imports
from resolvers.context import Context, utc_now
from resolvers.generation import ADDED
from resolvers.principals import Principal, system
from resolvers.slices import ROWS_MAX
from server.maintenance import Maintenance
from tests.resolvers.databases import rows
from tests.vouchers import a_campaign, a_voucher, campaign_of, changes, codes_of, done, making, opened, written

Place = tuple[Database, int]
ASKED = dict[str, Any]


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    async with opened(database_url) as found:
        yield found


async def campaign(place: Place, type: VoucherType = VoucherType.DISCOUNT_VOUCHER, **values: Any) -> int:
    return await written(place[0], making(a_campaign, place[1], type, **values))


async def imported(place: Place, campaign_id: int, items: Sequence[Any]) -> Any:
    """The action's row at its end."""
    asked = await written(place[0], making(voucher_imports.import_vouchers, place[1], campaign_id, items))
    return await done(place[0], asked.id)


async def pieces(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def received(place: Place, campaign_id: int, content: bytes | str, encoding: str = "utf-8") -> Any:
    sent = content if isinstance(content, bytes) else content.encode(encoding)
    context = Context(place[0], system({}), utc_now)
    asked = await voucher_imports.receive(context, place[1], campaign_id, pieces(sent))
    return await done(place[0], asked.id)


async def found(place: Place, *names: str) -> list[tuple[Any, ...]]:
    """Columns of every voucher, by code."""
    columns = [voucher.c[name] for name in names]
    return [tuple(row) for row in await rows(place[0], select(*columns).order_by(voucher.c.code))]


async def left(place: Place, table: Any) -> int:
    return int((await rows(place[0], select(func.count()).select_from(table)))[0][0])


# -- lists -------------------------------------------------------------------------------------------------------------


async def test_each_voucher_has_what_is_said_of_it_and_the_rest_from_the_campaign(place: Place) -> None:
    campaign_id = await campaign(place, quantity=4, metadata={"season": "Fall", "kind": "x"})
    row = await imported(
        place,
        campaign_id,
        [
            {"code": "A"},
            {
                "code": "B",
                "redemption": {"quantity": 2, "redeemed_quantity": 1},
                "active": False,
                "category": "First",
                "metadata": {"season": "Spring"},
                "start_date": "2026-01-02",
                "expiration_date": "2027-01-02T03:04:05Z",
                "additional_info": "info",
            },
            {"code": "C", "redemption": {"quantity": None}},
        ],
    )
    assert row.status == "DONE"
    assert row.result == {
        "message": "3 voucher(s) imported successfully, 0 failed.",
        "failed": [],
        "done_count": 3,
        "failed_count": 0,
    }
    assert await found(place, "code", "quantity", "redeemed_quantity", "active", "metadata") == [
        ("A", 4, 0, True, {"season": "Fall", "kind": "x"}),
        ("B", 2, 1, False, {"season": "Spring", "kind": "x"}),
        ("C", None, 0, True, {"season": "Fall", "kind": "x"}),
    ]
    starts, expires = datetime(2026, 1, 2, tzinfo=UTC), datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (await found(place, "starts_at", "expires_at", "additional_info"))[1] == (starts, expires, "info")
    (named,) = await rows(place[0], select(category.c.id, category.c.name))
    assert (named[1], (await found(place, "category_id"))[1]) == ("First", (named[0],))
    assert await campaign_of(place[0], campaign_id) == (3, "DONE", "DONE")


@pytest.mark.parametrize(
    ("type", "given", "default"),
    [
        (VoucherType.GIFT_VOUCHER, {"gift": {"amount": 500}}, 1000),
        (VoucherType.LOYALTY_CARD, {"loyalty_card": {"points": 500}}, 100),
    ],
)
async def test_balances_are_what_is_said_less_what_was_redeemed(
    place: Place, type: VoucherType, given: ASKED, default: int
) -> None:
    campaign_id = await campaign(place, type)
    items = [{"code": "A", **given}, {"code": "B"}, {"code": "C", **given, "redemption": {"redeemed_amount": 200}}]
    assert (await imported(place, campaign_id, items)).done_count == 3
    held = select(voucher.c.loaded_amount, gift_card.c.balance).join_from(
        voucher, gift_card, gift_card.c.id == voucher.c.gift_card_id
    )
    amounts = [tuple(row) for row in await rows(place[0], held.order_by(voucher.c.code))]
    assert amounts == [(500, 500), (default, default), (500, 300)]
    assert await ledger.differences(place[0]) == []


async def test_vouchers_without_a_code_refuse_the_whole_list(place: Place) -> None:
    campaign_id = await campaign(place)
    with pytest.raises(InvalidVoucher) as refused:
        await imported(place, campaign_id, [{"code": "A"}, {"code": ""}, {}])
    assert refused.value.message == "Found 2 voucher(s) without 'code' value"
    assert await campaign_of(place[0], campaign_id) == (0, "DONE", "DONE")
    assert await left(place, action) == 0


async def test_codes_that_exist_or_come_twice_refuse_the_whole_list(place: Place) -> None:
    campaign_id, other = await campaign(place), await campaign(place)
    await written(place[0], making(a_voucher, place[1], other, "TAKEN"))
    with pytest.raises(DuplicateCodes) as refused:
        await imported(place, campaign_id, [{"code": code} for code in ("A", "TAKEN", "B", "B")])
    assert refused.value.details["count"] == 2
    assert await codes_of(place[0], campaign_id) == []


@pytest.mark.parametrize("items", [[], ["A"], [{"code": "A", "redemption": {"quantity": "5"}}], [{"code": 5}]])
async def test_what_is_no_list_of_vouchers_is_refused(place: Place, items: Sequence[Any]) -> None:
    with pytest.raises((Invalid, InvalidVoucher)):
        await imported(place, await campaign(place), items)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"start_date": "tomorrow"}, "start_date: "),
        ({"expiration_date": 5}, "expiration_date: "),
        ({"redemption": {"quantity": 0}}, "redemption.quantity: "),
        ({"active": "yes"}, "active: should be boolean"),
        ({"metadata": ["a"]}, "metadata: should be object"),
        ({"gift": {"amount": "5"}}, "gift.amount: should be number"),
        ({"category_id": "cat_unknown"}, "category: "),
        ({"additional_info": "\0"}, "additional_info: "),
        ({"code": "x" * 300}, "code: "),
        ({"code": "a\0b"}, "code: "),
        ({"redemption": {"redeemed_amount": -1}}, "redeemed_amount: "),
    ],
)
async def test_one_that_cannot_be_fails_alone(place: Place, wrong: Mapping[str, Any], words: str) -> None:
    campaign_id = await campaign(place)
    row = await imported(place, campaign_id, [{"code": "A"}, {"code": "B", **wrong}, {"code": "C"}])
    assert await codes_of(place[0], campaign_id) == ["A", "C"]
    assert (row.status, row.done_count, row.failed_count) == ("DONE", 2, 1)
    assert row.result["message"] == "2 voucher(s) imported successfully, 1 failed."
    (failed,) = row.result["failed"]
    assert failed["reason"].startswith(words)
    assert set(failed) == {"code", "reason"}


async def test_a_code_that_somebody_takes_meanwhile_fails_alone(place: Place) -> None:
    campaign_id, other = await campaign(place), await campaign(place)
    items = [{"code": "A"}, {"code": "B"}]
    asked = await written(place[0], making(voucher_imports.import_vouchers, place[1], campaign_id, items))
    await written(place[0], making(a_voucher, place[1], other, "B"))
    row = await done(place[0], asked.id)
    assert [each["code"] for each in row.result["failed"]] == ["B"]
    assert await codes_of(place[0], campaign_id) == ["A"]


async def test_many_are_several_chunks_and_leave_nothing_behind(place: Place) -> None:
    campaign_id, count = await campaign(place), 2 * ROWS_MAX + 10
    row = await imported(place, campaign_id, [{"code": f"C{number}"} for number in range(count)])
    assert (row.done_count, row.total) == (count, count)
    assert len(await codes_of(place[0], campaign_id)) == count
    assert [each["count"] for each in await changes(place[0], ADDED)] == [ROWS_MAX, ROWS_MAX, 10]
    assert await left(place, action_input) == 0


async def test_vouchers_of_an_expired_campaign_are_inactive_unless_said_otherwise(place: Place) -> None:
    campaign_id = await campaign(place, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    await imported(place, campaign_id, [{"code": "A"}, {"code": "B", "active": True}])
    assert await found(place, "code", "active") == [("A", False), ("B", True)]


async def test_promotions_standalone_campaigns_and_strangers_are_refused(place: Place) -> None:
    promotion = await campaign(place, campaign_type="PROMOTION", terms_id=None)
    standalone = await _standalone(place)
    refusals: list[tuple[int, type[Problem]]] = [
        (promotion, InvalidCampaign),
        (standalone, InvalidCampaign),
        (4711, NotFound),
    ]
    for campaign_id, refusal in refusals:
        with pytest.raises(refusal):
            await imported(place, campaign_id, [{"code": "A"}])
        with pytest.raises(refusal):
            await received(place, campaign_id, "Code\nA\n")
    verb = making(voucher_imports.import_vouchers, place[1], standalone, [{"code": "A"}])
    with pytest.raises(PermissionDenied):
        await Context(place[0], Principal("a", "app", {}, frozenset(("organizer.vouchers:read",)))).write(verb)


async def _standalone(place: Place) -> int:
    campaign_id = await campaign(place)
    changed = update(voucher_campaign).where(voucher_campaign.c.id == campaign_id).values(type="STANDALONE")
    await rows(place[0], changed)
    return campaign_id


# -- files -------------------------------------------------------------------------------------------------------------


async def test_documented_columns_are_fields_and_all_others_metadata(place: Place) -> None:
    campaign_id = await campaign(place, metadata={"kind": "x"})
    row = await received(
        place,
        campaign_id,
        "Code;ACTIVE;Category;Redeemed Quantity;Start_Date;expirationdate;Region;Voucher Type;\n"
        'A;FALSE;"First";2;2026-01-02;2027-01-02;north;DISCOUNT_VOUCHER;\n'
        "B;;;;;;;;\n",
        "utf-8-sig",
    )
    assert row.result["message"] == "2 voucher(s) imported successfully, 0 failed."
    assert await found(place, "code", "active", "redeemed_quantity", "starts_at", "metadata") == [
        (
            *("A", False, 2, datetime(2026, 1, 2, tzinfo=UTC)),
            {"kind": "x", "Region": "north", "Voucher Type": "DISCOUNT_VOUCHER"},
        ),
        ("B", True, 0, None, {"kind": "x"}),
    ]


async def test_gift_amounts_of_a_file_are_the_smallest_unit(place: Place) -> None:
    campaign_id = await campaign(place, VoucherType.GIFT_VOUCHER)
    await received(place, campaign_id, "Code,Gift Amount,Redeemed Amount\nA,500,100\nB,,\nC,5.00,\n")
    held = select(voucher.c.code, gift_card.c.balance).join_from(
        voucher, gift_card, gift_card.c.id == voucher.c.gift_card_id
    )
    balances = [tuple(row) for row in await rows(place[0], held.order_by(voucher.c.code))]
    assert balances == [("A", 400), ("B", 1000)]


async def test_failures_of_a_file_name_their_rows(place: Place) -> None:
    campaign_id, other = await campaign(place), await campaign(place)
    await written(place[0], making(a_voucher, place[1], other, "TAKEN"))
    content = "Code,Active,Start Date\nA,true,\nB,maybe,\n,true,\nTAKEN,true,\nC,true\nD,true,never\nE,true,\n"
    row = await received(place, campaign_id, content)
    assert await codes_of(place[0], campaign_id) == ["A", "E"]
    assert (row.done_count, row.failed_count) == (2, 5)
    assert [(each["row"], each["code"]) for each in row.result["failed"]] == [
        (2, "B"),
        (3, ""),
        (4, "TAKEN"),
        (5, None),
        (6, "D"),
    ]
    stored = select(action_failure.c.row, action_failure.c.reason).order_by(action_failure.c.id)
    assert [row[0] for row in await rows(place[0], stored)] == [2, 3, 4, 5, 6]


async def test_codes_of_this_campaign_are_switched_and_sorted_anew(place: Place) -> None:
    """Contract A2: nothing else of them changes."""
    campaign_id = await campaign(place)
    for code in ("A", "B", "C"):
        await written(place[0], making(a_voucher, place[1], campaign_id, code, quantity=1))
    row = await received(
        place, campaign_id, "Code,Active,Category,Region\nA,false,New,north\nB,,,\nD,true,,\nD,false,,\n"
    )
    assert (row.done_count, row.failed_count) == (4, 0)
    assert await found(place, "code", "active", "metadata") == [
        ("A", False, None),
        ("B", True, None),
        ("C", True, None),
        ("D", False, None),
    ]
    named = [number for (number,) in await found(place, "category_id")]
    assert named[0] is not None
    assert named[1:] == [None, None, None]
    assert await campaign_of(place[0], campaign_id) == (4, "DONE", "DONE")


async def test_a_file_with_nothing_but_a_header_adds_nothing(place: Place) -> None:
    row = await received(place, await campaign(place), "Code,Active\n")
    assert (row.status, row.result["message"]) == ("DONE", "0 voucher(s) imported successfully, 0 failed.")


async def test_a_file_that_cannot_be_read_leaves_nothing_behind(place: Place) -> None:
    content = b"Code\n" + b"".join(b"C%d\n" % number for number in range(3 * ROWS_MAX)) + b"\xff\xfe\xff"
    with pytest.raises(InvalidCsv) as refused:
        await received(place, await campaign(place), content)
    assert refused.value.details["row"] == 3 * ROWS_MAX + 1
    assert (await left(place, action), await left(place, action_input)) == (0, 0)


async def test_rows_of_a_large_file_are_all_there_and_failures_in_the_files_order(place: Place) -> None:
    campaign_id, count = await campaign(place), 20_500
    lines = (f"C{(number * 7919) % count:05},{'maybe' if number % 2500 == 0 else ''}" for number in range(count))
    row = await received(place, campaign_id, "Code,Active\n" + "\n".join(lines))
    assert (row.done_count, row.failed_count, row.total) == (count - 9, 9, count)
    assert [each["row"] for each in row.result["failed"]] == [number + 1 for number in range(0, count, 2500)]
    assert len(await codes_of(place[0], campaign_id)) == count - 9


@pytest.mark.parametrize("ends_with", [ConnectionResetError(), asyncio.CancelledError()])
async def test_an_upload_that_breaks_off_leaves_nothing_behind(place: Place, ends_with: BaseException) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"Code\n" + b"".join(b"CODE-%08d\n" % number for number in range(50 * ROWS_MAX))
        assert await left(place, action_input) > 0
        raise ends_with

    campaign_id = await campaign(place)
    with pytest.raises(type(ends_with)):
        await voucher_imports.receive(Context(place[0], system({}), utc_now), place[1], campaign_id, broken())
    assert (await left(place, action), await left(place, action_input)) == (0, 0)
    assert await campaign_of(place[0], campaign_id) == (0, "DONE", "DONE")


async def test_what_a_killed_server_left_is_removed_after_an_hour(place: Place) -> None:
    campaign_id = await campaign(place)

    async def unfinished() -> AsyncIterator[bytes]:
        yield b"Code\n" + b"".join(b"CODE-%08d\n" % number for number in range(60 * ROWS_MAX))
        await asyncio.Event().wait()

    context = Context(place[0], system({}), utc_now)
    receiving = asyncio.create_task(voucher_imports.receive(context, place[1], campaign_id, unfinished()))
    async with asyncio.timeout(10):
        while await left(place, action_input) < 25:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for minutes, kept in ((50, 1), (70, 0)):
        now = utc_now() + timedelta(minutes=minutes)
        await Maintenance(place[0], lambda at=now: at).discard_uploads()  # type: ignore[misc]
        assert await left(place, action) == kept
    assert await left(place, action_input) == 0
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving


async def test_what_a_failed_import_left_is_removed(place: Place) -> None:
    campaign_id = await campaign(place)
    items = [{"code": f"C{number}"} for number in range(2 * ROWS_MAX)]
    asked = await written(place[0], making(voucher_imports.import_vouchers, place[1], campaign_id, items))
    await rows(place[0], update(voucher_campaign).values(binned_at=utc_now()))
    assert (await done(place[0], asked.id)).status == "FAILED"
    assert await left(place, action_input) == 2
    await Maintenance(place[0], utc_now).discard_uploads()
    assert (await left(place, action), await left(place, action_input)) == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
async def test_a_file_of_any_size_takes_little_memory(place: Place) -> None:
    """As Python's texts all rows of it would be 60 MB."""
    campaign_id, count = await campaign(place), 150_000

    async def parts() -> AsyncIterator[bytes]:
        yield b"Code,Region,Note\n"
        for start in range(0, count, 1000):
            yield b"".join(b"CODE-%08d,north,a note of it\n" % number for number in range(start, start + 1000))

    context = Context(place[0], system({}), utc_now)
    tracemalloc.start()
    try:
        asked = await voucher_imports.receive(context, place[1], campaign_id, parts())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024
    total = select(action.c.total, action.c.status).where(action.c.id == asked.id)
    assert tuple((await rows(place[0], total))[0]) == (count, "ENQUEUED")
