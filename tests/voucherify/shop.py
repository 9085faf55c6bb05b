"""What a shop's programs do all day, through the official Python SDK, with defaults that are valid."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
import pytest
import voucherify
from voucherify import models
from voucherify.exceptions import ApiException

from tests.voucherify.house import Keys

WAIT_SECONDS = 30.0
TEN_PERCENT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
REQUEST_ID = re.compile(r"v-[0-9a-f]{18}")

_numbers = count(1)


def unique(word: str) -> str:
    """A name or code that no other test uses."""
    return f"{word}-{next(_numbers)}"


def off(amount: int) -> dict[str, Any]:
    """A voucher that takes this many cents off."""
    return {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": amount}}


def gift_of(amount: int) -> dict[str, Any]:
    return {"type": "GIFT_VOUCHER", "gift": {"amount": amount}}


def card_with(points: int) -> dict[str, Any]:
    return {"type": "LOYALTY_CARD", "loyalty_card": {"points": points}}


def refused(call: Callable[[], object]) -> dict[str, Any]:
    """The error body of a call that must be refused, without the request's id, which is another one each time."""
    with pytest.raises(ApiException) as caught:
        call()
    return error_of(caught.value.status, caught.value.body)


def error_of(status: int, text: str) -> dict[str, Any]:
    """An error body as the SDKs read it, checked for what every one of them has."""
    body: dict[str, Any] = json.loads(text)
    assert REQUEST_ID.fullmatch(body.pop("request_id")), text
    assert body["code"] == status, text
    return body


def missing(kind: str, reference: str) -> dict[str, Any]:
    """What is said of something that is not there, or is another organizer's."""
    return {
        "code": 404,
        "key": "not_found",
        "message": "Resource not found",
        "details": f"Cannot find {kind} with id {reference}",
        "resource_id": reference,
        "resource_type": kind,
    }


