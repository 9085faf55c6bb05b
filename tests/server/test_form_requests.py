"""Forms with files, as they come in; what GraphQL makes of them is in tests/gql/test_actions.py."""

from typing import Any

import orjson
import pytest
from starlette.types import Message

from server.form_requests import PIECE_BYTES, Malformed, SpooledFile, taken_in

HEADERS = {b"content-type": b"multipart/form-data; boundary=x"}
FIELDS = {"operations": b'{"variables": {"file": null}}', "map": b'{"0": ["variables.file"]}'}


def form(content: bytes) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    parts = [head % (name.encode(), b"", value) for name, value in FIELDS.items()]
    return b"".join([*parts, head % (b"0", b'; filename="a.csv"', content), b"--x--\r\n"])


class Arriving:
    """A body in pieces; `broken` if the client goes away before the last."""

    def __init__(self, body: bytes, *, broken: bool = False) -> None:
        pieces = [body[start : start + 10_000] for start in range(0, len(body), 10_000)]
        self._messages: list[Message] = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
        if broken:
            self._messages[-1] = {"type": "http.disconnect"}
        self._messages[-1]["more_body"] = False
        self.prolonged = 0

    async def receive(self) -> Message:
        return self._messages.pop(0)

    def prolong(self) -> None:
        self.prolonged += 1

    def taken_in(self) -> Any:
        limits = {"body_limit_bytes": 10_000, "upload_limit_bytes": 10_000_000}
        return taken_in(HEADERS, self.receive, **limits, prolong=self.prolong, json=orjson.loads)


async def test_whoever_sends_or_reads_a_file_has_the_time_of_a_request_anew() -> None:
    content = b"0123456789" * 200_000
    arriving = Arriving(form(content))
    async with arriving.taken_in() as operations:
        file = operations["variables"]["file"]
        assert isinstance(file, SpooledFile)
        taken_in_by = arriving.prolonged
        assert taken_in_by >= len(content) // PIECE_BYTES // 2
        for _ in range(2):
            assert b"".join([part async for part in file.parts()]) == content
        assert arriving.prolonged - taken_in_by >= 2 * (len(content) // PIECE_BYTES)


async def test_a_form_whose_sender_goes_away_is_none() -> None:
    with pytest.raises(Malformed, match="ended too early"):
        async with Arriving(form(b"x" * 50_000), broken=True).taken_in():
            raise AssertionError("taken in")
