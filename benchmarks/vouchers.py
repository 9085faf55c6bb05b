"""What Voucherify's door is asked for: campaigns and their vouchers, all of `bench`; never random.

Every second campaign gives gift vouchers, the others take a percentage off. No voucher has a limit: a run may redeem
each of them as often as it likes; those of gifts hold more than any run takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks import fixture
from models.voucher import VoucherType

APP_ID = "bench-application"
APP_TOKEN = fixture.TOKEN.replace("bench", "codes")
APP_NAME = "BENCH_APP"

CAMPAIGN_COUNT = 1_000
COUPONS_PER_CAMPAIGN = 20
GIFTS_PER_CAMPAIGN = 2
COUPON_COUNT = CAMPAIGN_COUNT // 2 * COUPONS_PER_CAMPAIGN
GIFT_COUNT = CAMPAIGN_COUNT // 2 * GIFTS_PER_CAMPAIGN
GIFT_AMOUNT = 1_000_000_00
# What an order costs, and what a gift pays of it.
ORDER_AMOUNT = 120_00
GIFT_CREDITS = 1

CODE_CONFIG: dict[str, Any] = {
    "length": 12,
    "charset": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    "prefix": "BENCH-",
    "pattern": "############",
}


@dataclass(frozen=True, slots=True)
class Campaign:
    number: int

    @property
    def name(self) -> str:
        return f"Benchmark {self.number:04d}"

    @property
    def description(self) -> str | None:
        return f"Letter {self.number}" if self.number % 3 else None

    @property
    def is_gift(self) -> bool:
        return self.number % 2 == 1

    @property
    def type(self) -> VoucherType:
        return VoucherType.GIFT_VOUCHER if self.is_gift else VoucherType.DISCOUNT_VOUCHER

    @property
    def campaign_type(self) -> str:
        return "GIFT_VOUCHERS" if self.is_gift else "DISCOUNT_COUPONS"

    @property
    def benefit(self) -> dict[str, Any]:
        if self.is_gift:
            return {"amount": GIFT_AMOUNT, "effect": "APPLY_TO_ORDER"}
        return {"type": "PERCENT", "percent_off": self.percent_off, "effect": "APPLY_TO_ORDER"}

    @property
    def percent_off(self) -> int:
        return 5 + self.number % 40

    @property
    def metadata(self) -> dict[str, Any]:
        return {"season": "winter", "number": self.number}

    @property
    def codes(self) -> list[str]:
        count = GIFTS_PER_CAMPAIGN if self.is_gift else COUPONS_PER_CAMPAIGN
        return [f"BENCH-{self.number:04d}-{place:02d}" for place in range(count)]


def campaigns() -> Iterator[Campaign]:
    """In the order in which they are made; a list begins with the last."""
    return map(Campaign, range(CAMPAIGN_COUNT))


def coupons() -> list[str]:
    """The codes of all vouchers that take a percentage off; neighbours are of different campaigns."""
    return _codes(gift=False)


def gifts() -> list[str]:
    return _codes(gift=True)


def campaign_of(code: str) -> Campaign:
    return Campaign(int(code.split("-")[1]))


def _codes(*, gift: bool) -> list[str]:
    found = [code for each in campaigns() if each.is_gift is gift for code in each.codes]
    return sorted(found, key=lambda code: code[-2:])


def app_keys() -> dict[str, Any]:
    """The key pairs, as a start state has them."""
    return {
        "kind": "app",
        "name": APP_NAME,
        "organizer": fixture.ORGANIZER,
        "app_id": APP_ID,
        "app_token": APP_TOKEN,
        "client_id": "bench-browser",
        "client_token": APP_TOKEN.replace("codes", "shown"),
    }
