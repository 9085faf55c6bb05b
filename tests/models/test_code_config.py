"""Codes: what a configuration means, that every possible code is as likely, and what is refused before any is made."""

import math
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.code_config import CHARSET, CodeConfig
from models.voucher_problems import InvalidCodeConfig

HIRAGANA = "".join(chr(0x3042 + number) for number in range(60))
IDEOGRAPHS = "".join(chr(0x4E00 + number) for number in range(1000))
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
configs = st.builds(
    lambda pattern, charset, prefix, postfix: CodeConfig.read(
        {"pattern": pattern, "charset": charset, "prefix": prefix, "postfix": postfix}
    ),
    st.text(alphabet=st.sampled_from("##-aß€🎁"), min_size=1, max_size=6),
    st.text(alphabet=characters, min_size=1, max_size=12),
    st.text(alphabet=characters, max_size=4),
    st.text(alphabet=characters, max_size=4),
)


def test_without_settings_codes_are_eight_letters_and_digits() -> None:
    config = CodeConfig.read(None)
    assert config.shown() == {"length": 8, "charset": CHARSET, "pattern": "########"}
    assert len(CHARSET) == 62
    assert all(len(code) == 8 and set(code) <= set(CHARSET) for code in config.generate(100))


def test_length_sets_the_pattern_and_may_come_as_a_float() -> None:
    assert CodeConfig.read({"length": 9.0, "prefix": "Discount-", "postfix": "YY"}).shown() == {
        "length": 9,
        "charset": CHARSET,
        "pattern": "#########",
        "prefix": "Discount-",
        "postfix": "YY",
    }


def test_pattern_overrides_length_and_its_other_characters_are_literal() -> None:
    config = CodeConfig.read({"length": 3, "pattern": "10OFF-#######", "charset": "ab"})
    assert config.shown() == {"length": 7, "charset": "ab", "pattern": "10OFF-#######"}
    assert all(code.startswith("10OFF-") and set(code[6:]) <= {"a", "b"} for code in config.generate(20))


def test_prefix_and_postfix_are_literal_even_with_hashes() -> None:
    (code,) = CodeConfig.read({"prefix": "#1-", "postfix": "-#", "pattern": "##", "charset": "x"}).generate(1)
    assert code == "#1-xx-#"


def test_repeated_characters_count_once_and_are_no_likelier() -> None:
    config = CodeConfig.read({"charset": "aaab", "length": 1})
    assert (config.space, config.alphabet, config.shown()["charset"]) == (2, "ab", "aaab")
    assert 400 < Counter(config.generate(1000))["b"] < 600


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_and_null_settings_are_absent(empty: str | None) -> None:
    given = dict.fromkeys(("charset", "pattern", "prefix", "postfix"), empty)
    assert CodeConfig.read({**given, "length": None, "initial_count": 5}) == CodeConfig()


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ([], "code_config", "type"),
        ("########", "code_config", "type"),
        ({"length": 0}, "code_config.length", "out_of_range"),
        ({"length": -1}, "code_config.length", "out_of_range"),
        ({"length": 101}, "code_config.length", "out_of_range"),
        ({"length": 10**400}, "code_config.length", "out_of_range"),
        ({"length": 7.5}, "code_config.length", "type"),
        ({"length": math.nan}, "code_config.length", "type"),
        ({"length": math.inf}, "code_config.length", "type"),
        ({"length": True}, "code_config.length", "type"),
        ({"length": "8"}, "code_config.length", "type"),
        ({"charset": 5}, "code_config.charset", "type"),
        ({"charset": "a" * 1001}, "code_config.charset", "too_long"),
        ({"charset": "a\0"}, "code_config.charset", "null_character"),
        ({"charset": "a\ud800"}, "code_config.charset", "null_character"),
        ({"prefix": ["a"]}, "code_config.prefix", "type"),
        ({"pattern": "\0"}, "code_config.pattern", "null_character"),
        ({"pattern": "#" * 256}, "code_config.pattern", "too_long"),
        ({"prefix": "a" * 200, "postfix": "b" * 48}, "code_config.pattern", "too_long"),
    ],
)
def test_wrong_settings_are_refused_by_name(given: object, field: str, reason: str) -> None:
    with pytest.raises(InvalidCodeConfig) as refused:
        CodeConfig.read(given)  # type: ignore[arg-type]
    assert refused.value.code == "invalid_code_config"
    assert (refused.value.field, refused.value.details["reason"]) == (field, reason)


