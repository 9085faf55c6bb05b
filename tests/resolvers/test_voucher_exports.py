"""Vouchers as a file: what is in it, that it can be imported again, and what it costs whoever else is served."""

import asyncio
import csv
import io
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from models.database import Database
from models.problems import NotFound, PermissionDenied
from models.voucher import VoucherType, voucher
from models.voucher_campaign import voucher_campaign
from resolvers import new_vouchers, voucher_balances, voucher_exports, voucher_imports
from resolvers.context import Context, Work
from resolvers.new_vouchers import NewVoucher
from resolvers.principals import Principal, system
from resolvers.reading.conditions import Compare, Condition
from resolvers.slices import ROWS_MAX
from resolvers.voucher_columns import COLUMNS, METADATA_COLUMNS_MAX
from tests.resolvers import databases
from tests.vouchers import a_campaign, a_voucher, an_organizer, done, making, opened, written

START = datetime(2026, 1, 1, tzinfo=UTC)
GIFT, LOYALTY = VoucherType.GIFT_VOUCHER, VoucherType.LOYALTY_CARD


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[tuple[Database, int]]:
    async with opened(database_url) as found:
        yield found


async def campaign(place: tuple[Database, int], type: VoucherType = VoucherType.DISCOUNT_VOUCHER, **values: Any) -> int:
    database, organizer_id = place
    return await written(database, making(a_campaign, values.pop("of", organizer_id), type, **values))


async def add(place: tuple[Database, int], campaign_id: int, code: str, **values: Any) -> int:
    return await written(place[0], making(a_voucher, values.pop("of", place[1]), campaign_id, code, **values))


async def exported(place: tuple[Database, int], where: Condition | None = None, *, safe: bool = False) -> bytes:
    export = await voucher_exports.begin(Context(place[0], system({})), place[1], where)
    return b"".join([part.text async for part in export.parts(safe=safe)])


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def codes(place: tuple[Database, int], where: Condition | None = None) -> list[str]:
    return [row["Code"] for row in rows(await exported(place, where))]


# -- what is in it ---------------------------------------------------------------------------------------------------


async def test_a_discount_is_told_with_what_is_its_own(place: tuple[Database, int]) -> None:
    summer = await campaign(place, name="Summer, hot")
    own = {"quantity": 3, "active": False, "starts_at": START, "redeemed_quantity": 2, "additional_info": 'a "b"\nc'}
    number = await add(place, summer, "CODE/1 é", metadata={"town": "Köln", "seq": 1, "vip": True}, **own)
    (row,) = rows(await exported(place))
    ((token, created),) = await databases.rows(place[0], select(voucher.c.token, voucher.c.created_at))
    assert number
    assert row == {
        **dict.fromkeys(COLUMNS, ""),
        "Code": "CODE/1 é",
        "Active": "false",
        "Redeemed Quantity": "2",
        "Redemption Limit": "3",
        "Start Date": "2026-01-01T00:00:00Z",
        "Additional Info": 'a "b"\nc',
        "Voucher Type": "DISCOUNT_VOUCHER",
        "Discount Type": "PERCENT",
        "Value": "10",
        "Campaign": "Summer, hot",
        "Published": "0",
        "Created": created.isoformat().replace("+00:00", "Z"),
        "Voucher Id": token,
        "seq": "1",
        "town": "Köln",
        "vip": "true",
    }


async def test_balances_are_told_so_that_they_add_up(place: tuple[Database, int]) -> None:
    await add(place, await campaign(place, GIFT), "GIFT", amount=2000, redeemed_amount=500)
    await add(place, await campaign(place, LOYALTY), "CARD", amount=70)
    # What was taken out by hand is in none of the two other numbers.
    await written(place[0], making(voucher_balances.adjust, place[1], "GIFT", -300))
    gift, card = rows(await exported(place))
    assert [gift[name] for name in ("Gift Amount", "Redeemed Amount", "Balance", "Loyalty Points")] == [
        *("1700", "500", "1200", "")
    ]
    assert [card[name] for name in ("Gift Amount", "Redeemed Amount", "Balance", "Loyalty Points")] == [
        *("", "0", "70", "70")
    ]


async def test_an_export_of_nothing_has_a_header(place: tuple[Database, int]) -> None:
    content = await exported(place)
    assert content.decode() == ",".join(COLUMNS) + "\r\n"


async def test_lines_are_those_of_rfc_4180(place: tuple[Database, int]) -> None:
    await add(place, await campaign(place), 'A"B,C', metadata={"k": "one\r\ntwo"})
    header, line = (await exported(place)).decode().split("\r\n", 1)
    assert header.startswith("Code,Active,")
    assert line.startswith('"A""B,C",true,')
    assert line.endswith('"one\r\ntwo"\r\n')


