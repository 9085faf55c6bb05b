"""An answer before it goes over the wire, whatever the dialect."""

from dataclasses import dataclass
from typing import TypeAlias

import orjson
from starlette.types import Send

Header: TypeAlias = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[Header, ...]
    body: bytes

    async def send(self, send: Send, *, bodiless: bool) -> None:
        # A 204 has no length, not even 0 (RFC 9110, 8.6).
        length = () if self.status == 204 else ((b"content-length", str(len(self.body)).encode()),)
        start = {"type": "http.response.start", "status": self.status, "headers": [*self.headers, *length]}
        await send(start)
        await send({"type": "http.response.body", "body": b"" if bodiless else self.body})

    def dump(self) -> str:
        """The answer as text, to be kept."""
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.headers]
        return orjson.dumps([self.status, headers, self.body.decode()]).decode()

    @classmethod
    def load(cls, kept: str) -> "Answer":
        status, headers, body = orjson.loads(kept)
        pairs = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
        return cls(status, pairs, body.encode())
