"""Bodies: whatever the bytes, they are read or refused."""

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message

from models.problems import TooLarge
from rest.pretix.bodies import body_of, parse_json
from rest.pretix.fields import File
from rest.pretix.refusals import Malformed, UnsupportedMediaType

LIMIT = 1000
JSON = b"application/json"


async def read(content: bytes, content_type: bytes = JSON, *, limit_bytes: int = LIMIT) -> tuple[Any, bool]:
    return await body_of(parts([content]), content_type, limit_bytes=limit_bytes, depth_max=10)


def parts(contents: Iterable[bytes], *, ends: bool = True) -> Any:
    left = list(contents)

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left) or not ends}

    return receive


async def test_json_is_read_and_its_last_duplicate_counts() -> None:
    assert await read(b'{"a": 1, "a": [2.5, null, "\xc3\xbc"]}', b"Application/JSON; charset=utf-8") == (
        {"a": [2.5, None, "ü"]},
        False,
    )
    assert (await read(b'{"a": 123456789012345678901234567890}'))[0] == {"a": 123456789012345678901234567890}


async def test_an_empty_body_is_an_empty_object_of_any_type() -> None:
    for content_type in (JSON, b"", b"text/plain"):
        assert await read(b"", content_type) == ({}, False)


@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b"nope", b"{'a': 1}", b'{"a": 1,}', b"{} x", b"\xef\xbb\xbf{}", b'{"a": "\x00"}', b"\x00"),
        *(b'{"a": NaN}', b"[Infinity]", b"[-Infinity]", b"1e400", b"[-1e400]", b"01", b"9" * 5000),
        *(b'"\\ud800"', b'{"\\udfff": 1}', b'"\\ud800\\u0041"', b'"\xff"', b'"\xed\xa0\x80"', b'"\n"'),
        *(b"[" * 11, b"[" * 11 + b"]" * 11, b'{"a":' * 11 + b"1" + b"}" * 11, b"[" * 900),
    ],
    ids=lambda content: repr(content)[:30],
)
async def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        await read(content, limit_bytes=10_000)
    assert refused.value.said.spoken("en").startswith("JSON parse error - ")


async def test_brackets_in_texts_do_not_nest() -> None:
    assert (await read(b'["[[[[[[[[[[[[[[[\\"[[[["]'))[0] == ['[[[[[[[[[[[[[[["[[[[']
    assert (await read(b"[" * 10 + b"]" * 10))[0] == [[[[[[[[[[]]]]]]]]]]


async def test_a_hostile_megabyte_is_refused_at_once() -> None:
    started = time.perf_counter()
    for content in (b"[" * 10**6, b"[]" * 11 + b'"' + b'\\"' * 490_000, b'{"a":' * 190_000, b"9" * 10**6):
        with pytest.raises(Malformed):
            await read(content, limit_bytes=10**6)
    assert time.perf_counter() - started < 1


async def test_a_body_over_the_limit_is_refused_as_soon_as_it_is() -> None:
    assert (await read(b'"' + b"a" * 998 + b'"'))[0] == "a" * 998
    for receive in (parts([b"a" * 1001]), parts([b"a" * 600, b"a" * 600, b"never read"])):
        with pytest.raises(TooLarge) as refused:
            await body_of(receive, JSON, limit_bytes=LIMIT, depth_max=10)
        assert refused.value.details["limit"] == LIMIT


async def test_half_a_body_is_no_body() -> None:
    with pytest.raises(ClientDisconnect):
        await body_of(parts([b"{}"], ends=False), JSON, limit_bytes=LIMIT, depth_max=10)


async def test_other_types_are_refused_as_they_were_named() -> None:
    for content_type in (b"text/plain; charset=x", b"", b"application/xml", b"\xff", b"application/jsonp"):
        with pytest.raises(UnsupportedMediaType) as refused:
            await read(b"{}", content_type)
        name = content_type.decode("latin-1")
        assert refused.value.said.spoken("en") == f'Unsupported media type "{name}" in request.'


async def test_forms_are_read() -> None:
    urlencoded = b"application/x-www-form-urlencoded"
    assert await read(b"a=1&b=%C3%BC+%ff&a=2&c", urlencoded) == ({"a": "2", "b": "ü �", "c": ""}, True)
    multipart = (
        b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xc3\xbc\r\n'
        b'--X\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nyz\r\n--X--\r\n'
    )
    values, is_form = await read(multipart, b"multipart/form-data; boundary=X")
    assert (values["a"], type(values["f"]), str(values["f"]), is_form) == ("ü", File, "x", True)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"x", b"multipart/form-data"),
        (b"x", b"multipart/form-data; boundary="),
        (b"no boundary here", b"multipart/form-data; boundary=X"),
        (b"--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--\r\n", b"multipart/form-data; boundary=X"),
        (b"--X\r\n\xff: \xff\r\n\r\n", b"multipart/form-data; boundary=X"),
        (b"a=1&" * 1001, b"application/x-www-form-urlencoded"),
    ],
)
async def test_broken_forms_are_refused(content: bytes, content_type: bytes) -> None:
    with pytest.raises(Malformed):
        await read(content, content_type, limit_bytes=10_000)


async def test_forms_in_strange_charsets_are_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        await read(b"a=1", b"application/x-www-form-urlencoded; charset=punycode")


@given(
    st.one_of(
        st.binary(max_size=100), st.text('[]{}",:0123456789.eE-\\u\ud7ff truefalsnNaI', max_size=60).map(str.encode)
    )
)
def test_any_bytes_are_json_or_refused(content: bytes) -> None:
    with suppress(Malformed):
        parse_json(content, 10)


@given(
    st.binary(max_size=200), st.sampled_from([b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=X"])
)
async def test_any_bytes_are_a_form_or_refused(content: bytes, content_type: bytes) -> None:
    with suppress(Malformed):
        await read(b"--X\r\n" * (b"X" in content_type) + content, content_type)
