"""Whether vouchers may be used, by what was looked up of them, and what they take off an order. Nothing is asked here.

The checks run in this order: it exists; it and its campaign are switched on; it has started, has not expired, and is
in its hours; it was not used up; the order and the customer are what its type needs; its balance suffices. Then
whether those that passed may be used together.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from models.basket import Basket
from models.calculated_order import Calculation
from models.calculation import calculate
from models.discount import Benefit, Discount, Effect, Gift
from models.problems import NotFound, Problem
from models.validity import Reason, Validity, why_not
from models.voucher_problems import (
    GiftAmountExceeded,
    InvalidCustomer,
    LoyaltyPointsExceeded,
    MissingAmount,
    MissingCustomer,
    MissingOrderItemsAmount,
    MissingReward,
    QuantityExceeded,
    RedeemablesExceeded,
    VoucherDisabled,
    VoucherExpired,
    VoucherNotActive,
    VoucherNotActiveNow,
)
from resolvers.redeemables import Found, Looked, Redeemable, RedemptionRequest

# An organizer has no time zone of its own.
ZONE = UTC

# How vouchers stack, as it is shown. The vendor's defaults, which cannot be changed here.
STACKING_RULES: Mapping[str, Any] = {
    "redeemables_limit": 30,
    "applicable_redeemables_limit": 5,
    "applicable_redeemables_per_category_limit": 1,
    "applicable_redeemables_category_limits": {},
    "applicable_exclusive_redeemables_limit": 1,
    "applicable_exclusive_redeemables_per_category_limit": 1,
    "exclusive_categories": [],
    "joint_categories": [],
    "redeemables_application_mode": "ALL",
    "redeemables_sorting_rule": "REQUESTED_ORDER",
    "redeemables_products_application_mode": "STACK",
    "redeemables_no_effect_rule": "REDEEM_ANYWAY",
    "no_effect_skip_categories": [],
    "no_effect_redeem_anyway_categories": [],
    "redeemables_rollback_order_mode": "WITH_ORDER",
}


class Status(StrEnum):
    APPLICABLE = "APPLICABLE"
    INAPPLICABLE = "INAPPLICABLE"
    # Not looked at further, because one before it may not be used.
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one voucher of the request.

    `amount` is what it costs: a gift's credits as the order took them, a loyalty card's points, None for discounts.
    `order` is the order after it, None if there was no order or it may not be used.
    """

    ref: str
    status: Status
    voucher: Found | None = None
    problem: Problem | None = None
    amount: int | None = None
    order: Mapping[str, Any] | None = None

    @property
    def discount(self) -> Mapping[str, Any] | None:
        """What a discount voucher gives, as it is shown."""
        found = self.voucher and self.voucher.terms.discount
        return found.shown() if found else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts in the order of the request. `order` is the order after all that may be used."""

    verdicts: tuple[Verdict, ...]
    order: Mapping[str, Any] | None

    @property
    def refused(self) -> Verdict | None:
        """The first that may not be used: then none may, as all are used or none."""
        return next((verdict for verdict in self.verdicts if verdict.problem is not None), None)


def judge(looked: Looked, request: RedemptionRequest, now: datetime) -> Judgement:
    problems = [
        _why_not(found, redeemable, request, looked, now)
        for found, redeemable in zip(looked.vouchers, request.redeemables, strict=True)
    ]
    if not any(problems) and len(problems) > 1:
        problems = _why_not_together([found for found in looked.vouchers if found is not None])
    statuses = _statuses(problems)
    usable = [
        (place, found, request.redeemables[place])
        for place, found in enumerate(looked.vouchers)
        if found is not None and statuses[place] is Status.APPLICABLE
    ]
    benefits = [_benefit(found, redeemable) for _, found, redeemable in usable]
    calculation = calculate(request.order or Basket(), [benefit for benefit in benefits if benefit is not None])
    effects: dict[int, tuple[int | None, Mapping[str, Any] | None]] = {}
    step = 0
    for (place, _, redeemable), benefit in zip(usable, benefits, strict=True):
        step += benefit is not None
        effects[place] = _effect(calculation, step, benefit, redeemable, shown=request.order is not None)
    verdicts = tuple(
        Verdict(redeemable.ref, status, found, problem, *effects.get(place, (None, None)))
        for place, (redeemable, status, found, problem) in enumerate(
            zip(request.redeemables, statuses, looked.vouchers, problems, strict=True)
        )
    )
    return Judgement(verdicts, None if request.order is None else _order(calculation, verdicts))


# -- what they take off ----------------------------------------------------------------------------------------------


def _benefit(found: Found, redeemable: Redeemable) -> Benefit | None:
    if found.terms.discount is not None:
        return found.terms.discount
    if found.is_loyalty_card:
        return None
    return Gift(found.balance - found.held_credits, redeemable.credits, found.terms.gift_effect)


def _effect(
    calculation: Calculation, step: int, benefit: Benefit | None, redeemable: Redeemable, *, shown: bool
) -> tuple[int | None, Mapping[str, Any] | None]:
    """What it costs, and the order after it, if there is one to be shown."""
    if benefit is None:
        state = calculation.states[step]
        unmoved = Calculation(calculation.basket, (state, state))
        return redeemable.credits, unmoved.order_shown() if shown else None
    cost = None if isinstance(benefit, Discount) else calculation.outcome(step - 1).discount_amount
    return cost, calculation.order_shown_after(step) if shown else None


def _order(calculation: Calculation, verdicts: Sequence[Verdict]) -> Mapping[str, Any] | None:
    if len(verdicts) == 1 and verdicts[0].order is not None:
        return verdicts[0].order
    return calculation.order_shown()


# -- whether they may be used ----------------------------------------------------------------------------------------


def _why_not(
    found: Found | None, redeemable: Redeemable, request: RedemptionRequest, looked: Looked, now: datetime
) -> Problem | None:
    if found is None:
        return NotFound("voucher", ref=redeemable.ref)
    if not found.active or (found.campaign is not None and not found.campaign.active):
        return VoucherDisabled(found.code)
    terms = found.terms
    validity = Validity(found.starts_at, found.expires_at, terms.timeframe, terms.days_of_week, terms.hours)
    reason = why_not(validity, now, ZONE)
    if reason is not None:
        return _NOT_VALID[reason](found.code)
    if found.quantity is not None and found.redeemed_quantity + found.held_quantity >= found.quantity:
        return QuantityExceeded(found.code)
    if found.is_loyalty_card:
        return _why_no_points(found, redeemable, request, looked)
    return None if terms.discount is not None else _why_no_credits(found, redeemable, request.order or Basket())


_NOT_VALID = {
    Reason.NOT_ACTIVE_YET: VoucherNotActive,
    Reason.EXPIRED: VoucherExpired,
    Reason.NOT_ACTIVE_NOW: VoucherNotActiveNow,
}


def _why_no_credits(found: Found, redeemable: Redeemable, order: Basket) -> Problem | None:
    if order.amount is None:
        return MissingAmount(found.code)
    if found.terms.gift_effect is Effect.APPLY_TO_ITEMS and not order.has_item_amounts:
        return MissingOrderItemsAmount(found.code)
    gift = Gift(found.balance - found.held_credits, redeemable.credits)
    return GiftAmountExceeded(found.code) if gift.is_exceeded or gift.balance <= 0 else None


def _why_no_points(found: Found, redeemable: Redeemable, request: RedemptionRequest, looked: Looked) -> Problem | None:
    if request.customer is None or not request.customer.is_named:
        return MissingCustomer(found.code)
    if found.holder_id is None or looked.customer is None or looked.customer.id != found.holder_id:
        return InvalidCustomer(found.code, "Customer must be a holder of a loyalty card.")
    if redeemable.credits is None:
        return MissingReward(found.code)
    exceeded = redeemable.credits > found.balance - found.held_credits
    return LoyaltyPointsExceeded(found.code) if exceeded else None


def _why_not_together(found: Sequence[Found]) -> list[Problem | None]:
    """Which are one too many; those before them are used first."""
    limit = STACKING_RULES["applicable_redeemables_limit"]
    limit_of_category = STACKING_RULES["applicable_redeemables_per_category_limit"]
    seen: Counter[int] = Counter()
    problems: list[Problem | None] = []
    for place, each in enumerate(found):
        category_id = None if each.category is None else each.category.id
        if place >= limit:
            problems.append(_too_many(limit, "applicable_redeemables_limit"))
        elif category_id is not None and seen[category_id] >= limit_of_category:
            problems.append(_too_many(limit_of_category, "applicable_redeemables_per_category_limit"))
        else:
            problems.append(None)
        if category_id is not None:
            seen[category_id] += 1
    return problems


def _too_many(limit: int, kind: str) -> Problem:
    message = f"At most {limit} redeemables can be used together."
    return RedeemablesExceeded(message, field="redeemables", limit=limit, kind=kind)


def _statuses(problems: Sequence[Problem | None]) -> list[Status]:
    """All are used or none: what comes after one that may not be used is not tried."""
    refused = False
    statuses = []
    for problem in problems:
        refused = refused or problem is not None
        if problem is not None:
            statuses.append(Status.INAPPLICABLE)
        else:
            statuses.append(Status.SKIPPED if refused else Status.APPLICABLE)
    return statuses
