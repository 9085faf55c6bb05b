"""Redemptions are taken back: once, and stacks as a whole."""

from typing import Any

from voucherify import models

from tests.voucherify.shop import Shop, gift_of, off, refused


def rolled_back(shop: Shop, redemption_id: str, **over: Any) -> Any:
    return shop.redemptions.rollback_redemption(redemption_id, **over)


def test_a_redemption_is_taken_back(shop: Shop) -> None:
    code = shop.voucher(off(5)).code
    redemption = shop.redeem(code, amount=100).redemptions[0]
    back = rolled_back(shop, redemption.id, reason="wrong size", tracking_id="track-3")
    assert back.id.startswith("rr_")
    assert (back.object, back.redemption, back.reason) == ("redemption_rollback", redemption.id, "wrong size")
    assert (back.result, back.status, back.tracking_id) == ("SUCCESS", "SUCCEEDED", "track-3")
    assert back.order.status == "CANCELED"
    assert shop.redemptions.get_redemption(redemption.id).status == "ROLLED_BACK"
    assert shop.redeem(code, amount=100).redemptions[0].result == "SUCCESS"


def test_reasons_may_come_in_the_body(shop: Shop) -> None:
    redemption = shop.redeem(shop.voucher(off(5)).code, amount=100).redemptions[0]
    body = models.RedemptionsRollbackCreateRequestBody(reason="in the body")
    back = rolled_back(shop, redemption.id, redemptions_rollback_create_request_body=body)
    assert back.reason == "in the body"


def test_a_gift_gets_back_what_it_gave(shop: Shop) -> None:
    code = shop.voucher(gift_of(1000)).code
    redemption = shop.redeem(code, amount=300).redemptions[0]
    shop.redeem(code, amount=100)
    back = rolled_back(shop, redemption.id)
    assert (back.amount, back.voucher.gift.balance) == (-300, 900)


def test_a_redemption_is_taken_back_once(shop: Shop) -> None:
    code = shop.voucher(gift_of(1000)).code
    redemption = shop.redeem(code, amount=300).redemptions[0]
    rolled_back(shop, redemption.id)
    body = refused(lambda: rolled_back(shop, redemption.id))
    assert body.pop("resource_id").startswith("rrf_")
    assert body == {
        "code": 400,
        "key": "already_rolled_back",
        "message": "Already rolled back",
        "details": "Redemption has been already rolled back.",
        "resource_type": "redemption_rollback",
    }
    assert shop.vouchers.get_voucher(code).gift.balance == 1000


def test_a_stack_is_taken_back_whole(shop: Shop) -> None:
    ten, gift = shop.voucher(off(1000)).code, shop.voucher(gift_of(500)).code
    stack = shop.redeem(ten, gift, amount=4000)
    back = shop.redemptions.rollback_stacked_redemptions(stack.parent_redemption.id, reason="sorry")
    assert {each.redemption for each in back.rollbacks} == {each.id for each in stack.redemptions}
    assert back.parent_rollback.redemption == stack.parent_redemption.id
    assert back.order.status == "CANCELED"
    assert shop.vouchers.get_voucher(ten).redemption.redeemed_quantity == 0
    assert shop.vouchers.get_voucher(gift).gift.balance == 500
    again = refused(lambda: shop.redemptions.rollback_stacked_redemptions(stack.parent_redemption.id))
    assert again["key"] == "already_rolled_back"


def test_parts_of_a_stack_are_not_taken_back(shop: Shop) -> None:
    stack = shop.redeem(shop.voucher(off(10)).code, shop.voucher(off(5)).code, amount=4000)
    child = stack.redemptions[0].id
    expected = {
        "code": 400,
        "key": "invalid_redemption_parent",
        "message": "Invalid redemption parent",
        "details": "You can rollback only a redemption that does not have parent redemption.",
    }
    assert refused(lambda: rolled_back(shop, child)) == expected
    assert refused(lambda: shop.redemptions.rollback_stacked_redemptions(child)) == expected


def test_stacks_have_their_own_address(shop: Shop) -> None:
    stack = shop.redeem(shop.voucher(off(10)).code, shop.voucher(off(5)).code, amount=4000)
    assert refused(lambda: rolled_back(shop, stack.parent_redemption.id)) == {
        "code": 400,
        "key": "invalid_redemption",
        "message": "Invalid redemption",
        "details": "You can rollback only a single redemption. Use different endpoint for stacked redemption.",
    }


def test_a_single_one_may_be_taken_back_as_a_stack(shop: Shop) -> None:
    code = shop.voucher(gift_of(100)).code
    redemption = shop.redeem(code, amount=40).redemptions[0]
    back = shop.redemptions.rollback_stacked_redemptions(redemption.id)
    assert [each.redemption for each in back.rollbacks] == [redemption.id]
    assert shop.vouchers.get_voucher(code).gift.balance == 100