@dataclass(frozen=True, slots=True)
class Shop:
    address: str
    keys: Keys
    campaigns: Any
    vouchers: Any
    validations: Any
    redemptions: Any
    publications: Any
    actions: Any
    bin: Any
    customers: Any
    categories: Any
    browser: Any
    # For what the SDK never sends.
    http: httpx2.Client

    @classmethod
    @contextmanager
    def opened(cls, address: str, keys: Keys) -> "Iterator[Shop]":
        client = sdk(address, {**keys.server_side, **keys.client_side})
        with httpx2.Client(base_url=address, headers=keys.server_side, timeout=WAIT_SECONDS) as http:
            try:
                yield cls(
                    address,
                    keys,
                    voucherify.CampaignsApi(client),
                    voucherify.VouchersApi(client),
                    voucherify.ValidationsApi(client),
                    voucherify.RedemptionsApi(client),
                    voucherify.PublicationsApi(client),
                    voucherify.AsyncActionsApi(client),
                    voucherify.BinApi(client),
                    voucherify.CustomersApi(client),
                    voucherify.CategoriesApi(client),
                    voucherify.ClientSideApi(client),
                    http,
                )
            finally:
                client.rest_client.pool_manager.clear()

    def campaign(self, voucher: dict[str, Any] | None = None, **over: Any) -> Any:
        """A campaign as the server answers it; of 10 % discount coupons, without vouchers, unless told otherwise."""
        given = {"name": unique("Campaign"), "vouchers_count": 0, "voucher": voucher or TEN_PERCENT, **over}
        return self.campaigns.create_campaign(models.CampaignsCreateRequestBody.from_dict(given))

    def voucher(self, voucher: dict[str, Any] | None = None, *, code: str | None = None, **over: Any) -> Any:
        """A voucher of a campaign of its own. `quantity` and dates are its own, the rest is the campaign's."""
        own: dict[str, Any] = {
            key: over.pop(key) for key in ("start_date", "expiration_date", "metadata") if key in over
        }
        if "quantity" in over:
            own["redemption"] = {"quantity": over.pop("quantity")}
        campaign = self.campaign(voucher, **over)
        return self.added(campaign, code, **own)

    def added(self, campaign: Any, code: str | None = None, **own: Any) -> Any:
        """One more voucher in the campaign."""
        body = models.CampaignsVouchersCreateRequestBody.from_dict(own)
        return self.campaigns.add_voucher_with_specific_code_to_campaign(campaign.id, code or unique("CODE"), body)

    def filled(self, voucher: dict[str, Any] | None = None, *, size: int, **over: Any) -> Any:
        """A campaign that has been given this many vouchers."""
        return self.settled(self.campaign(voucher, vouchers_count=size, **over))

    def settled(self, campaign: Any) -> Any:
        """The campaign when the bulk work on it is done."""
        for found in _looks(lambda: self.campaigns.get_campaign(campaign.id)):
            assert "FAILED" not in (found.creation_status, found.vouchers_generation_status)
            if found.creation_status == found.vouchers_generation_status == "DONE":
                return found
        raise AssertionError(f"{campaign.name} is still {found.creation_status}")

    def finished(self, action_id: str) -> Any:
        """The action when it is over, however it ended."""
        *_, last = self.looks_at(action_id)
        return last

    def looks_at(self, action_id: str) -> Iterator[Any]:
        """The action again and again until it is over, then last."""
        for action in _looks(lambda: self.actions.get_async_action(action_id)):
            yield action
            if action.operation_status in ("SUCCESS", "FAILED"):
                return
        raise AssertionError(f"{action_id} does not end")

    def imported(self, campaign: Any, *items: dict[str, Any]) -> Any:
        """The action that imported the items, over."""
        rows = [models.CampaignsImportVoucherItem.from_dict(item) for item in items]
        answer = self.campaigns.import_vouchers_to_campaign(campaign.id, rows)
        return self.finished(answer.async_action_id)

    def codes(self, campaign: Any) -> list[str]:
        """Those of the first hundred vouchers, the oldest first."""
        order = models.ParameterOrderVouchers.CREATED_AT
        return [each.code for each in self.listed(campaign, limit=100, order=order).vouchers]

    def listed(self, campaign: Any, **over: Any) -> Any:
        return self.vouchers.list_vouchers(campaign_id=campaign.id, **over)

    def validate(self, *codes: str, amount: int | None = None, **over: Any) -> Any:
        body = models.ValidationsValidateRequestBody.from_dict(asked(codes, amount, over))
        return self.validations.validate_stacked_discounts(body)

    def redeem(self, *codes: str, amount: int | None = None, **over: Any) -> Any:
        body = models.RedemptionsRedeemRequestBody.from_dict(asked(codes, amount, over))
        return self.redemptions.redeem_stacked_discounts(body)

    def publish(self, *, to: str, join_once: bool | None = None, **over: Any) -> Any:
        """`voucher="CODE"` or `campaign={"name": …}`, to the customer with this source id."""
        body = models.PublicationsCreateRequestBody.from_dict({"customer": {"source_id": to}, **over})
        return self.publications.create_publication(join_once, body)


def asked(codes: tuple[str, ...], amount: int | None, over: dict[str, Any]) -> dict[str, Any]:
    """A request to validate or redeem; `credits` spends only so much of a gift voucher."""
    gift = {"gift": {"credits": over.pop("credits")}} if "credits" in over else {}
    redeemables = [{"object": "voucher", "id": code, **gift} for code in codes]
    order = {} if amount is None else {"order": {"amount": amount}}
    return {"redeemables": redeemables, **order, **over}


def sdk(address: str, keys: dict[str, str]) -> Any:
    """The SDK with only host and keys changed."""
    configuration = voucherify.Configuration(host=address)
    configuration.api_key = keys
    return voucherify.ApiClient(configuration)


def _looks(look: Callable[[], Any]) -> Iterator[Any]:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        yield look()
        time.sleep(0.02)
