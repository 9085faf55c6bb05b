"""Terms: what a voucher gives and when it is valid, read, kept, changed."""

from typing import Any

import pytest

from models.problems import Invalid, Problem
from models.terms import Terms, benefit_of
from models.unset import UNSET
from models.voucher import VoucherType
from models.voucher_problems import InvalidVoucher

DISCOUNT, GIFT, LOYALTY = VoucherType.DISCOUNT_VOUCHER, VoucherType.GIFT_VOUCHER, VoucherType.LOYALTY_CARD
PERCENT = {"type": "PERCENT", "percent_off": 10}
RULES = {"period_type": "MONTH", "period_value": 3, "rounding_type": "END_OF_YEAR"}
LIMITS: dict[str, Any] = {
    "timeframe": {"interval": "P2D", "duration": "P1D"},
    "day_of_week": [0, 1, 2],
    "hours": {"daily": [{"start_time": "09:00", "expiration_time": "17:30", "days_of_week": [1, 2]}]},
    "activity_duration": "P24D",
}
HUNDREDTHS_MAX = 10**13 - 1


@pytest.mark.parametrize(
    ("type", "given"),
    [
        (DISCOUNT, PERCENT),
        (DISCOUNT, {"type": "AMOUNT", "amount_off": 1500, "effect": "APPLY_TO_ITEMS"}),
        (DISCOUNT, {"type": "FIXED", "fixed_amount": 100}),
        (DISCOUNT, {"type": "UNIT", "unit_off": 1, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS"}),
        (GIFT, {"amount": 1000}),
        (GIFT, {"amount": 0, "effect": "APPLY_TO_ITEMS"}),
        (LOYALTY, {"points": 1000, "expiration_rules": RULES}),
    ],
)
def test_a_benefit_is_kept_as_it_was_given(type: VoucherType, given: dict[str, Any]) -> None:
    assert benefit_of(type, given) == given


def test_what_is_unknown_or_null_is_left_out() -> None:
    assert benefit_of(GIFT, {"amount": 1, "effect": None, "balance": 7}) == {"amount": 1}
    assert benefit_of(LOYALTY, {"points": 5.0, "expiration_rules": None}) == {"points": 5}


@pytest.mark.parametrize(
    ("type", "given", "field"),
    [
        (DISCOUNT, None, "discount"),
        (DISCOUNT, [], "discount"),
        (DISCOUNT, {}, "discount.type"),
        (GIFT, "1000", "gift"),
        (GIFT, {}, "gift.amount"),
        (GIFT, {"amount": -1}, "gift.amount"),
        (GIFT, {"amount": 1.5}, "gift.amount"),
        (GIFT, {"amount": True}, "gift.amount"),
        (GIFT, {"amount": "1"}, "gift.amount"),
        (GIFT, {"amount": HUNDREDTHS_MAX + 1}, "gift.amount"),
        (GIFT, {"amount": 1, "effect": "APPLY_TO_MOON"}, "gift.effect"),
        (GIFT, {"amount": 1, "effect": []}, "gift.effect"),
        (LOYALTY, {"points": float("inf")}, "loyalty_card.points"),
        (LOYALTY, {"points": 1, "expiration_rules": "MONTH"}, "loyalty_card.expiration_rules"),
    ],
)
def test_what_is_no_benefit_is_refused(type: VoucherType, given: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        benefit_of(type, given)
    assert refusal.value.field == field


def test_the_largest_balance_is_what_a_balance_can_hold() -> None:
    assert Terms.read(GIFT, {"amount": HUNDREDTHS_MAX}).amount == HUNDREDTHS_MAX


@pytest.mark.parametrize(
    ("type", "given", "amount"), [(DISCOUNT, PERCENT, None), (GIFT, {"amount": 7}, 7), (LOYALTY, {"points": 8}, 8)]
)
def test_what_a_voucher_begins_with(type: VoucherType, given: dict[str, Any], amount: int | None) -> None:
    assert Terms.read(type, given).amount == amount


@pytest.mark.parametrize("type", VoucherType)
def test_columns_are_read_back_as_the_same_terms(type: VoucherType) -> None:
    given = {DISCOUNT: PERCENT, GIFT: {"amount": 5}, LOYALTY: {"points": 5}}[type]
    limits = {name: value for name, value in LIMITS.items() if name != "hours"}
    terms = Terms.read(type, given, is_referral_code=True, **limits)
    columns = terms.columns()
    assert Terms.load(columns) == terms
    assert [columns[name] is not None for name in ("discount", "gift", "loyalty_card")].count(True) == 1
    assert columns["validity_day_of_week"] == [0, 1, 2]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_set_left_alone_and_taken_away(limit: str) -> None:
    plain = Terms.read(DISCOUNT, PERCENT)
    limited = plain.limited(**{limit: LIMITS[limit]})
    assert limited != plain
    assert limited.limited(**{limit: UNSET}) == limited
    assert limited.limited(**{limit: None}) == plain


@pytest.mark.parametrize(
    ("limit", "wrong"),
    [
        ("timeframe", {"interval": "soon", "duration": "P1D"}),
        ("timeframe", []),
        ("day_of_week", [7]),
        ("day_of_week", "1"),
        ("hours", {"daily": [{"start_time": "25:00"}]}),
        ("hours", 5),
        ("activity_duration", "1 day"),
        ("activity_duration", 1),
    ],
)
def test_what_is_no_limit_is_refused(limit: str, wrong: Any) -> None:
    with pytest.raises(Problem):
        Terms.read(DISCOUNT, PERCENT, **{limit: wrong})


def test_another_discount_of_its_type_takes_the_place_of_the_old_one() -> None:
    changed = Terms.read(DISCOUNT, {**PERCENT, "amount_limit": 500}).giving({"type": "PERCENT", "percent_off": 20})
    assert changed.benefit == {"type": "PERCENT", "percent_off": 20}


def test_the_type_of_a_discount_stays_what_it_is() -> None:
    with pytest.raises(InvalidVoucher, match="It is not possible to change Voucher discount type"):
        Terms.read(DISCOUNT, PERCENT).giving({"type": "AMOUNT", "amount_off": 100})


def test_what_a_balance_begins_with_stays_what_it_is() -> None:
    gift = Terms.read(GIFT, {"amount": 1000}).giving({"amount": 5, "effect": "APPLY_TO_ITEMS"})
    assert gift.benefit == {"amount": 1000, "effect": "APPLY_TO_ITEMS"}
    card = Terms.read(LOYALTY, {"points": 7, "expiration_rules": RULES}).giving({"points": 1})
    assert card.benefit == {"points": 7, "expiration_rules": RULES}


def test_a_balance_can_be_changed_without_saying_what_it_begins_with() -> None:
    assert Terms.read(GIFT, {"amount": 1000}).giving({"effect": "APPLY_TO_ORDER"}).benefit["amount"] == 1000
