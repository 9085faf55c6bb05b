"""Answers of Voucherify's door as everyone is to give them: each field, from the fixture, and the arithmetic."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from benchmarks import fixture, vouchers
from benchmarks.checks import same
from benchmarks.vouchers import ORDER_AMOUNT

PAGE_SIZE = 50
ENDS_AT = fixture.EPOCH + timedelta(days=3650)
# Everyone gives out ids and times of their own.
OWN = ("id", "created_at")


def campaigns(answer: Any) -> None:
    """The first page: the newest campaigns, and how many there are."""
    same("fields of the page", sorted(answer), ["campaigns", "data_ref", "object", "total"])
    same("kind", (answer["object"], answer["data_ref"]), ("list", "campaigns"))
    same("total", answer["total"], vouchers.CAMPAIGN_COUNT)
    same("rows", len(answer["campaigns"]), PAGE_SIZE)
    same("ids", len({row["id"] for row in answer["campaigns"]}), PAGE_SIZE)
    for place, row in enumerate(answer["campaigns"], start=1):
        expected = campaign(vouchers.Campaign(vouchers.CAMPAIGN_COUNT - place))
        same("fields", sorted(row), sorted([*OWN, *expected]))
        for name, value in expected.items():
            same(f"{name} of campaign {row['name']}", moments(row[name]), moments(value))


def redeemed(answer: Any) -> None:
    """One voucher that takes a percentage off."""
    row, found = redemption(answer)
    off = ORDER_AMOUNT * found.percent_off // 100
    order(answer["order"], row, off)
    same("discount", row["voucher"]["discount"], found.benefit)
    same("amount", row.get("amount"), None)


def gift_redeemed(answer: Any) -> None:
    """One voucher that pays a cent of the order."""
    row, _ = redemption(answer)
    order(answer["order"], row, vouchers.GIFT_CREDITS)
    same("amount", (row["amount"], row["gift"]), (vouchers.GIFT_CREDITS, {"amount": vouchers.GIFT_CREDITS}))
    gift, uses = row["voucher"]["gift"], row["voucher"]["redemption"]
    same("gift", (gift["amount"], gift["subtracted_amount"]), (vouchers.GIFT_AMOUNT, 0))
    same("balance", gift["balance"], vouchers.GIFT_AMOUNT - uses["redeemed_amount"])
    same("redeemed amount", uses["redeemed_amount"], uses["redeemed_quantity"] * vouchers.GIFT_CREDITS)


def redemption(answer: Any) -> tuple[Any, vouchers.Campaign]:
    """What both have in common: the one redemption, and the campaign of its voucher."""
    same("fields", sorted(answer), ["order", "redemptions"])
    (row,) = answer["redemptions"]
    voucher = row["voucher"]
    found = vouchers.campaign_of(voucher["code"])
    same("redemption", (row["object"], row["result"], row["status"]), ("redemption", "SUCCESS", "SUCCEEDED"))
    same("order of the redemption", row["order"], answer["order"])
    same("voucher of the redemption", row["related_object_id"], voucher["id"])
    same("campaign of the voucher", voucher["campaign"], found.name)
    same("type of the voucher", voucher["type"], found.type)
    same("limit of the voucher", (voucher["active"], voucher["redemption"]["quantity"]), (True, None))
    same("uses of the voucher", voucher["redemption"]["redeemed_quantity"] > 0, True)
    return row, found


def order(shown: Mapping[str, Any], row: Mapping[str, Any], off: int) -> None:
    same("status of the order", (shown["object"], shown["status"]), ("order", "PAID"))
    same("amount of the order", shown["amount"], ORDER_AMOUNT)
    for name in ("discount_amount", "total_discount_amount", "applied_discount_amount"):
        same(name, shown[name], off)
    same("total_amount", shown["total_amount"], ORDER_AMOUNT - off)
    same("redemptions of the order", list(shown["redemptions"]), [row["id"]])


def campaign(each: vouchers.Campaign) -> dict[str, Any]:
    validity = {"start_date": fixture.stamp(fixture.EPOCH), "expiration_date": fixture.stamp(ENDS_AT)}
    return {
        "name": each.name,
        **({"description": each.description} if each.description else {}),
        "campaign_type": each.campaign_type,
        "type": "STATIC",
        "voucher": {
            "type": each.type,
            "gift" if each.is_gift else "discount": each.benefit,
            "redemption": {"quantity": None},
            "code_config": vouchers.CODE_CONFIG,
            "is_referral_code": False,
            **validity,
        },
        "auto_join": False,
        "join_once": False,
        "use_voucher_metadata_schema": True,
        **validity,
        "vouchers_count": len(each.codes),
        "active": True,
        "metadata": each.metadata,
        "creation_status": "DONE",
        "vouchers_generation_status": "DONE",
        "protected": False,
        "category_id": None,
        "categories": [],
        "object": "campaign",
    }


def moments(value: Any) -> Any:
    """With times as times: some show milliseconds."""
    if isinstance(value, dict):
        return {name: moments(each) for name, each in value.items()}
    if isinstance(value, str) and value.endswith("Z") and value[:2] == "20":
        return datetime.fromisoformat(value)
    return value
