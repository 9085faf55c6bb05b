"""What a voucher gives and when it is valid: the checked content of a row of `voucher_terms`.

The benefit is kept as it was given, because clients compare what they get with what they sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.discount import Discount
from models.duration import Duration
from models.money import HUNDREDTHS_MAX
from models.problems import Invalid
from models.unset import Unset
from models.validity import Hours, Timeframe, read_days_of_week
from models.voucher import VoucherType
from models.voucher_problems import InvalidVoucher

GIFT_EFFECTS = ("APPLY_TO_ORDER", "APPLY_TO_ITEMS")
# The field that holds the benefit, by the type of voucher.
BENEFITS = {
    VoucherType.DISCOUNT_VOUCHER: "discount",
    VoucherType.GIFT_VOUCHER: "gift",
    VoucherType.LOYALTY_CARD: "loyalty_card",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """`benefit` is the content of the column that BENEFITS names; the rest is as on the wire, None: no limit."""

    type: VoucherType
    benefit: Mapping[str, Any]
    validity_timeframe: Mapping[str, Any] | None = None
    validity_day_of_week: tuple[int, ...] | None = None
    validity_hours: Mapping[str, Any] | None = None
    activity_duration: str | None = None
    is_referral_code: bool = False

    @classmethod
    def read(
        cls, type: VoucherType, benefit: object, *, is_referral_code: bool = False, at: str = "", **limits: Any
    ) -> "Terms":
        """Refuses with `Invalid` a benefit or a limit that cannot be. `limits` are those of `limited`.

        `at` is where the benefit is in a request, with a dot at its end: refusals name its fields from there.
        """
        found = cls(type, benefit_of(type, benefit, at), is_referral_code=is_referral_code)
        return found.limited(**limits)

    @classmethod
    def load(cls, row: Mapping[str, Any]) -> "Terms":
        """Of the columns of a row."""
        kind = VoucherType(row["type"])
        days = row["validity_day_of_week"]
        return cls(
            kind,
            row[BENEFITS[kind]],
            row["validity_timeframe"],
            None if days is None else tuple(days),
            row["validity_hours"],
            row["activity_duration"],
            row["is_referral_code"],
        )

    def columns(self) -> dict[str, Any]:
        days = self.validity_day_of_week
        return {
            "type": self.type.value,
            **dict.fromkeys(BENEFITS.values()),
            BENEFITS[self.type]: self.benefit,
            "validity_timeframe": self.validity_timeframe,
            "validity_day_of_week": None if days is None else list(days),
            "validity_hours": self.validity_hours,
            "activity_duration": self.activity_duration,
            "is_referral_code": self.is_referral_code,
        }

    def limited(self, **limits: Any) -> "Terms":
        """The same with these limits: timeframe, day_of_week, hours, activity_duration; None takes one away."""
        changed: dict[str, Any] = {}
        for name, value in limits.items():
            if not isinstance(value, Unset):
                column, read = LIMITS[name]
                changed[column] = None if value is None else read(value)
        return replace(self, **changed) if changed else self

    def giving(self, benefit: object) -> "Terms":
        """The same with another benefit of its kind.

        Refuses with `InvalidVoucher` another type of discount. What is put into gift vouchers and on loyalty cards at
        the beginning stays what it is.
        """
        given = _object(benefit, BENEFITS[self.type])
        if self.type is not VoucherType.DISCOUNT_VOUCHER:
            given = {**self.benefit, **given}
        read = benefit_of(self.type, given)
        if self.type is VoucherType.DISCOUNT_VOUCHER:
            if read["type"] != self.benefit["type"]:
                raise InvalidVoucher("It is not possible to change Voucher discount type", field="discount.type")
            return replace(self, benefit=read)
        kept = {name: self.benefit[name] for name in ("amount", "points") if name in self.benefit}
        return replace(self, benefit={**read, **kept})

    @property
    def amount(self) -> int | None:
        """What a new voucher begins with: money in the smallest unit, or points; None for discounts."""
        match self.type:
            case VoucherType.DISCOUNT_VOUCHER:
                return None
            case VoucherType.GIFT_VOUCHER:
                return int(self.benefit["amount"])
            case VoucherType.LOYALTY_CARD:
                return int(self.benefit["points"])


def benefit_of(type: VoucherType, given: object, at: str = "") -> Mapping[str, Any]:
    """The benefit of a voucher of this type as it is kept; refuses with `Invalid` what is none."""
    field = at + BENEFITS[type]
    told = _object(given, field)
    match type:
        case VoucherType.DISCOUNT_VOUCHER:
            return Discount.read(told, field=field).shown()
        case VoucherType.GIFT_VOUCHER:
            return _gift(told, field)
        case VoucherType.LOYALTY_CARD:
            return _loyalty_card(told, field)


def _gift(given: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    effect = given.get("effect")
    if effect is not None and effect not in GIFT_EFFECTS:
        raise Invalid(f"One of {', '.join(GIFT_EFFECTS)}.", field=f"{field}.effect", reason="choice")
    amount = _whole(given.get("amount"), f"{field}.amount")
    return {"amount": amount} | ({} if effect is None else {"effect": effect})


def _loyalty_card(given: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    points = _whole(given.get("points"), f"{field}.points")
    rules = given.get("expiration_rules")
    if rules is None:
        return {"points": points}
    return {"points": points, "expiration_rules": _object(rules, f"{field}.expiration_rules")}


def _whole(given: object, field: str) -> int:
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= HUNDREDTHS_MAX:
        raise Invalid(f"A whole number from 0 to {HUNDREDTHS_MAX}.", field=field, reason="out_of_range")
    return given


def _object(given: object, field: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid("This must be an object.", field=field, reason="type")
    return given


LIMITS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "timeframe": ("validity_timeframe", lambda given: Timeframe.read(given).shown()),
    "day_of_week": ("validity_day_of_week", read_days_of_week),
    "hours": ("validity_hours", lambda given: Hours.read(given).shown()),
    "activity_duration": (
        "activity_duration",
        lambda given: Duration.read(given, field="activity_duration_after_publishing").shown(),
    ),
}
