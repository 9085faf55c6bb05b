"""/v1/vouchers.csv and /v1/campaigns/{campaign}/vouchers.csv."""

import asyncio
import csv
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx2
import pytest
import uvicorn
from sqlalchemy import text

from models.token import Kind
from models.voucher import VoucherType
from resolvers import new_vouchers, tokens
from resolvers.context import Work
from resolvers.new_vouchers import NewVoucher
from resolvers.slices import ROWS_MAX
from tests.resolvers import databases
from tests.rest.voucherify.conftest import ON_SQLITE
from tests.vouchers import a_campaign, some_terms
from tests.world import World

READ = ("organizer.vouchers:read",)


@pytest.fixture
async def keys(world: World) -> dict[str, str]:
    return await keys_of(world, "acme", READ)


async def keys_of(world: World, slug: str, scopes: tuple[str, ...]) -> dict[str, str]:
    made = await world.context(slug).write(
        partial(tokens.create, name="keys", organizers=[slug], scopes=scopes, kind=Kind.APP)
    )
    return {"X-App-Id": made.public_id or "", "X-App-Token": made.secret}


async def campaign(world: World, name: str, *codes: str, of: str = "acme", **values: Any) -> int:
    """A campaign with vouchers of these codes; the values are theirs."""
    organizer_id = world.organizers[of]

    async def make(work: Work) -> int:
        terms_id = await some_terms(work, organizer_id)
        campaign_id = await a_campaign(work, organizer_id, name=name, terms_id=terms_id)
        given: Any = {"campaign_id": campaign_id, "terms_id": terms_id, "type": VoucherType.DISCOUNT_VOUCHER}
        for start in range(0, len(codes), ROWS_MAX):
            new = [NewVoucher(code, **values) for code in codes[start : start + ROWS_MAX]]
            await new_vouchers.add(work, organizer_id, new, **given)
        return campaign_id

    return await world.context(of).write(make)


async def get(world: World, path: str, keys: dict[str, str]) -> httpx2.Response:
    return await world.client.get(path, headers=keys)


