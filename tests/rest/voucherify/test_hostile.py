"""Whatever is sent to make or change campaigns and vouchers: it is done or refused, and never a failure of ours."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rest.voucherify.app import ROUTES
from tests.rest.voucherify import examples
from tests.rest.voucherify.conftest import ON_SQLITE, Door, serving
from tests.world import opened

# Each is tried against a database that keeps what those before have made.
TRIES = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

NUMBERS = st.sampled_from(
    [0, -1, 1, 1.5, 5.0, -0.0, 1e308, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 10**30, -(10**400)]
)
TEXTS = st.sampled_from(
    [
        *("", " ", "x", "x" * 10_001, "\N{SNOWMAN}\U0001f600", "a\0b", "0001-01-01", "9999-12-31T23:59:59.999999Z"),
        *("2025-01-01", "9999-12-31T23:59:59-10:00", "P1D", "PERCENT", "UNIT", "GIFT_VOUCHER", "PROMOTION"),
        *("AUTO_UPDATE", "STANDALONE", "cat_1", "##", "ADD_MANY_ITEMS", "09:00", "camp_1"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["daily", "tiers", "id", "units", "", "start_time"]), inner, max_size=3)
    ),
    max_leaves=6,
)
SOUND: dict[str, Any] = {
    "type": "DISCOUNT_VOUCHER",
    "discount": {"type": "PERCENT", "percent_off": 10},
    "gift": {"amount": 1},
    "loyalty_card": {"points": 1},
}
OF_BENEFITS = st.sampled_from(
    [
        *("type", "effect", "amount", "points", "expiration_rules", "percent_off", "amount_off", "fixed_amount"),
        *("amount_limit", "unit_off", "unit_type", "units", "product", "sku", "aggregated_amount_limit", "is_dynamic"),
    ]
)
OF_VOUCHERS = st.sampled_from(["type", "code", "is_referral_code", "redemption", "code_config"])
OF_CODES = st.sampled_from(["pattern", "charset", "length", "prefix", "postfix"])
OF_LIMITS = st.sampled_from(["interval", "duration", "daily"])


def objects(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.dictionaries(names, VALUES, max_size=3)


# Fields of every body, most of them as they may be, so that what is wrong is looked at after much that is right.
FIELDS = sorted(
    {name for body in (*examples.CAMPAIGNS.values(), examples.PROMOTION, examples.ADDED) for name in body}
    | {"description", "category", "category_id", "validity_hours", "unset_metadata_fields", "code", "validation_rules"}
    | {"default_voucher_redemption", "campaign", "campaign_id", "loyalty_tiers_expiration", "name"}
)
BENEFITS = {name: objects(OF_BENEFITS) for name in ("discount", "gift", "loyalty_card")}
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    **BENEFITS,
    "voucher": st.builds(
        lambda own, more: {**SOUND, **own, **more}, objects(OF_VOUCHERS), st.fixed_dictionaries({}, optional=BENEFITS)
    ),
    "code_config": objects(OF_CODES),
    "validity_timeframe": objects(OF_LIMITS),
    "validity_hours": objects(OF_LIMITS),
    "redemption": st.fixed_dictionaries({"quantity": VALUES}),
    "vouchers_count": st.integers(-1, 3) | VALUES,
    "campaign_type": st.sampled_from(["GIFT_VOUCHERS", "LOYALTY_PROGRAM", "REFERRAL_PROGRAM", "PROMOTION"]),
}
NAMES = sorted({*FIELDS, *KNOWN})
BODIES = st.lists(
    st.one_of([st.tuples(st.just(name), KNOWN.get(name, VALUES) | VALUES) for name in NAMES]), max_size=4
).map(dict)
NUMBER = count()


@pytest.fixture
async def idle(database_url: str) -> AsyncIterator[Door]:
    async with opened(database_url, bulk_work=False) as world, serving(world, ROUTES) as found:
        await found.post("campaigns", {"name": "Fixed", "voucher": {**SOUND, "gift": None, "loyalty_card": None}})
        await found.post(
            "campaigns", {"name": "Gift", "campaign_type": "GIFT_VOUCHERS", "voucher": {"gift": {"amount": 1}}}
        )
        await found.post("vouchers/FIXED", SOUND)
        yield found


def in_json(value: Any) -> str:
    """Numbers of any size, which orjson does not write."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{in_json(name)}:{in_json(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(in_json, value)) + "]"
    return repr(value) if type(value) is int else orjson.dumps(value).decode()