async def test_all_slices_are_in_it_once(place: tuple[Database, int]) -> None:
    count = 2 * voucher_exports.SLICE_MAX + 1
    campaign_id = await campaign(place)
    await many(place, campaign_id, count)
    assert await codes(place) == [f"MANY-{number:06}" for number in range(count)]


async def test_what_is_added_meanwhile_is_not_in_it(place: tuple[Database, int]) -> None:
    campaign_id = await campaign(place)
    await add(place, campaign_id, "BEFORE")
    export = await voucher_exports.begin(Context(place[0], system({})), place[1])
    await add(place, campaign_id, "AFTER", metadata={"new": 1})
    assert await export.count() == 1
    (row,) = rows(b"".join([part.text async for part in export.parts()]))
    assert (row["Code"], "new" in row) == ("BEFORE", False)


async def test_a_filter_narrows_vouchers_and_their_metadata(place: tuple[Database, int]) -> None:
    one, other = await campaign(place), await campaign(place)
    await add(place, one, "A", metadata={"a": 1})
    await add(place, other, "B", metadata={"b": 1}, active=False)
    assert await codes(place, Compare("campaign_id", "eq", one)) == ["A"]
    assert list(rows(await exported(place, Compare("active", "eq", False)))[0])[len(COLUMNS) :] == ["b"]


async def test_binned_vouchers_are_not_in_it(place: tuple[Database, int]) -> None:
    kept, binned = await campaign(place), await campaign(place)
    await add(place, kept, "KEPT")
    await add(place, binned, "BINNED")
    clause = update(voucher_campaign).where(voucher_campaign.c.id == binned).values(binned_at=START)
    await databases.rows(place[0], clause.returning(voucher_campaign.c.id))
    assert await codes(place) == ["KEPT"]


async def test_other_organizers_are_not_in_it(place: tuple[Database, int]) -> None:
    other = await written(place[0], making(an_organizer, "other"))
    theirs = await campaign(place, of=other, name="Theirs")
    await add(place, theirs, "THEIRS", of=other, metadata={"secret": 1})
    await add(place, await campaign(place), "OURS")
    content = await exported(place)
    assert b"OURS" in content
    assert b"THEIRS" not in content
    assert b"secret" not in content
    assert await codes(place, Compare("campaign_id", "eq", theirs)) == []
    context = Context(place[0], system({}))
    with pytest.raises(NotFound):
        await voucher_exports.campaign_id(context, place[1], "Theirs")
    assert await voucher_exports.campaign_id(context, other, "Theirs") == theirs


async def test_it_wants_the_permission_to_read_vouchers(place: tuple[Database, int]) -> None:
    asker = Principal("x", "app", {"acme": place[1]}, frozenset(("organizer.vouchers:write",)))
    with pytest.raises(PermissionDenied):
        await voucher_exports.begin(Context(place[0], asker), place[1])


# -- metadata --------------------------------------------------------------------------------------------------------


async def test_keys_that_are_names_of_columns_are_told_apart(place: tuple[Database, int]) -> None:
    await add(place, await campaign(place), "A", metadata={"code": "x", "metadata.y": "z"})
    (row,) = rows(await exported(place))
    assert (row["Code"], row["metadata.code"], row["metadata.metadata.y"]) == ("A", "x", "z")


@pytest.mark.parametrize(
    "metadata",
    [
        {"Town": 1, "town": 2},
        {" padded": 1},
        {"": 1},
        {f"key {number}": number for number in range(METADATA_COLUMNS_MAX + 1)},
    ],
    ids=["letter case", "blanks", "no name", "too many"],
)
async def test_keys_that_make_no_columns_are_in_one(place: tuple[Database, int], metadata: dict[str, Any]) -> None:
    campaign_id = await campaign(place)
    await add(place, campaign_id, "A", metadata=metadata)
    await add(place, campaign_id, "B")
    first, second = rows(await exported(place))
    assert list(first)[-1] == "Metadata"
    assert first["Metadata"].startswith('{"')
    assert second["Metadata"] == ""


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
async def test_formulas_are_made_texts_only_if_asked_for(place: tuple[Database, int], beginning: str) -> None:
    # A key that begins with blanks would make it one column.
    key = f"{beginning}k" if beginning.strip() else "a"
    metadata = {"k": f"{beginning}1+1", key: -5}
    await add(place, await campaign(place), "A", metadata=metadata, additional_info=f"{beginning}x")
    exact, safe = rows(await exported(place)), rows((await exported(place, safe=True)).removeprefix(b"\xef\xbb\xbf"))
    assert (await exported(place, safe=True)).startswith(b"\xef\xbb\xbf")
    name = "Additional Info"
    assert (exact[0][name], safe[0][name]) == (f"{beginning}x", f"'{beginning}x")
    assert (exact[0]["k"], safe[0]["k"]) == (f"{beginning}1+1", f"'{beginning}1+1")
    assert exact[0][key] == "-5"
    assert beginning.isspace() or f"'{key}" in safe[0]


