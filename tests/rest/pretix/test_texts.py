"""Languages, and the catalogues of texts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.pretix.texts import ENGLISH, GERMAN, language_of, text

BLANKS = re.compile(r"\{\w*\}")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        *(("", "en"), ("de", "de"), ("de-DE,de;q=0.9", "de"), ("DE-informal", "de"), ("tlh", "en"), ("fr", "en")),
        *(("fr, de;q=0.5", "de"), ("de;q=0.4, en;q=0.5", "en"), ("en;q=0, de;q=0.1", "de"), ("*", "en")),
        *(("de;q=x", "en"), ("de;level=1", "de"), ("de;q=0", "en"), (",;,", "en"), ("de" * 1000, "en")),
    ],
)
def test_the_language_is_the_best_there_is(header: str, language: str) -> None:
    assert language_of(header.encode()) == language


@given(st.binary(max_size=600))
def test_any_header_has_a_language(header: bytes) -> None:
    assert language_of(header) in ("en", "de")


def test_every_german_text_has_its_english_one_with_the_same_blanks() -> None:
    for code, german in GERMAN.items():
        assert sorted(BLANKS.findall(german)) == sorted(BLANKS.findall(ENGLISH[code])), code


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    said = text("choice", input="{0} {input.__class__} %s")
    assert said.spoken("en") == '"{0} {input.__class__} %s" is not a valid choice.'
