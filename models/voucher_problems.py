"""Refusals about vouchers. Where the vendor documents a key for one, `code` is that key: programs match on it.

Those of a kind are constructed alike: `VoucherProblem`s with the code of the voucher they are about; the others with
what their signature names. All take `field` and further `details`.
"""

from typing import Any, ClassVar

from models.problems import Invalid, Problem


class VoucherProblem(Problem):
    """Something about one voucher. `details["voucher_code"]` is its code as it was given.

    Give `redemption`, the public id, where the attempt was kept as a failed redemption: the answer then names it.
    """

    code = "invalid_voucher"
    says: ClassVar[str] = "The voucher does not allow this."

    def __init__(self, voucher_code: str, message: str | None = None, *, field: str | None = None, **details: Any):
        super().__init__(message or self.says, field=field, voucher_code=voucher_code, **details)


class VoucherDisabled(VoucherProblem):
    """The voucher, or the campaign it belongs to, is switched off."""

    code = "voucher_disabled"
    says = "The voucher is disabled."


class VoucherNotActive(VoucherProblem):
    """Before the start date."""

    code = "voucher_not_active"
    says = "The voucher is not active yet."


class VoucherExpired(VoucherProblem):
    """At or after the expiration date."""

    code = "voucher_expired"
    says = "The voucher has expired."


class VoucherNotActiveNow(VoucherProblem):
    """Outside the time frame, the weekdays or the hours in which it is valid again and again."""

    code = "voucher_not_active_now"
    says = "The voucher is not active at this time."


class QuantityExceeded(VoucherProblem):
    """It was redeemed as often as it may be."""

    code = "quantity_exceeded"
    says = "The voucher has been redeemed as often as it may be."


class GiftAmountExceeded(VoucherProblem):
    """More credits than the gift voucher has; also a removal that would take its balance below zero."""

    code = "gift_amount_exceeded"
    says = "The voucher's balance is lower than that."


class LoyaltyPointsExceeded(VoucherProblem):
    """More points than the loyalty card has."""

    code = "loyalty_card_points_exceeded"
    says = "The card has fewer points than that."


class MissingAmount(VoucherProblem):
    """Money cannot be taken off without an order's amount."""

    code = "missing_amount"
    says = "An order with an amount is required to redeem this voucher."


class MissingOrderItemsAmount(VoucherProblem):
    """A gift that is spent on items needs items with an amount."""

    code = "missing_order_items_amount"
    says = "An order item with an amount is required to redeem this voucher."


class MissingCustomer(VoucherProblem):
    """It may only be redeemed by somebody who is named."""

    code = "missing_customer"
    says = "A customer is required to redeem this voucher."


class InvalidCustomer(VoucherProblem):
    """The customer named is not the one it belongs to."""

    code = "invalid_customer"
    says = "The voucher belongs to another customer."


class VoucherAlreadyPublished(VoucherProblem):
    """It has a holder. `details["token"]` is its public id, if it was looked up."""

    code = "voucher_already_published"
    says = "The voucher has already been published."


class VoucherCannotBePublished(VoucherProblem):
    """The customer has joined the campaign already, or the voucher's campaign forbids it."""

    code = "voucher_cannot_be_published"
    says = "Voucher cannot be published."


class InvalidVoucher(Problem):
    """A definition of a voucher that cannot be: the message says why. Of an import: items without a code."""

    code = "invalid_voucher"


class InvalidCodeConfig(Invalid):
    """Codes cannot be made like this: a setting is wrong, or fewer codes are possible than needed (`infeasible`)."""

    code = "invalid_code_config"


class InvalidCampaign(Problem):
    """A campaign that lacks what its type needs, or cannot do what is asked; the message says why."""

    code = "invalid_campaign"


class InvalidAmount(Problem):
    """An amount that is not a positive number, or not one that can be kept."""

    code = "invalid_amount"


class DuplicatedRedeemables(Problem):
    """The same voucher twice in one request."""

    code = "duplicated_redeemables"

    def __init__(self, message: str = "The same redeemable is given twice.", *, field: str | None = None) -> None:
        super().__init__(message, field=field)


class RedeemablesExceeded(Problem):
    """More of them apply than may be used together: `limit`; what `kind` names is counted (see the stacking rules)."""

    code = "applicable_redeemables_limit_exceeded"


class AlreadyRolledBack(Problem):
    """`redemption` is the public id of the redemption, `rollback` that of the failed rollback if it was kept."""

    code = "already_rolled_back"

    def __init__(self, redemption: str, *, rollback: str | None = None) -> None:
        super().__init__("The redemption has already been rolled back.", redemption=redemption, rollback=rollback)


class InvalidRedemption(Problem):
    """A redemption that cannot be rolled back like this; the message says why."""

    code = "invalid_redemption"


class InvalidRedemptionParent(Problem):
    """A redemption that is part of a stack is rolled back with all of it."""

    code = "invalid_redemption_parent"

    def __init__(
        self, message: str = "You can rollback only a redemption that does not have parent redemption."
    ) -> None:
        super().__init__(message)


class MissingVouchers(Problem):
    """A publication names neither a campaign nor a voucher."""

    code = "missing_vouchers"

    def __init__(self, message: str = "Either Campaign or Voucher is required", *, field: str | None = None) -> None:
        super().__init__(message, field=field)


class NoVoucherSuitable(Problem):
    """No voucher of the campaign is left to be published, and the campaign makes no new ones."""

    code = "no_voucher_suitable_for_publication"

    def __init__(self, message: str = "Couldn't create new vouchers for publication") -> None:
        super().__init__(message)


class TooManyVouchers(Problem):
    """More are asked for at once than may be: `limit`."""

    code = "too_many_vouchers_requested"

    def __init__(self, limit: int, *, field: str | None = None) -> None:
        super().__init__(f"Only up to {limit} can be published", field=field, limit=limit)


class DuplicateSourceId(Problem):
    """A publication with this `source_id` exists, for another customer or another voucher."""

    code = "duplicate_source_id"

    def __init__(self, source_id: str, *, field: str | None = "source_id") -> None:
        super().__init__("A publication with this source id exists.", field=field, source_id=source_id)


class DuplicateCodes(Problem):
    """An import has codes that exist already, or one code twice: `count` of them."""

    code = "duplicate_key"

    def __init__(self, count: int, *, field: str | None = "code") -> None:
        super().__init__(f"{count} voucher codes already exist.", field=field, count=count)


class MissingReward(VoucherProblem):
    """A loyalty card is redeemed without saying how many points, or for what."""

    code = "missing_reward"
    says = "Say how many points of the loyalty card are redeemed."


class InvalidOrder(Problem):
    """The order that is named is not the redemption's."""

    code = "invalid_order"

    def __init__(self, message: str = "The order is not that of the redemption.", *, field: str = "order") -> None:
        super().__init__(message, field=field)


class InvalidCsv(Problem):
    """A file that cannot be read: the message says why, `row` where, from 1 on, the header not counted."""

    code = "invalid_csv"

    def __init__(self, message: str, *, row: int | None = None, field: str | None = "file") -> None:
        super().__init__(message if row is None else f"Row {row}: {message}", field=field, row=row)
