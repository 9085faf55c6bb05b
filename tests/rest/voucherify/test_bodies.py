"""JSON bodies: none where none is taken, refusals where one is broken."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.problems import Problem
from rest.voucherify.bodies import parse
from tests.rest.voucherify.conftest import ON_SQLITE, Door, serving
from tests.world import World

JSON = {"Content-Type": "application/json"}

# What SDKs send where nothing is taken: Python twice, JS v2 twice, JS v3 twice.
BODILESS: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"", {"Content-Length": "0"}),
    (b"", {"Content-Length": "0", **JSON}),
    (b"{}", JSON),
    (b"", JSON),
    (b"5", JSON),
    (b'"{}"', JSON),
    (b"null", JSON),
    (b"{", JSON),
    (b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
)


@ON_SQLITE
async def test_calls_without_a_body_do_not_mind_one(door: Door) -> None:
    for content, headers in BODILESS:
        answer = await door.post("bodiless", content=content, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {}), content
        assert (await door.ask("DELETE", "bodiless", content=content, headers=headers)).status_code == 204


@ON_SQLITE
async def test_a_body_that_may_be_left_out_is_left_out_in_any_way(door: Door) -> None:
    for content in (b"", b"  \n", b"{}", b"5", b'"{}"', b'"text"', b"null", b"true", b"1.5"):
        answer = await door.post("maybe", content=content, headers=JSON)
        assert (answer.status_code, answer.json()) == (200, {}), content
    assert (await door.post("maybe", {"a": [1]})).json() == {"a": [1]}
    assert (await door.post("maybe", [1])).json()["details"] == "Payload should be object"


@ON_SQLITE
async def test_a_required_body_says_what_it_lacks(door: Door) -> None:
    for content in (b"", b"{}", b'"{}"', b"null"):
        answer = await door.post("echo", content=content, headers=JSON)
        assert answer.status_code == 400
        assert answer.json()["key"] == "invalid_payload"
        assert answer.json()["details"] == "Payload should have required property 'name'"
    for content in (b"5", b"[]", b'"text"', b"true"):
        answer = await door.post("echo", content=content, headers=JSON)
        assert (answer.status_code, answer.json()["details"]) == (400, "Payload should be object")


@ON_SQLITE
async def test_lists_are_lists(door: Door) -> None:
    assert (await door.post("many", [1, {"code": "a"}])).json() == [1, {"code": "a"}]
    for content in (b"", b"{}", b"5", b"null"):
        answer = await door.post("many", content=content, headers=JSON)
        assert (answer.status_code, answer.json()["details"]) == (400, "Payload should be array")


@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b"[1,]", b"{'a':1}", b"\xff", b'{"a":"\xff"}', b"NaN", b'{"a":NaN}', b"Infinity", b"1e999", b"{}{}"),
        *(
            b'{"a":"\\ud800"}',
            b'{"a":"\\udc00\\ud800"}',
            b'{"a":"\x00"}',
            b"\x00",
            b"[" * 65 + b"]" * 65,
            b"[" * 10_000,
        ),
    ],
)
@ON_SQLITE
async def test_what_is_no_json_is_told_in_the_shape_of_a_framework(door: Door, content: bytes) -> None:
    answer = await door.post("echo", content=content, headers=JSON)
    found = answer.json()
    assert answer.status_code == found["code"] == found["statusCode"] == 400
    assert found["error"] == "Bad Request"
    assert found["message"]
    assert found["request_id"].startswith("v-")


@ON_SQLITE
async def test_null_characters_are_refused_where_no_database_takes_them(door: Door) -> None:
    for content in (rb'{"name":"a\u0000b"}', rb'{"name":"a","metadata":{"k\u0000":1}}', rb'{"name":"\\\u0000"}'):
        answer = await door.post("echo", content=content, headers=JSON)
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    # A backslash and what follows it, as text.
    answer = await door.post("echo", content=rb'{"name":"\\u0000"}', headers=JSON)
    assert answer.json()["name"] == "\\u0000"


@ON_SQLITE
async def test_types_of_bodies(door: Door) -> None:
    content = b'{"name":"a"}'
    for media_type in ("application/json", "application/json; charset=utf-8", "Application/JSON", "text/json"):
        assert (await door.post("echo", content=content, headers={"Content-Type": media_type})).status_code == 200
    assert (await door.post("echo", content=content)).status_code == 200
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "jsonish"):
        answer = await door.post("echo", content=content, headers={"Content-Type": media_type})
        assert (answer.status_code, answer.json()["code"], answer.json()["statusCode"]) == (415, 415, 415)
        # Of nothing the type does not matter.
        assert (await door.post("maybe", content=b"", headers={"Content-Type": media_type})).status_code == 200


@ON_SQLITE
async def test_bodies_have_a_size(world: World) -> None:
    async with serving(world, body_limit_bytes=1000, import_limit_bytes=2000) as door:
        answer = await door.post("echo", {"name": "x" * 1000})
        assert answer.status_code == 413
        assert answer.json() == {
            "code": 413,
            "statusCode": 413,
            "error": answer.json()["error"],
            "message": "Payload content length greater than maximum allowed: 1000",
            "request_id": answer.headers["x-voucherify-request-id"],
        }
        assert (await door.post("many", ["x" * 1500])).status_code == 200
        assert (await door.post("many", ["x" * 2000])).status_code == 413


@ON_SQLITE
async def test_fields_are_told_by_their_place(door: Door) -> None:
    for body, said in (
        ({"name": 5}, "Property .name should be string"),
        ({"name": None}, "Property .name should be string"),
        ({"name": "a", "count": "5"}, "Property .count should be number,null"),
        ({"name": "a", "count": True}, "Property .count should be number,null"),
        ({"name": "a", "count": 1.5}, "Property .count should be integer,null"),
        ({"name": "a", "count": 101}, "Property .count must be <= 100"),
    ):
        answer = await door.post("echo", body)
        assert (answer.status_code, answer.json()["details"]) == (400, said)
    assert (await door.post("echo", {"name": "a", "count": 5.0, "more": 1})).json() == {"name": "a", "count": 5}
    assert (await door.post("echo", {"name": "a", "count": None})).json() == {"name": "a", "count": None}


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.one_of(st.binary(max_size=100), JSON_VALUES.map(lambda value: orjson.dumps(str(value)))))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    status = 200
    try:
        orjson.dumps(parse(content, b"application/json", 64))
    except Problem as refusal:
        status = refusal.status_hint
    assert status in (200, 400)