async def is_answered(door: Door, method: str, path: str, body: Any) -> None:
    sent: dict[str, Any] = {"content": in_json(body).encode(), "headers": {"Content-Type": "application/json"}}
    answer = await door.ask(method, path, **sent)
    assert answer.status_code < 500, (method, path, body, answer.text)
    if answer.status_code >= 400:
        told = answer.json()
        assert told["code"] == answer.status_code
        assert {"message", "request_id"} <= told.keys()
        assert "key" in told or "statusCode" in told
    else:
        assert b"NaN" not in answer.content


@TRIES
@given(BODIES | VALUES)
async def test_any_campaign_is_made_or_refused_and_changed_or_not(idle: Door, body: Any) -> None:
    name = f"C{next(NUMBER)}"
    whole = {"name": name, "voucher": SOUND, **body} if isinstance(body, dict) else body
    await is_answered(idle, "POST", "campaigns", whole)
    for ref in (name, "Fixed", "Gift"):
        await is_answered(idle, "PUT", f"campaigns/{ref}", body)
    for path in (
        f"campaigns/Gift/vouchers/V{name}",
        "campaigns/Fixed/vouchers",
        "campaigns/Fixed/vouchers?vouchers_count=2",
    ):
        await is_answered(idle, "POST", path, body)
    # What was kept can be shown.
    assert (await idle.get("campaigns?limit=100&order=-updated_at")).status_code == 200


@TRIES
@given(BODIES | VALUES)
async def test_any_voucher_is_made_or_refused_and_changed_or_not(idle: Door, body: Any) -> None:
    code = f"V{next(NUMBER)}"
    whole = {**SOUND, **body} if isinstance(body, dict) else body
    await is_answered(idle, "POST", f"vouchers/{code}", whole)
    await is_answered(idle, "POST", "vouchers", {**whole, "campaign": "Gift"} if isinstance(whole, dict) else whole)
    for ref in (code, "FIXED"):
        await is_answered(idle, "PUT", f"vouchers/{ref}", body)
    assert (await idle.get("vouchers?limit=100&order=-updated_at")).status_code == 200


PARAMETERS = st.sampled_from(
    [
        *("limit", "page", "order", "filters", "expand", "campaign_type", "campaign_status", "is_referral_code", "ids"),
        *("created_at[after]", "updated_at[before]", "category", "campaign", "customer", "code", "starting_after_id"),
        *("end_date", "force", "vouchers_count", "filters[junction]", "filters[campaigns][conditions][$is]"),
        *("filters[metadata.a][conditions][$more_than]", "filters[metadata.][conditions][$is]", "[filters][active]"),
        *("filters[validity_day_of_week][conditions][$is]", "filters[redemption.quantity][conditions][$is]"),
        *("filters[created_date][conditions][$less_than]", "filters[start_date][conditions][$after]", "filters[code]"),
    ]
)
WRITTEN = st.sampled_from(
    [
        "",
        "None",
        "0",
        "-1",
        "9" * 40,
        "1e5",
        "x",
        "['a', 'b']",
        "[",
        "\u2603",
        "true",
        "2025-01-01",
        "9999-12-31",
        "%",
        "'",
    ]
) | st.text(st.characters(codec="utf-8"), max_size=6)


@TRIES
@given(st.dictionaries(PARAMETERS, WRITTEN, max_size=3))
async def test_any_question_is_answered_or_refused(idle: Door, query: dict[str, str]) -> None:
    for path in ("campaigns", "vouchers", "trash-bin", "async-actions"):
        answer = await idle.get(path, params=query)
        assert answer.status_code in (200, 400, 404), (path, query, answer.text)
        assert answer.status_code == 200 or {"code", "key", "message", "request_id"} <= answer.json().keys()


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b'{"name": NaN}',
        b'{"name":',
        b"[" * 100_000,
        b'{"metadata":' + b'{"a":' * 100 + b"1" + b"}" * 101,
        b'{"metadata": {"a\\u0000": 1}}',
        b'{"vouchers_count": 1e400}',
        b'{"vouchers_count": ' + b"9" * 5000 + b"}",
    ],
)
@ON_SQLITE
async def test_what_no_database_can_hold_is_refused_before_any_verb(idle: Door, content: bytes) -> None:
    sent: dict[str, Any] = {"content": content, "headers": {"Content-Type": "application/json"}}
    for method, path in (("POST", "campaigns"), ("PUT", "vouchers/FIXED"), ("POST", "campaigns/Fixed/vouchers")):
        # What is no field of a body is passed over, whatever it is.
        assert (await idle.ask(method, path, **sent)).status_code < 500
    assert (await idle.ask("POST", "campaigns", **sent)).status_code in (400, 413)
