"""Files of any size, in any form that a client sends."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.problems import Problem
from rest.voucherify.uploads import PROLONGED_BYTES, file_of
from tests.rest.voucherify.conftest import ON_SQLITE, Door, serving
from tests.world import World

PATH = "campaigns/Spring%2FSale/importCSV"
BOUNDARY = "----9051914041544843365972754266"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(content: bytes, *headers: str) -> bytes:
    return f"--{BOUNDARY}\r\n".encode() + "\r\n".join((*headers, "", "")).encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


FILE = 'Content-Disposition: form-data; name="file"; filename="codes.csv"'
NAMELESS = 'Content-Disposition: form-data; name="file"'
CSV = b"Code\r\nA\r\nB\r\n"


async def streamed(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@ON_SQLITE
async def test_files_come_with_a_name_without_one_or_bare(door: Door) -> None:
    octets = "Content-Type: application/octet-stream"
    for content, media_type in (
        (form(part(CSV, FILE, "Content-Type: text/csv")), TYPE),
        (form(part(CSV, FILE, octets)), TYPE),
        (form(part(CSV, NAMELESS)), TYPE),
        (form(part(CSV, NAMELESS, "Content-Type: text/plain; charset=utf-8")), TYPE),
        (
            form(part(b"x", 'Content-Disposition: form-data; name="other"'), part(CSV, FILE), part(b"second", FILE)),
            TYPE,
        ),
        (form(part(CSV, "content-disposition: form-data; name=file")), f'multipart/form-data; boundary="{BOUNDARY}"'),
        (CSV, "text/csv"),
        (CSV, "text/csv; charset=utf-8"),
        (CSV, "application/octet-stream"),
    ):
        answer = await door.post(PATH, content=content, headers={"Content-Type": media_type})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["size"], answer.json()["campaign"]) == (len(CSV), "Spring/Sale")


@ON_SQLITE
async def test_the_name_of_a_campaign_may_come_unescaped(door: Door) -> None:
    answer = await door.post("campaigns/Spring/Sale%202/importCSV", files={"file": ("codes.csv", CSV)})
    assert answer.json()["campaign"] == "Spring/Sale 2"


@ON_SQLITE
async def test_an_upload_without_its_file_is_refused(door: Door) -> None:
    other = part(b"x", 'Content-Disposition: form-data; name="other"; filename="file"')
    for content, media_type in (
        (form(other), TYPE),
        (form(part(CSV, "Content-Type: text/csv")), TYPE),
        (f"--{BOUNDARY}--\r\n".encode(), TYPE),
        (b"", "text/csv"),
        (b"", ""),
        (b'{"file":"Code"}', "application/json"),
        (b"file=Code", "application/x-www-form-urlencoded"),
    ):
        answer = await door.post(PATH, content=content, headers={"Content-Type": media_type})
        assert answer.status_code == 400
        assert answer.json()["key"] == "invalid_payload", (content, answer.text)
        assert answer.json()["details"] == "Payload should have required property 'file'"


@ON_SQLITE
async def test_an_empty_file_is_a_file(door: Door) -> None:
    answer = await door.post(PATH, content=form(part(b"", FILE)), headers={"Content-Type": TYPE})
    assert (answer.status_code, answer.json()["size"]) == (200, 0)


@ON_SQLITE
async def test_a_broken_form_is_refused(door: Door) -> None:
    whole = form(part(CSV, FILE))
    many = form(*[part(b"x", 'Content-Disposition: form-data; name="other"')] * 200, part(CSV, FILE))
    for content, media_type in (
        (whole, "multipart/form-data"),
        (whole, "multipart/form-data; boundary="),
        (whole, f"multipart/form-data; boundary={'x' * 500}"),
        (whole, "multipart/form-data; boundary=other"),
        (whole[:-10], TYPE),
        (whole[:100], TYPE),
        (b"nothing like it", TYPE),
        (b"", TYPE),
        (form(part(CSV, FILE, "A" * 100_000 + ": x")), TYPE),
        (many, TYPE),
    ):
        answer = await door.post(PATH, content=content, headers={"Content-Type": media_type})
        assert (answer.status_code, answer.json()["statusCode"]) == (400, 400), (content[:80], answer.text)


@ON_SQLITE
async def test_a_file_is_never_in_memory_as_a_whole(door: Door) -> None:
    content = form(part(b"x" * 5_000_000, FILE))
    answer = await door.client.post(
        f"/v1/{PATH}", content=streamed(content, 60_000), headers={"Content-Type": TYPE, **door.headers("app")}
    )
    found = answer.json()
    assert found["size"] == 5_000_000
    assert found["largest"] <= 60_000


@ON_SQLITE
async def test_uploads_have_a_limit_of_their_own(world: World) -> None:
    async with serving(world, body_limit_bytes=1000, upload_limit_bytes=10_000) as door:
        assert (await door.post(PATH, files={"file": ("codes.csv", b"x" * 9_000)})).status_code == 200
        answer = await door.post(PATH, files={"file": ("codes.csv", b"x" * 11_000)})
        assert answer.status_code == 413
        assert answer.json()["message"] == "Payload content length greater than maximum allowed: 10000"


# -- the stream itself -------------------------------------------------------------------------------------------------


async def read(content: bytes, media_type: str, size: int) -> tuple[bytes, int]:
    """What a file holds that comes in pieces of this size, and how often its time began anew."""
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    prolonged = 0

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": pieces.pop(0) if pieces else b"", "more_body": bool(pieces)}

    def prolong() -> None:
        nonlocal prolonged
        prolonged += 1

    file = await file_of(receive, media_type.encode(), limit_bytes=10**9, prolong=prolong)
    return b"".join([piece async for piece in file]), prolonged


LIKE_BOUNDARIES = st.lists(
    st.sampled_from(
        [b"\r\n", b"\r\n--", b"--", BOUNDARY.encode(), BOUNDARY[:-1].encode(), b"-", b"A,B", b"\n", b"\xff"]
    ),
    max_size=20,
).map(b"".join)


@given(content=LIKE_BOUNDARIES, size=st.integers(1, 80))
def test_a_file_is_the_same_in_pieces_of_any_size(content: bytes, size: int) -> None:
    if f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content:
        return
    whole = form(part(content, FILE))
    assert asyncio.run(read(whole, TYPE, size))[0] == content


@given(content=st.one_of(st.binary(max_size=300), LIKE_BOUNDARIES), size=st.integers(1, 80))
def test_any_bytes_are_a_form_or_refused(content: bytes, size: int) -> None:
    status = 200
    try:
        asyncio.run(read(b"--" + BOUNDARY.encode() + content, TYPE, size))
    except Problem as refusal:
        status = refusal.status_hint
    assert status in (200, 400)


async def test_only_whoever_sends_enough_has_the_time_anew() -> None:
    content = b"x" * (PROLONGED_BYTES * 3)
    assert await read(content, "text/csv", PROLONGED_BYTES) == (content, 3)
    assert await read(content, "text/csv", 1000) == (content, 2)
    assert await read(b"x" * (PROLONGED_BYTES - 1), "text/csv", 1000) == (b"x" * (PROLONGED_BYTES - 1), 0)


@pytest.mark.parametrize(
    "media_type", ["multipart/form-data;;;=;boundary", ";", "/", "multipart/form-data; boundary=\xff"]
)
async def test_odd_types_are_refused(media_type: str) -> None:
    with pytest.raises(Problem):
        await read(CSV, media_type, 100)
