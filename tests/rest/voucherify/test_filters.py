"""Filters of lists: what they ask of the reading engine, and what both engines find by them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from models.database import Tx
from models.problems import Problem
from models.voucher import voucher_terms
from models.voucher_campaign import category, voucher_campaign
from resolvers.reading.conditions import All, Compare, Condition, Either, Meets, Not
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, Many, Nodes, Value
from rest.voucherify import filters
from rest.voucherify.filter_tables import CAMPAIGNS, VOUCHERS
from rest.voucherify.filters import COMPARISONS_MAX
from rest.voucherify.query import Query
from rest.voucherify.refusals import InvalidQueryParams
from tests.world import World

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)


def asked(written: str) -> Condition | None:
    return filters.condition(Query.of(written.encode()).tree("filters"), CAMPAIGNS, NOW)


def on(field: str, operator: str, value: str = "") -> str:
    return f"filters[{field}][conditions][{operator}]={quote(value)}"


def refused(written: str) -> str:
    with pytest.raises(InvalidQueryParams) as refusal:
        asked(written)
    return str(refusal.value)


# -- what is asked -----------------------------------------------------------------------------------------------------


def test_nothing_asks_nothing() -> None:
    for written in ("", "filters=", "filters[junction]=or", "filters[status]=None", on("campaigns", "$is", "None")):
        assert asked(written) is None
    assert asked(on("campaigns", "$in", "[]")) is None


def test_one_value_or_many() -> None:
    assert asked(on("campaigns", "$is", "A")) == Compare("name", "eq", "A")
    assert asked(on("campaigns", "$in", "['A', 'B']")) == Compare("name", "one_of", ("A", "B"))
    assert asked(on("campaigns", "$is_not", "A")) == Either(
        (Compare("name", "eq", None), Not(Compare("name", "eq", "A")))
    )
    assert asked(on("type", "$in", "BULK")) == Compare("type", "one_of", ("AUTO_UPDATE", "STATIC"))


def test_fields_are_joined_by_and_unless_they_say_or() -> None:
    both = f"{on('campaigns', '$is', 'A')}&{on('campaign_status', '$is', 'DONE')}"
    parts = (Compare("name", "eq", "A"), Compare("creation_status", "eq", "DONE"))
    assert asked(both) == asked(f"{both}&filters[junction]=AND") == All(parts)
    for word in ("or", "OR", "Or"):
        assert asked(f"{both}&filters[junction]={word}") == Either(parts)
    assert "allowed values [ and, or ]" in refused(f"{both}&filters[junction]=xor")


def test_conditions_of_one_field_must_all_hold() -> None:
    written = f"{on('campaigns', '$starts_with', 'A')}&{on('campaigns', '$ends_with', 'z')}&filters[junction]=or"
    assert asked(written) == All((Compare("name", "starts_with", "A"), Compare("name", "ends_with", "z")))


def test_the_word_conditions_may_be_left_out() -> None:
    enabled = Compare("active", "eq", True)
    assert asked("filters[active][$enabled]=") == asked("filters[active][conditions][$enabled]=") == enabled
    assert asked("[filters][active][conditions][$disabled]") == Compare("active", "eq", False)


def test_days_ago_end_now() -> None:
    then = NOW - timedelta(days=10)
    assert asked(on("created_date", "$more_than", "10")) == Compare("created_at", "lt", then)
    assert asked(on("created_date", "$less_than", "10")) == All(
        (Compare("created_at", "gt", then), Compare("created_at", "lte", NOW))
    )
    after = on("created_date", "$after", "2026-01-01T00:00:00.000000+0000")
    assert asked(after) == Compare("created_at", "gt", datetime(2026, 1, 1, tzinfo=UTC))


def test_metadata_is_asked_by_its_keys() -> None:
    assert asked(on("metadata.seq", "$is", "1")) == Meets("metadata_is", ("seq", "1"))
    assert asked(on("metadata.a.b", "$has_value")) == Meets("metadata_known", ("a.b",))
    assert asked(on("metadata.seq", "$more_than", "1.5")) == Meets("metadata_above", ("seq", 1.5))
    assert asked(on("metadata.seq", "$in", "['1', '2']")) == Meets("metadata_one_of", ("seq", ("1", "2")))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (on("nothing", "$is", "A"), "Property .filters.nothing is not a field to filter by"),
        (on("campaigns.x", "$is", "A"), None),
        (on("campaigns", "$near", "A"), "Property .filters.campaigns.$near is not a condition of this field"),
        (
            on("campaigns", "$after", "2026-01-01"),
            "Property .filters.campaigns.$after is not a condition of this field",
        ),
        (on("created_date", "$is", "A"), "Property .filters.created_date.$is is not a condition of this field"),
        (
            on("created_date", "$after", "soon"),
            "Property .filters.created_date.$after cannot be recognized as a ISO-8601 compliant date",
        ),
        (on("created_date", "$more_than", "ten"), "Property .filters.created_date.$more_than should be integer"),
        (on("created_date", "$more_than", "9999999"), "Property .filters.created_date.$more_than should be <= 365000"),
        (on("is_referral_code", "$is", "maybe"), "Property .filters.is_referral_code.$is should be boolean"),
        (on("validity_day_of_week", "$is", "7"), "Property .filters.validity_day_of_week.$is should be <= 6"),
        (on("validity_timeframe", "$is", "x"), None),
        (on("status", "$nothing", "x"), None),
        (on("metadata.a", "$near", "x"), None),
        (on("metadata.a", "$more_than", "nan"), "Property .filters.metadata.a.$more_than should be number"),
        (on("metadata.a", "$less_than", "1e999"), "Property .filters.metadata.a.$less_than should be number"),
        ("filters[campaigns]=A", "Property .filters.campaigns should be object"),
        ("filters[campaigns][conditions]=A", "Property .filters.campaigns.conditions should be object"),
        ("filters[campaigns][conditions][$starts_with][x]=A", None),
        ("filters[campaigns][conditions][$is][x]=A", None),
        ("filters=A", "Property .filters should be object"),
        ("filters[0]=A", "Property .filters should be object"),
    ],
)
def test_what_cannot_be_asked_is_refused(written: str, said: str | None) -> None:
    assert said in (None, refused(written))
    assert refused(written)


def test_there_is_an_end_to_filters() -> None:
    many = "&".join(on(f"metadata.k{number}", "$is", "1") for number in range(COMPARISONS_MAX))
    assert asked(many) is not None
    assert "no more than 100 conditions" in refused(f"{many}&{on('campaigns', '$is', 'A')}")


@given(
    field=st.sampled_from([*CAMPAIGNS, *VOUCHERS, "metadata.a", "x", "junction"]),
    operator=st.sampled_from(
        [
            *("$is", "$is_not", "$in", "$not_in", "$has_value", "$is_unknown", "$starts_with", "$contains"),
            *("$after", "$more_than", "$less_than", "$gt", "$enabled", "$active", "", "conditions"),
        ]
    ),
    value=st.one_of(st.text(max_size=10), st.integers().map(str), st.lists(st.text(max_size=3), max_size=3).map(repr)),
)
def test_any_filter_is_read_or_refused(field: str, operator: str, value: str) -> None:
    for table in (CAMPAIGNS, VOUCHERS):
        try:
            written = on(field, operator, value.encode("utf-8", "replace").decode())
            filters.condition(Query.of(written.encode()).tree("filters"), table, NOW)
        except Problem:
            continue


# -- what is found -----------------------------------------------------------------------------------------------------

SELECTION = Many("voucher_campaign", {"nodes": Nodes({"name": Value(("name",))})}, 0)


@pytest.fixture
async def listed(world: World) -> World:
    """Four campaigns; see `CASES`."""
    acme = world.organizers["acme"]

    async def verb(tx: Tx) -> None:
        (category_id,) = await tx.row(
            insert(category)
            .values(organizer_id=acme, token="cat_1", name="Food", created_at=NOW)
            .returning(category.c.id)
        )
        terms = {"organizer_id": acme, "type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT"}}
        terms_ids = []
        for days, referral in ((None, False), ([1, 2], True)):
            row = {**terms, "validity_day_of_week": days, "is_referral_code": referral}
            (found,) = await tx.row(insert(voucher_terms).values(row).returning(voucher_terms.c.id))
            terms_ids.append(found)
        for name, over in {
            "always": {"terms_id": terms_ids[0], "metadata": {"seq": 1}},
            "Over 1": {"terms_id": terms_ids[1], "expires_at": NOW - timedelta(days=1), "type": "AUTO_UPDATE"},
            "Over 2": {"active": False, "expires_at": NOW - timedelta(days=1), "generation_status": "MODIFYING"},
            "later": {"starts_at": NOW + timedelta(days=1), "category_id": category_id, "type": "STANDALONE"},
        }.items():
            of = {"organizer_id": acme, "token": f"camp_{name}", "name": name, "campaign_type": "DISCOUNT_COUPONS"}
            kinds = {"type": "STATIC", "join_once": False, "auto_join": False, "use_voucher_metadata_schema": True}
            states = {"creation_status": "DONE", "generation_status": "DONE", "created_at": NOW - timedelta(days=5)}
            await tx.rows(insert(voucher_campaign).values({**of, **kinds, **states, **over}))

    await world.database.write(verb)
    return world


CASES: tuple[tuple[str, set[str]], ...] = (
    (on("campaigns", "$starts_with", "Over"), {"Over 1", "Over 2"}),
    (on("campaigns", "$not_contain", "Over"), {"always", "later"}),
    (on("campaigns", "$not_in", "['always', 'later']"), {"Over 1", "Over 2"}),
    (on("campaigns_id", "$is", "camp_later"), {"later"}),
    (on("active", "$enabled"), {"always", "Over 1", "later"}),
    (on("active", "$disabled"), {"Over 2"}),
    (on("active", "$expired"), {"Over 1", "Over 2"}),
    (on("active", "$active"), {"always"}),
    (on("status", "$active"), {"always", "Over 1", "later"}),
    (on("status", "$in_progress"), {"Over 2"}),
    (on("status", "$expired"), {"Over 1"}),
    (on("status", "before_start"), {"later"}),
    (on("status", "$failed"), set()),
    (on("categories", "$is", "Food"), {"later"}),
    (on("category_ids", "$is_unknown"), {"always", "Over 1", "Over 2"}),
    (on("categories", "$is_not", "Food"), {"always", "Over 1", "Over 2"}),
    (on("type", "$in", "['BULK']"), {"always", "Over 1", "Over 2"}),
    (on("voucher_type", "$is", "DISCOUNT_VOUCHER"), {"always", "Over 1"}),
    (on("is_referral_code", "$is", "TRUE"), {"Over 1"}),
    (on("is_referral_code", "$is_not", "TRUE"), {"always", "Over 2", "later"}),
    # Whoever has no such limit is valid on every day.
    (on("validity_day_of_week", "$is", "[1]"), {"always", "Over 1", "Over 2", "later"}),
    (on("validity_day_of_week", "$is", "[0, 6]"), {"always", "Over 2", "later"}),
    (on("created_date", "$less_than", "6"), {"always", "Over 1", "Over 2", "later"}),
    (on("created_date", "$more_than", "5"), set()),
    (on("expiration_date", "$has_value"), {"Over 1", "Over 2"}),
    (on("expiration_date", "$before", "2026-01-01"), set()),
    (on("start_date", "$after", "2026-01-10"), {"later"}),
    (on("metadata.seq", "$is", "1"), {"always"}),
    (on("metadata.seq", "$is_not", "1"), {"Over 1", "Over 2", "later"}),
    (on("metadata.seq", "$not_in", "['1', '2']"), {"Over 1", "Over 2", "later"}),
    (on("metadata.seq", "$not_contain", "1"), {"Over 1", "Over 2", "later"}),
    (on("metadata.seq", "$is_unknown"), {"Over 1", "Over 2", "later"}),
    (on("metadata.seq", "$less_than", "2"), {"always"}),
    (f"{on('metadata.seq', '$is', '1')}&{on('categories', '$is', 'Food')}&filters[junction]=OR", {"always", "later"}),
)


async def test_campaigns_are_found_by_their_filters(listed: World) -> None:
    plan = compile_selection(SELECTION, listed.database.dialect)
    for written, names in CASES:
        ask = Ask(100, asked(written), organizer_id=listed.organizers["acme"])
        answer: Any = await listed.context().read(plan, [ask])
        assert {node["name"] for node in answer["nodes"]} == names, written
