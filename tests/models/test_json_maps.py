"""Values of stored maps, as PostgreSQL shows them."""

import pytest

from models.json_maps import number_of, text_of

STORED = '{"t":"a","e":"","i":1,"f":1.50,"b":true,"n":null,"l":["a",1],"m":{"k":"v"},"ä":"🎁","x":"1e5","long":"%s"}'


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *(("t", "a"), ("e", ""), ("i", "1"), ("b", "true"), ("n", None), ("none", None), ("ä", "🎁")),
        *(("l", '["a",1]'), ("m", '{"k":"v"}'), ("f", "1.5"), ("x", "1e5")),
    ],
)
def test_texts_are_themselves_and_the_rest_is_json(key: str, text: str | None) -> None:
    assert text_of(STORED, key) == text


def test_what_is_no_map_has_no_values() -> None:
    for stored in (None, "[1]", '"t"', "1", "null"):
        assert text_of(stored, "t") is None


@pytest.mark.parametrize(
    ("key", "number"), [("i", 1.0), ("f", 1.5), ("x", 100_000.0), ("t", None), ("e", None), ("b", None), ("n", None)]
)
def test_numbers_are_numbers_however_they_are_written(key: str, number: float | None) -> None:
    assert number_of(STORED, key) == number


def test_what_no_engine_takes_for_a_number_is_none() -> None:
    for written in ("9" * 101, "1e999", "nan", "inf", " 1", "1 ", "٣", "0x1", "1_0", "1\n"):
        assert number_of(f'{{"k":"{written}"}}'.replace("\n", "\\n"), "k") is None
