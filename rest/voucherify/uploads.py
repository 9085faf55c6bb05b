"""An uploaded file as a stream: it is never in memory as a whole.

It is the part `file` of a form, whether or not that has a file name (the JS SDK v3 sends none), or the body itself.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive

from rest.content import parts_of
from rest.voucherify.refusals import InvalidPayload, Malformed

NAME = b"file"
MULTIPART = b"multipart/form-data"
# A body of these types is the file.
BARE = (b"text/csv", b"text/plain", b"text/tab-separated-values", b"application/csv", b"application/octet-stream")
# Parts of a form beside the file.
OTHERS_MAX = 100
# Whoever sends as much as this has the time of a request anew: a slow upload goes on, one that stands still does not.
PROLONGED_BYTES = 64 * 1024


async def file_of(
    receive: Receive, content_type: bytes, *, limit_bytes: int, prolong: Callable[[], None]
) -> AsyncIterator[bytes]:
    """The file, of which the first bytes have been read. Refuses a form without one, or that is none.

    What is refused later, while it is read: a form that breaks off, more than `limit_bytes`.
    """
    media_type, options = parse_options_header(content_type)
    body = _prolonging(parts_of(receive, limit_bytes), prolong)
    if media_type == MULTIPART:
        file = _in_form(body, options.get(b"boundary", b""))
    elif media_type in BARE:
        file = _bare(body)
    else:
        raise _missing()
    first = await anext(file, b"")
    return _from(first, file)


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    yield first
    async for part in rest:
        yield part


async def _bare(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    is_empty = True
    async for part in body:
        if part:
            is_empty = False
            yield part
    if is_empty:
        raise _missing()


async def _prolonging(parts: AsyncIterator[bytes], prolong: Callable[[], None]) -> AsyncGenerator[bytes]:
    arrived = 0
    async for part in parts:
        arrived += len(part)
        if arrived >= PROLONGED_BYTES:
            arrived = 0
            prolong()
        yield part


async def _in_form(body: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[bytes]:
    """What the part holds. The rest of the form is read as well, to see that it is whole."""
    if not boundary:
        raise Malformed("The form has no boundary.")
    form = _Form()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.begin,
                "on_header_field": form.name_header,
                "on_header_value": form.fill_header,
                "on_header_end": form.end_header,
                "on_headers_finished": form.end_headers,
                "on_part_data": form.fill,
                "on_part_end": form.end,
                "on_end": form.close,
            },
        )
        async for part in body:
            parser.write(part)
            if form.found:
                yield b"".join(form.found)
                form.found.clear()
    except FormParserError as error:
        raise Malformed(f"The form is broken: {error}.") from None
    if not form.is_closed:
        raise Malformed("The form is broken: it ends early.")
    if not form.is_complete:
        raise _missing()


class _Form:
    """What the parser finds: it calls back for every piece of a header and of a part."""

    def __init__(self) -> None:
        self.found: list[bytes] = []
        self.is_complete = self.is_closed = False
        self._is_file = False
        self._parts = 0
        self._header = self._value = self._disposition = b""

    def begin(self) -> None:
        self._parts += 1
        if self._parts > OTHERS_MAX + 1:
            raise FormParserError("it has too many parts")
        self._disposition = b""

    def name_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def fill_header(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        # Of two files the first counts.
        self._is_file = options.get(b"name") == NAME and not self.is_complete

    def fill(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.found.append(data[start:end])

    def end(self) -> None:
        self.is_complete = self.is_complete or self._is_file
        self._is_file = False

    def close(self) -> None:
        self.is_closed = True


def _missing() -> InvalidPayload:
    return InvalidPayload(f"Payload should have required property '{NAME.decode()}'", field=NAME.decode())
