"""Query strings as the SDKs and the documentation send them, and as nobody should."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.problems import Problem
from rest.voucherify.query import Query, listed_texts
from rest.voucherify.refusals import InvalidQueryParams, PageOverLimit


def query(written: str) -> Query:
    return Query.of(written.encode("latin-1"))


def refused(read: Any, *arguments: Any) -> str:
    with pytest.raises(InvalidQueryParams) as refusal:
        read(*arguments)
    return str(refusal.value)


# -- recorded --------------------------------------------------------------------------------------------------------

# As the SDKs sent them to a server that wrote down what came: Python 6.1.1, JS 2.9.0, JS 3.0.3, then the documentation.
IS = {"campaigns": {"conditions": {"$is": "Spring sale"}}}
IN = {"campaign_status": {"conditions": {"$in": ["DONE", "DRAFT"]}}}


@pytest.mark.parametrize(
    ("written", "filters"),
    [
        ("filters%5Bcampaigns%5D%5Bconditions%5D%5B$is%5D=Spring%20sale", IS),
        ("filters%5Bcampaigns%5D%5Bconditions%5D%5B%24is%5D=Spring%20sale", IS),
        ("filters[campaigns][conditions][$is]=Spring+sale", IS),
        ("[filters][campaigns][conditions][$is]=Spring%20sale", IS),
        ("%5Bfilters%5D%5Bcampaigns%5D%5Bconditions%5D%5B$is%5D=Spring%20sale", IS),
        (
            "filters%5Bcampaign_status%5D%5Bconditions%5D%5B%24in%5D%5B0%5D=DONE"
            "&filters%5Bcampaign_status%5D%5Bconditions%5D%5B%24in%5D%5B1%5D=DRAFT",
            IN,
        ),
        (
            "filters[campaign_status][conditions][$in][1]=DRAFT&filters[campaign_status][conditions][$in][0]=DONE",
            IN,
        ),
        ("filters[campaign_status][conditions][$in]=DONE&filters[campaign_status][conditions][$in]=DRAFT", IN),
        ("filters[campaign_status][conditions][$in][]=DONE&filters[campaign_status][conditions][$in][]=DRAFT", IN),
        (
            "[filters][metadata.seq][conditions][$is]=1&filters[junction]=AND",
            {"metadata.seq": {"conditions": {"$is": "1"}}, "junction": "AND"},
        ),
        ("filters[active][conditions][$enabled]=", {"active": {"conditions": {"$enabled": ""}}}),
        ("filters[status][conditions][before_start]", {"status": {"conditions": {"before_start": ""}}}),
    ],
)
def test_one_filter_is_written_in_many_ways(written: str, filters: dict[str, Any]) -> None:
    assert query(written).tree("filters") == filters


def test_lists_come_as_python_shows_them() -> None:
    shown = "filters%5Bcampaign_status%5D%5Bconditions%5D%5B$in%5D=%5B%27DONE%27%2C%20%27DRAFT%27%5D"
    node: Any = query(shown).tree("filters")
    assert listed_texts(node["campaign_status"]["conditions"]["$in"], "") == ["DONE", "DRAFT"]


def test_what_the_python_sdk_was_not_given_is_not_asked() -> None:
    unset = "&".join(f"filters%5Bcampaigns%5D%5Bconditions%5D%5B${word}%5D=None" for word in ("in", "not_in", "is_not"))
    written = f"{unset}&filters%5Bcampaigns%5D%5Bconditions%5D%5B$is%5D=X&filters%5Bstatus%5D=None&filters%5Btype%5D="
    assert query(written).tree("filters") == {"campaigns": {"conditions": {"$is": "X"}}}
    assert query("filters%5Bstatus%5D=None").tree("filters") == {}
    assert query("").tree("filters") == query("filters=").tree("filters") == {}


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("['a', 'b']", ["a", "b"]),
        ("""["it's", 'say "x"']""", ["it's", 'say "x"']),
        (r"['it\'s', 'a\\b', 'line\nend', '\xe4\u2028']", ["it's", "a\\b", "line\nend", "ä\u2028"]),
        ("[1, 2.5, -3, True, False, None]", ["1", "2.5", "-3", "true", "false"]),
        ("[]", []),
        ("['[x]', 'a, b']", ["[x]", "a, b"]),
        # Not a list as Python shows one: a text.
        *((text, [text]) for text in ("[x]", "['a'", "['a' 'b']", "[['a']]", "{'a': 1}", "['\\q']", "['\\ud800']")),
        *((text, [text]) for text in ("['\\x00']", "[__import__('os')]", "[1] * 9", "['\\U00110000']", "[9e9]")),
        ("None", []),
        ("", []),
    ],
)
def test_lists_that_python_shows_are_read_and_nothing_else_is(text: str, items: list[str]) -> None:
    assert listed_texts(text, "") == items
    assert listed_texts([text, text], "") == items * 2


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50), max_size=20))
@example(["'", '"', "'\"", "\\", "\n\r\t", "\x7f\x85\xa0", "🎁", "]", ", "])
def test_every_list_that_python_shows_is_read_back(items: list[str]) -> None:
    assert query(f"ids={quote(repr(items))}").texts("ids") == items


# -- readers ---------------------------------------------------------------------------------------------------------


def test_texts_numbers_and_words() -> None:
    found = query(
        "name=a%20b+c&limit=100&page=3&force=True&join=false&kind=A&ids%5B0%5D=x&ids%5B1%5D=y&e=&twice=1&twice=2"
    )
    assert (found.text("name"), found.limit(), found.page(), found.text("twice")) == ("a b c", 100, 3, "2")
    assert (found.boolean("force"), found.boolean("join"), found.boolean("none")) == (True, False, None)
    assert (found.choice("kind", ("A", "B")), found.choice("none", ("A",))) == ("A", None)
    assert (found.texts("ids"), found.texts("name"), found.texts("none")) == (["x", "y"], ["a b c"], [])
    assert (found.text("e"), found.boolean("e"), found.text("none")) == (None, None, None)
    assert ("e" in found, "none" in found, len(list(found))) == (True, False, 9)


def test_the_word_none_is_a_text_but_no_number() -> None:
    found = query("code=None&limit=None&force=None&end_date=None")
    assert found.text("code") == "None"
    assert (found.limit(), found.boolean("force"), found.instant("end_date")) == (10, None, None)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("limit=101", "Property .limit should be <= 100"),
        ("limit=0", "Property .limit should be >= 1"),
        ("limit=-1", "Property .limit should be >= 1"),
        ("limit=ten", "Property .limit should be integer"),
        ("limit=1.5", "Property .limit should be integer"),
        ("limit=%D9%A1", "Property .limit should be integer"),
        (f"limit={'9' * 5000}", "Property .limit should be integer"),
        ("limit%5Ba%5D=1", "Property .limit should be string"),
    ],
)
def test_limits_are_from_1_to_100(written: str, said: str) -> None:
    assert refused(query(written).limit) == said
    assert query("").limit() == 10


def test_pages_begin_with_1_and_end_somewhere() -> None:
    assert refused(query("page=0").page) == "Property .page should be >= 1"
    with pytest.raises(PageOverLimit, match=r"Property \.page cannot be higher than 1000"):
        query("page=1001").page()
    assert query("page=99").page(99) == 99
    with pytest.raises(PageOverLimit):
        query("page=100").page(99)


@pytest.mark.parametrize(
    "written",
    [
        *("2025-01-02", "2025-01-02T00", "2025-01-02T00:00:00.000Z", "2025-01-02T00:00:00%2B00:00"),
        # The Python SDK, and what becomes of it where the plus sign was not escaped.
        *("2025-01-02T00:00:00.000000%2B0000", "2025-01-02T00:00:00.000000+0000"),
    ],
)
def test_dates_in_all_forms(written: str) -> None:
    at = datetime(2025, 1, 2, tzinfo=UTC)
    assert query(f"end_date={written}").instant("end_date") == at
    assert query(f"created_at[before]={written}").between("created_at") == (None, at)
    assert query(f"[created_at][after]={written}").between("created_at") == (at, None)


def test_what_is_no_date_is_told() -> None:
    said = "Property .end_date cannot be recognized as a ISO-8601 compliant date"
    for written in ("yesterday", "2025-13-01", "2025-01-02T25:00:00Z", "1", "9" * 100):
        assert refused(query(f"end_date={written}").instant, "end_date") == said
    assert refused(query("created_at[since]=2025-01-02").between, "created_at") == (
        "Property .created_at has an unknown property 'since'"
    )


def test_orders_have_a_sign() -> None:
    fields = ("created_at", "code")
    assert query("order=-code").order(fields, "created_at") == ("code", True)
    assert query("order=code").order(fields, "-created_at") == ("code", False)
    assert query("").order(fields, "-created_at") == ("created_at", True)
    for written in ("+code", "--code", "name", "-", "CODE"):
        assert "allowed values [ created_at, -created_at, code, -code ]" in refused(
            query(f"order={quote(written)}").order, fields, "code"
        )


def test_words_that_are_no_booleans_or_choices_are_told() -> None:
    assert refused(query("force=1").boolean, "force") == "Property .force should be boolean"
    assert refused(query("kind=C").choice, "kind", ("A", "B")) == (
        "Property .kind should be equal to one of the allowed values [ A, B ]"
    )


def test_forms_may_nest_lists_and_objects() -> None:
    written = "item[0][product_id]=p1&item[0][quantity]=2&item[1][product_id]=p2&metadata[a]=1&amount=100"
    assert query(written).node("item") == [{"product_id": "p1", "quantity": "2"}, {"product_id": "p2"}]
    assert query(written).tree("metadata") == {"a": "1"}
    assert query(written).node("none") is None


# -- hostile -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "a=1&a[b]=2",
        "a[b]=2&a=1",
        "a[b]=1&a[b][c]=2",
        "a=1&a=2&a[b]=3",
        "a" + "[b]" * 10_000 + "=1",
        "[" * 10_000 + "=1",
        "a%FF=1",
        "a=%FF",
        "a=%C3",
        "a=%00",
        "&".join(f"a{number}=1" for number in range(2000)),
        "a=" + "x" * 100_000,
    ],
)
def test_what_is_no_query_is_refused(written: str) -> None:
    with pytest.raises(InvalidQueryParams):
        query(written)


def test_what_means_nothing_is_passed_over() -> None:
    assert list(query("&&&=1&[]=2&=&[[[=1")) == []
    assert query("a=%zz&b=%&c=100%").text("a") == "%zz"
    assert query("a=1&&b=2&").text("b") == "2"


def test_a_huge_index_makes_no_huge_list() -> None:
    assert query("ids[99999]=b&ids[5]=a").texts("ids") == ["a", "b"]
    assert query("ids[999999999999]=b").node("ids") == {"999999999999": "b"}


READERS: tuple[Any, ...] = (
    Query.text,
    Query.texts,
    Query.boolean,
    Query.instant,
    Query.between,
    Query.tree,
    lambda found, name: found.integer(name, 0, 10),
    lambda found, name: found.choice(name, ("a",)),
    lambda found, name: found.order(("a",), "a", name=name),
)


@given(
    st.one_of(
        st.text(st.sampled_from("ab[]=&%$019N.'+\\\"zf")).map(str.encode),
        st.binary(max_size=200),
    )
)
@example(b"a=%5B%27" + b"\\" * 5000)
@example(b"a=" + b"[" * 5000)
def test_any_query_is_read_or_refused(written: bytes) -> None:
    try:
        found = Query.of(written)
    except Problem:
        return
    for name in [*found, "a"]:
        for read in READERS:
            try:
                read(found, name)
            except Problem:
                continue
