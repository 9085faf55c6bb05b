"""Fields of a body: what is taken, and what is said of what is not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.unset import UNSET
from rest.voucherify import fields
from rest.voucherify.fields import Payload
from rest.voucherify.refusals import InvalidPayload


def refused(payload: Payload, name: str, parser: Any) -> str:
    with pytest.raises(InvalidPayload) as refusal:
        payload.need(name, parser)
    return str(refusal.value)


def one(value: Any) -> Payload:
    return Payload({"x": value})


def test_absent_is_not_null() -> None:
    payload = Payload({"there": "a", "null": None})
    assert (payload.take("there", fields.text), payload.take("null", fields.text)) == ("a", None)
    assert payload.take("none", fields.text) is None
    assert payload.take("none", fields.text, absent=UNSET) is UNSET
    assert payload.take("null", fields.text, absent=UNSET) is None
    assert ("null" in payload, "none" in payload, list(payload)) == (True, False, ["there", "null"])


def test_places_are_told_however_deep() -> None:
    payload = Payload({"redeemables": [{"id": "a"}, {"order": {"amount": "1"}}]})
    items = payload.need("redeemables", fields.listed(fields.nested, least=1, most=30))
    assert items[0].need("id", fields.name) == "a"
    assert refused(items[1], "id", fields.name) == "Property .redeemables[1] should have required property 'id'"
    order = items[1].need("order", fields.nested)
    assert refused(order, "amount", fields.integer()) == "Property .redeemables[1].order.amount should be number"
    assert refused(payload, "name", fields.name) == "Payload should have required property 'name'"


@pytest.mark.parametrize(
    ("value", "parser", "said"),
    [
        (1, fields.text, "Property .x should be string"),
        ("a\0", fields.text, "Property .x must NOT contain null characters"),
        ("a" * 10_001, fields.text, "Property .x must NOT have more than 10000 characters"),
        ("", fields.name, "Property .x must NOT have fewer than 1 characters"),
        ("abc", fields.coded(2), "Property .x must NOT have more than 2 characters"),
        (1, fields.boolean, "Property .x should be boolean"),
        (2**63, fields.integer(), f"Property .x must be <= {2**63 - 1}"),
        (0, fields.integer(1), "Property .x must be >= 1"),
        (True, fields.number(), "Property .x should be number"),
        (101, fields.number(0, 100), "Property .x must be <= 100"),
        (1, fields.instant, "Property .x should be string"),
        ("soon", fields.instant, "Property .x cannot be recognized as a ISO-8601 compliant date"),
        ("c", fields.choice("a", "b"), "Property .x should be equal to one of the allowed values [ a, b ]"),
        (["a"], fields.choice("a", "b"), "Property .x should be equal to one of the allowed values [ a, b ]"),
        ([], fields.nested, "Property .x should be object"),
        ("{}", fields.mapping, "Property .x should be object"),
        ({}, fields.listed(fields.text), "Property .x should be array"),
        ([], fields.listed(fields.text, least=1), "Property .x must NOT have fewer than 1 items"),
        (["a", "b"], fields.listed(fields.text, most=1), "Property .x must NOT have more than 1 items"),
        (["a", 1], fields.listed(fields.text), "Property .x[1] should be string"),
    ],
)
def test_what_does_not_fit_is_told(value: Any, parser: Any, said: str) -> None:
    assert refused(one(value), "x", parser) == said


def test_what_may_be_null_says_so_of_itself_and_not_of_what_is_in_it() -> None:
    with pytest.raises(InvalidPayload, match=r"Property \.x should be array,null"):
        one(1).take("x", fields.listed(fields.text))
    with pytest.raises(InvalidPayload, match=r"Property \.x\[0\] should be string$"):
        one([1]).take("x", fields.listed(fields.text))


def test_what_fits_is_taken() -> None:
    assert one(5.0).need("x", fields.integer()) == 5
    assert isinstance(one(5.0).need("x", fields.integer()), int)
    assert one(1.5).need("x", fields.number()) == 1.5
    assert one("2025-01-02T01:00+01:00").need("x", fields.instant) == datetime(2025, 1, 2, tzinfo=UTC)
    assert one("2025-01-02").need("x", fields.day) == date(2025, 1, 2)
    assert one({"a": None}).need("x", fields.mapping) == {"a": None}
    assert one(None).need("x", fields.anything) is None