def codes(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["Code"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]


async def test_all_vouchers_are_a_file(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "One", "A", "B", metadata={"town": "Köln"})
    await campaign(world, "Two", "C", active=False)
    answer = await get(world, "/v1/vouchers.csv", keys)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="vouchers.csv"'
    assert "x-rate-limit-remaining" in answer.headers
    assert codes(answer) == ["A", "B", "C"]
    assert answer.text.splitlines()[0].endswith(",Voucher Id,town")


async def test_a_campaign_is_found_by_name_and_by_id(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "Half/off é", "A", "B")
    await campaign(world, "Other", "C")
    by_name = await get(world, "/v1/campaigns/Half%2Foff%20%C3%A9/vouchers.csv", keys)
    assert codes(by_name) == ["A", "B"]
    name = by_name.headers["content-disposition"].partition('"')[2].removesuffix('.csv"')
    assert name.startswith("camp_")
    assert codes(await get(world, f"/v1/campaigns/{name}/vouchers.csv", keys)) == ["A", "B"]
    missing = await get(world, "/v1/campaigns/Nowhere/vouchers.csv", keys)
    assert (missing.status_code, missing.json()["key"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("campaign=One", ["A", "B"]),
        ("code=B", ["B"]),
        ("filters[code][conditions][$starts_with]=C", ["C"]),
        ("filters[active][conditions][$disabled]=", ["C"]),
        ("filters[metadata.town][conditions][$is]=Bonn&campaign=Two", []),
        ("created_at[before]=2020-01-01", []),
        ("limit=1&page=2&order=-created_at", ["A", "B", "C"]),
    ],
)
@ON_SQLITE
async def test_it_is_narrowed_like_the_list(world: World, keys: dict[str, str], query: str, found: list[str]) -> None:
    await campaign(world, "One", "A", "B", metadata={"town": "Bonn"})
    await campaign(world, "Two", "C", active=False)
    assert codes(await get(world, f"/v1/vouchers.csv?{query}", keys)) == found


@ON_SQLITE
async def test_filters_narrow_a_campaign_further(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "One", "A", "B")
    await campaign(world, "Two", "A2")
    path = "/v1/campaigns/One/vouchers.csv?filters[code][conditions][$starts_with]=A"
    assert codes(await get(world, path, keys)) == ["A"]


@ON_SQLITE
async def test_what_cannot_be_asked_is_refused_before_anything_is_sent(world: World, keys: dict[str, str]) -> None:
    for query in ("filters[nonsense][conditions][$is]=1", "created_at[after]=soon", "safe_for_spreadsheets=perhaps"):
        answer = await get(world, f"/v1/vouchers.csv?{query}", keys)
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")
    json_only = await world.client.get("/v1/vouchers.csv", headers={**keys, "Accept": "application/json"})
    assert json_only.status_code == 406


@ON_SQLITE
async def test_formulas_are_made_texts_if_asked_for(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "=One()", "A")
    assert ",=One()," in (await get(world, "/v1/vouchers.csv", keys)).text
    safe = await get(world, "/v1/vouchers.csv?safe_for_spreadsheets=true", keys)
    assert safe.content.startswith(b"\xef\xbb\xbf")
    assert ",'=One()," in safe.text


async def test_it_is_the_askers_own_and_wants_its_permission(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "Ours", "OURS")
    await campaign(world, "Theirs", "THEIRS", of="beta")
    assert codes(await get(world, "/v1/vouchers.csv", keys)) == ["OURS"]
    assert codes(await get(world, "/v1/vouchers.csv?campaign=Theirs", keys)) == []
    assert (await get(world, "/v1/campaigns/Theirs/vouchers.csv", keys)).status_code == 404
    writer = await keys_of(world, "acme", ("organizer.vouchers:write",))
    for path in ("/v1/vouchers.csv", "/v1/campaigns/Ours/vouchers.csv"):
        assert (await get(world, path, writer)).status_code == 403
        assert (await get(world, path, {})).status_code == 401


@ON_SQLITE
async def test_head_has_the_headers_alone(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "One", "A")
    answer = await world.client.head("/v1/vouchers.csv", headers=keys)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


async def test_an_export_that_breaks_off_looks_broken(world: World, keys: dict[str, str]) -> None:
    """More than fits between server and client is left when a table goes away."""
    await campaign(world, "One", *(f"CODE-{n:05}" for n in range(50_000)), additional_info="x" * 300)
    async with (
        served(world) as address,
        httpx2.AsyncClient(base_url=address, headers={**keys, "Host": "foyer.test"}, timeout=20) as client,
        client.stream("GET", "/v1/vouchers.csv") as answer,
    ):
        assert answer.status_code == 200
        parts = answer.aiter_bytes()
        await anext(parts)
        await databases.rows(world.database, text("ALTER TABLE customer RENAME TO gone"))
        with pytest.raises(httpx2.RemoteProtocolError):
            await everything(parts)


@ON_SQLITE
async def test_nothing_is_made_for_those_who_are_gone(world: World, keys: dict[str, str]) -> None:
    await campaign(world, "One", *(f"CODE-{n:05}" for n in range(5000)))
    gone = asyncio.Event()
    received: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if received:
            await gone.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        received.append(message.get("body", b""))
        if b"CODE-00000" in received[-1]:
            gone.set()

    headers = [(name.lower().encode(), value.encode()) for name, value in {**keys, "Host": "foyer.test"}.items()]
    path = {"path": "/v1/vouchers.csv", "raw_path": b"/v1/vouchers.csv", "query_string": b"", "headers": headers}
    await world.app({"type": "http", "method": "GET", **path}, receive, send)
    assert 0 < sum(part.count(b"CODE-") for part in received) < 1000


async def everything(parts: AsyncIterator[bytes]) -> int:
    return sum([len(part) async for part in parts])


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    """The world's app behind a socket, in this loop."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        configuration = uvicorn.Config(world.app, http="httptools", lifespan="off", log_config=None)
        server = uvicorn.Server(configuration)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield address
        finally:
            server.should_exit = True
            await task