def test_more_codes_than_are_possible_are_refused() -> None:
    config = CodeConfig.read({"pattern": "PRE-##", "charset": "0123456789"})
    config.require_feasible(100)
    assert config.feasible(60, taken=40)
    assert not config.feasible(61, taken=40)
    with pytest.raises(InvalidCodeConfig) as refused:
        config.require_feasible(101)
    assert (refused.value.field, refused.value.details["space"]) == ("code_config", 100)


def test_pattern_without_hash_is_one_code() -> None:
    config = CodeConfig.read({"pattern": "WELCOME", "prefix": "<", "postfix": ">"})
    assert (config.space, config.generate(2), list(config.all_codes())) == (1, ["<WELCOME>"] * 2, ["<WELCOME>"])


def test_space_is_tight_when_most_draws_would_hit_used_codes() -> None:
    config = CodeConfig.read({"pattern": "#"})
    assert config.is_tight(60)
    assert config.is_tight(10, taken=50)
    assert not config.is_tight(31)


def test_nothing_is_drawn_for_a_count_of_zero() -> None:
    assert CodeConfig().generate(0) == []


@pytest.mark.parametrize("charset", ["ab", CHARSET, "ÄÖÜß", HIRAGANA, "🎁🎂🎃", "e\u0301x\u0300", IDEOGRAPHS])
def test_every_character_is_as_likely_at_every_place(charset: str) -> None:
    count = 400 * len(set(charset))
    codes = CodeConfig.read({"charset": charset, "length": 2}).generate(count)
    for place in (0, 1):
        found = Counter(code[place] for code in codes)
        # Chi-squared over 400 expected of each; by chance hardly ever above the bound, by a mere modulo always.
        deviation = sum((found[letter] - 400) ** 2 / 400 for letter in set(charset))
        freedom = len(set(charset)) - 1
        assert set(found) == set(charset)
        assert deviation < freedom + 8 * math.sqrt(2 * freedom) + 40


def test_characters_of_a_code_are_drawn_apart() -> None:
    codes = CodeConfig.read({"charset": "01", "length": 3}).generate(8000)
    assert all(800 < count < 1200 for count in Counter(codes).values())


def test_codes_hardly_ever_meet_in_a_large_space() -> None:
    assert len(set(CodeConfig().generate(200_000))) >= 199_999


@given(configs)
def test_generated_codes_are_among_all_codes(config: CodeConfig) -> None:
    every = list(islice(config.all_codes(), 2000))
    assert len(set(every)) == len(every) == min(config.space, 2000)
    codes = config.generate(5)
    assert len(codes) == 5
    if config.space <= 2000:
        assert set(codes) <= set(every)


@given(configs)
def test_codes_have_numbers_in_the_order_of_all_codes(config: CodeConfig) -> None:
    numbers = range(min(config.space, 50))
    assert [config.code_at(number) for number in numbers] == list(islice(config.all_codes(), 50))
    with pytest.raises(IndexError):
        config.code_at(config.space)


@given(configs, st.integers(0, 2000), st.integers(0, 2000))
def test_feasible_is_what_fits_into_the_rest_of_the_space(config: CodeConfig, count: int, taken: int) -> None:
    assert config.feasible(count, taken) == (count + taken <= len(config.alphabet) ** config.length)


@given(configs)
def test_what_is_shown_reads_as_the_same_configuration(config: CodeConfig) -> None:
    assert CodeConfig.read({**config.shown(), "length": None}) == config
