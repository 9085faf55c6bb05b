"""What the inputs about vouchers call fields that verbs name as the Voucherify door does; and values within inputs."""

from collections.abc import Mapping
from typing import Any

from models.problems import Invalid

# In this order: what one of them makes is not to be taken by the next.
OF_VOUCHERS: dict[str, str] = {
    "voucher.redemption.quantity": "redemption_limit",
    "default_voucher_redemption.quantity": "redemption_limit",
    "redemption.quantity": "redemption_limit",
    "voucher.code": "code",
    "voucher": "benefit",
    "discount": "benefit.discount",
    "gift": "benefit.gift",
    "loyalty_card": "benefit.loyalty_card",
    "expiration_rules": "benefit.loyalty_card.expiration_rules",
    "start_date": "starts_at",
    "expiration_date": "expires_at",
    "validity_day_of_week": "validity_days_of_week",
    "validity_hours.daily": "validity_hours",
    "activity_duration_after_publishing": "activity_duration",
}
OF_CAMPAIGNS: Mapping[str, str] = {**OF_VOUCHERS, "type": "growth"}
OF_REDEMPTIONS: Mapping[str, str] = {"redeemables": "vouchers", "session.key": "session_key"}
OF_VALIDATIONS: Mapping[str, str] = {"redeemables": "vouchers", "session.ttl": "session.seconds"}


def object_of(given: Mapping[str, Any], name: str, field: str) -> Mapping[str, Any] | None:
    """A JSON value that has to be an object; None if it is absent or null."""
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise Invalid("An object is expected.", field=field, reason="type")
    return value
