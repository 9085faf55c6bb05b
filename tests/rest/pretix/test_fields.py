"""Parsers of values, and forms that collect what they say."""

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.pretix.fields import (
    Field,
    File,
    Form,
    FormBody,
    Wrong,
    an_object,
    any_json,
    boolean,
    coded,
    key,
    localized,
    one_of,
    string,
)
from rest.pretix.gift_card_fields import CARD, TRANSACTION
from rest.pretix.refusals import WrongFields, WrongValue

secret = coded(re.compile("[A-Z][A-Z]+"), length_max=5, code="secret_pattern")
FORM = Form({"a": Field(string, required=True), "b": Field(boolean), "c": Field(string, nullable=True, blank=True)})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def codes(parser: Any, value: Any) -> list[str]:
    """What a parser says of a value; empty if it takes it."""
    try:
        parser(value)
    except Wrong as wrong:
        return [text.code for text in wrong.texts]
    return []


def test_strings_are_trimmed_and_numbers_made_strings() -> None:
    assert [string(value) for value in (" a  b \n", 5, 1.5, "")] == ["a  b", "5", "1.5", ""]
    unfit: list[Any] = [True, [], {}, None, File()]
    for value in unfit:
        assert codes(string, value) == ["string"]
    assert codes(string, "a\0b") == ["null_characters"]


def test_coded_strings_say_all_that_is_wrong() -> None:
    assert secret(" ABC ") == "ABC"
    assert codes(secret, "") == codes(secret, "  ") == ["blank"]
    assert codes(secret, "A") == ["secret_pattern"]
    assert codes(secret, "ABCDEF") == ["too_long"]
    assert codes(secret, "A\0abcdef") == ["secret_pattern", "too_long", "null_characters"]
    assert codes(secret, ["A"]) == codes(secret, True) == ["string"]


def test_booleans_come_in_many_forms() -> None:
    no: list[Any] = ["maybe", "", " true", 2, [], {}, None, 0.5]
    for value in (True, "true", "TRUE", "t", "y", "Yes", "on", "1", 1, 1.0):
        assert boolean(value) is True
    for value in (False, "false", "f", "N", "no", "OFF", "0", 0, 0.0):
        assert boolean(value) is False
    for value in no:
        assert codes(boolean, value) == ["boolean"]


def test_choices_are_compared_as_text() -> None:
    parse = one_of({"EUR", "978"})
    assert (parse("EUR"), parse(978)) == ("EUR", "978")
    with pytest.raises(Wrong) as wrong:
        parse(["EUR"])
    assert wrong.value.texts[0].spoken("en") == "\"['EUR']\" is not a valid choice."
    with pytest.raises(Wrong) as wrong:
        parse(File("a.txt"))
    assert wrong.value.texts[0].spoken("en") == '"a.txt" is not a valid choice.'


def test_keys_are_ids_or_secrets() -> None:
    assert [key(value) for value in (7, "seven", "")] == [7, "seven", None]
    assert codes(key, True) == ["no_such_key"]
    assert codes(key, 1.5) == codes(key, []) == codes(key, {}) == ["key_type"]


def test_json_is_taken_if_it_can_be_kept_exactly() -> None:
    fit: list[Any] = [None, {}, [1, "ü\0", None], 2**63 - 1, 1.5]
    for value in fit:
        assert any_json(value) == value
    assert codes(any_json, 2**70) == codes(any_json, {"a": [-(2**70)]}) == codes(any_json, File()) == ["json"]


def test_bodies_are_objects() -> None:
    for body, said in (
        (None, "No data provided"),
        ([], "Invalid data. Expected a dictionary, but got list."),
        ("x", "Invalid data. Expected a dictionary, but got str."),
        (5, "Invalid data. Expected a dictionary, but got int."),
    ):
        with pytest.raises(WrongFields) as wrong:
            an_object(body)
        assert wrong.value.errors["non_field_errors"][0].spoken("en") == said


def test_absent_is_not_null() -> None:
    whole = FORM.read({"a": "x", "b": None, "c": None}, is_form=False, partial=False)
    assert whole.values == {"a": "x", "c": None}
    assert [text.code for text in whole.errors["b"]] == ["null"]
    assert [text.code for text in FORM.read({}, is_form=False, partial=False).errors["a"]] == ["required"]
    assert FORM.read({}, is_form=False, partial=True).errors == {}


def test_in_forms_an_empty_value_is_null_or_nothing_or_itself() -> None:
    entry = CARD.read(dict.fromkeys(CARD.fields, ""), is_form=True, partial=False)
    assert entry.values == {"expires": None, "conditions": "", "owner_ticket": None}
    assert list(entry.errors) == ["secret", "value", "currency"]


def test_a_complete_form_leaves_out_what_is_false_or_empty() -> None:
    form = Form({"box": Field(boolean, box=True), "all": Field(any_json, many=True), "one": Field(string)})
    nothing = FormBody([])
    assert form.read(nothing, is_form=True, partial=False).values == {"box": False, "all": []}
    assert form.read(nothing, is_form=True, partial=True).values == {}
    twice = FormBody([("all", "a"), ("one", "x"), ("all", "b"), ("one", "y"), ("box", "on")])
    for partial in (True, False):
        read = form.read(twice, is_form=True, partial=partial)
        assert read.values == {"box": True, "all": ["a", "b"], "one": "y"}
    assert form.read(FormBody([("box", "")]), is_form=True, partial=False).values == {"all": []}


def test_a_text_that_is_a_map_of_languages_is_read_as_one() -> None:
    assert localized('{"en": "Fair", "de": "Messe"}') == {"en": "Fair", "de": "Messe"}
    assert localized(" {}") == {}
    for written in ("Fair", "{Fair}", '{"tlh": "x"}', '{"en": 1}', "[]", "5", ""):
        assert localized(written) == {"en": written}


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CARD.fields, ANYTHING)), st.booleans(), st.booleans())
def test_any_body_of_a_card_is_read_or_refused(body: dict[str, Any], is_form: bool, partial: bool) -> None:
    entry = CARD.read(body, is_form=is_form, partial=partial)
    assert not entry.values.keys() & entry.errors.keys()
    assert all(text.spoken("de") for texts in entry.errors.values() for text in texts)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("value", "text", "info"), ANYTHING)))
def test_any_body_of_a_transaction_is_read_or_refused(body: dict[str, Any]) -> None:
    with suppress(WrongValue):
        assert list(TRANSACTION.read(body, is_form=False, partial=False).values) == ["value", "text", "info"]