# -- imported again --------------------------------------------------------------------------------------------------


async def reimported(place: tuple[Database, int], content: bytes, type: VoucherType) -> tuple[Database, int]:
    """Another organizer of the same database, with what is in the file."""
    other = await written(place[0], making(an_organizer, "other"))
    campaign_id = await campaign(place, type, of=other)

    async def parts() -> AsyncIterator[bytes]:
        yield content

    context = Context(place[0], system({}))
    enqueued = await voucher_imports.receive(context, other, campaign_id, parts())
    action = await done(place[0], enqueued.id)
    assert (action.status, action.result["failed_count"]) == ("DONE", 0), action.result
    return place[0], other


TOLD = ("Campaign", "Created", "Voucher Id")


async def test_an_export_can_be_imported_again(place: tuple[Database, int]) -> None:
    campaign_id = await campaign(place, quantity=7)
    own = {"additional_info": "x", "starts_at": START, "expires_at": START.replace(year=2044), "redeemed_quantity": 2}
    await add(place, campaign_id, "A", metadata={"code": "x", "town": 'Kö"ln\n'}, quantity=5, **own)
    await add(place, campaign_id, "B é/%", active=False, quantity=None)
    content = await exported(place)
    again = await exported(await reimported(place, content, VoucherType.DISCOUNT_VOUCHER))
    assert without(TOLD, again) == without(TOLD, content)


async def test_balances_are_the_same_after_an_import(place: tuple[Database, int]) -> None:
    await add(place, await campaign(place, GIFT), "A", amount=2000, redeemed_amount=500, redeemed_quantity=1)
    content = await exported(place)
    again = await exported(await reimported(place, content, GIFT))
    assert without(TOLD, again) == without(TOLD, content)
    assert rows(again)[0]["Balance"] == "1500"


async def test_metadata_in_one_column_is_imported_with_its_types(place: tuple[Database, int]) -> None:
    await add(place, await campaign(place), "A", metadata={"Town": 1, "town": [True, None]})
    content = await exported(place)
    again = await exported(await reimported(place, content, VoucherType.DISCOUNT_VOUCHER))
    assert rows(again)[0]["Metadata"] == '{"Town":1,"town":[true,null]}'


async def test_in_files_of_others_the_same_columns_are_metadata(place: tuple[Database, int]) -> None:
    content = b"Code,Redemption Limit,Balance\r\nA,5,9\r\n"
    (row,) = rows(await exported(await reimported(place, content, VoucherType.DISCOUNT_VOUCHER)))
    assert (row["Redemption Limit"], row["metadata.Redemption Limit"], row["metadata.Balance"]) == ("1", "5", "9")


def without(names: Sequence[str], content: bytes) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name not in names} for row in rows(content)]


# -- what it costs ---------------------------------------------------------------------------------------------------


async def many(place: tuple[Database, int], campaign_id: int, count: int, **values: Any) -> None:
    """Vouchers with numbered codes, in as few transactions as there may be."""
    terms = select(voucher_campaign.c.terms_id).where(voucher_campaign.c.id == campaign_id)
    ((terms_id,),) = await databases.rows(place[0], terms)
    for start in range(0, count, ROWS_MAX):
        new = [NewVoucher(f"MANY-{n:06}", **values) for n in range(start, min(start + ROWS_MAX, count))]
        given = {"campaign_id": campaign_id, "terms_id": terms_id, "type": VoucherType.DISCOUNT_VOUCHER}
        await written(place[0], partial(_add, place[1], new, given))


async def _add(organizer_id: int, new: Sequence[NewVoucher], given: dict[str, Any], work: Work) -> None:
    await new_vouchers.add(work, organizer_id, new, **given)


@pytest.mark.slow
async def test_a_hundred_thousand_are_never_in_memory(place: tuple[Database, int]) -> None:
    count = 100_000
    await many(place, await campaign(place), count, metadata={"region": "eu"})
    found = size = 0
    export = await voucher_exports.begin(Context(place[0], system({})), place[1])
    tracemalloc.start()
    try:
        async for part in export.parts():
            found, size = found + part.vouchers, size + len(part.text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == await export.count() == count
    assert size > 10_000_000
    assert peak < 4_000_000


async def test_others_have_their_turn_between_slices(place: tuple[Database, int]) -> None:
    await many(place, await campaign(place), 4 * voucher_exports.SLICE_MAX)
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await exported(place)
    task.cancel()
    # Twice: metadata keys are looked for first.
    assert turns >= 8
