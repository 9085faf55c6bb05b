"""GraphQL requests with files: the GraphQL multipart request specification, as far as one operation goes.

A form has a field `operations` (the request, with null where files belong), a field `map` (which part belongs where)
and the files. Files are on disk, not in memory, until the request is over.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive

from models.problems import TooLarge

FILES_MAX, FIELDS_MAX = 10, 10
PIECE_BYTES = 64 * 1024
SPECIFICATION = "See the GraphQL multipart request specification."


class Malformed(Exception):
    """A form that is no such request, and why."""


class SpooledFile:
    """A file of the request (`gql.uploads.File`). Whoever reads it has the time of a request anew for each piece."""

    def __init__(self, upload: UploadFile, prolong: Callable[[], None]) -> None:
        self._upload, self._prolong = upload, prolong

    async def parts(self) -> AsyncGenerator[bytes]:
        await self._upload.seek(0)
        while part := await self._upload.read(PIECE_BYTES):
            self._prolong()
            yield part


@asynccontextmanager
async def taken_in(
    headers: Mapping[bytes, bytes],
    receive: Receive,
    *,
    body_limit_bytes: int,
    upload_limit_bytes: int,
    prolong: Callable[[], None],
    json: Callable[[bytes], Any],
) -> AsyncIterator[Any]:
    """The request in the form, its files in their places; they are gone after the block.

    `json` reads a text of JSON. Raises `Malformed`, and `TooLarge` for fields over the one limit and for a form whose
    files are over the other.
    """
    # What the fields may have is added: a file may be as large as its own limit says.
    stream = _stream(receive, upload_limit_bytes + body_limit_bytes, prolong)
    parser = MultiPartParser(
        Headers(raw=list(headers.items())),
        stream,
        max_files=FILES_MAX,
        max_fields=FIELDS_MAX,
        max_part_size=body_limit_bytes,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Malformed(f"The form is broken: {error.message}") from None
    try:
        yield _placed(dict(form), json, prolong)
    finally:
        await form.close()


async def _stream(receive: Receive, limit: int, prolong: Callable[[], None]) -> AsyncGenerator[bytes]:
    size, prolonged = 0, 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The body ended too early.")
        part: bytes = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.", limit=limit, unit="bytes")
        if size - prolonged >= PIECE_BYTES:
            prolonged = size
            prolong()
        yield part


def _placed(form: Mapping[str, UploadFile | str], json: Callable[[bytes], Any], prolong: Callable[[], None]) -> Any:
    operations, places = (_field(form, name, json) for name in ("operations", "map"))
    if not isinstance(operations, dict) or not isinstance(places, dict):
        raise Malformed(f"`operations` and `map` are objects. {SPECIFICATION}")
    for name, paths in places.items():
        upload = form.get(name)
        if not isinstance(upload, UploadFile):
            raise Malformed(f"There is no file {name!r} in the form. {SPECIFICATION}")
        if not isinstance(paths, list):
            raise Malformed(f"`map` has a list of paths for each file. {SPECIFICATION}")
        for path in paths:
            _place(operations, path, SpooledFile(upload, prolong))
    return operations


def _field(form: Mapping[str, UploadFile | str], name: str, json: Callable[[bytes], Any]) -> Any:
    text = form.get(name)
    if not isinstance(text, str):
        raise Malformed(f"The form has no field `{name}`. {SPECIFICATION}")
    return json(text.encode())


def _place(operations: Any, path: Any, file: SpooledFile) -> None:
    """Put the file in the place of the null at the path, such as `variables.input.file`."""
    names = path.split(".") if isinstance(path, str) else []
    if len(names) < 2 or names[0] != "variables":
        raise _nowhere(path)
    holder = operations
    for name in names[:-1]:
        holder = _below(holder, name, path)
    if _below(holder, names[-1], path) is not None:
        raise _nowhere(path)
    holder[int(names[-1]) if isinstance(holder, list) else names[-1]] = file


def _below(holder: Any, name: str, path: Any) -> Any:
    if isinstance(holder, dict) and name in holder:
        return holder[name]
    if isinstance(holder, list) and name.isascii() and name.isdigit() and len(name) < 9 and int(name) < len(holder):
        return holder[int(name)]
    raise _nowhere(path)


def _nowhere(path: Any) -> Malformed:
    return Malformed(f"There is no null at {path!r} in `operations`. {SPECIFICATION}")
