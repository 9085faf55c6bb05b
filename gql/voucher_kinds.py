"""The closed sets of everything about vouchers. Name and value of each are the same, as both completions show them."""

from collections.abc import Callable, Mapping
from enum import Enum

import strawberry

from models.action import ActionType as StoredActionType

_value = strawberry.enum_value


@strawberry.enum(description="What the vouchers of a campaign are for.")
class VoucherCampaignType(Enum):
    DISCOUNT_COUPONS = _value("DISCOUNT_COUPONS", description="Discounts.")
    GIFT_VOUCHERS = _value("GIFT_VOUCHERS", description="Balances that are spent.")
    LOYALTY_PROGRAM = _value("LOYALTY_PROGRAM", description="Cards that collect points.")
    REFERRAL_PROGRAM = _value("REFERRAL_PROGRAM", description="Discounts or balances for whoever is referred.")
    PROMOTION = _value("PROMOTION", description="No vouchers: what is kept of it is shown as it was given.")


@strawberry.enum(description="How a campaign comes to its vouchers.")
class VoucherCampaignGrowth(Enum):
    STATIC = _value("STATIC", description="It has those that were made for it.")
    AUTO_UPDATE = _value(
        "AUTO_UPDATE", description="One more is made whenever one is to be published and none is left."
    )
    STANDALONE = _value("STANDALONE", description="It has the one that it was made with, for everybody.")


@strawberry.enum(description="How far a campaign's bulk work is.")
class VoucherCampaignStatus(Enum):
    DONE = _value("DONE", description="Nothing is under way.")
    IN_PROGRESS = _value("IN_PROGRESS", description="Vouchers are being made.")
    MODIFYING = _value("MODIFYING", description="Vouchers are being changed, imported or deleted.")
    FAILED = _value("FAILED", description="The last action failed as a whole; the campaign's actions say why.")


@strawberry.enum(description="What a voucher is.")
class VoucherType(Enum):
    DISCOUNT_VOUCHER = _value("DISCOUNT_VOUCHER", description="It takes something off an order.")
    GIFT_VOUCHER = _value("GIFT_VOUCHER", description="It holds a balance that pays for orders.")
    LOYALTY_CARD = _value("LOYALTY_CARD", description="It collects points.")


@strawberry.enum(description="How a discount is reckoned.")
class DiscountType(Enum):
    AMOUNT = _value("AMOUNT", description="So much off: `amountOff`.")
    PERCENT = _value("PERCENT", description="A part off: `percentOff`, with a limit if `amountLimit` is there.")
    FIXED = _value("FIXED", description="What is left to pay: `fixedAmount`.")
    UNIT = _value("UNIT", description="Units of a product for nothing: `unitOff` and `unitType`, or `units`.")


@strawberry.enum(description="What a discount is taken off.")
class DiscountEffect(Enum):
    APPLY_TO_ORDER = _value("APPLY_TO_ORDER", description="The order as a whole.")
    APPLY_TO_ITEMS = _value("APPLY_TO_ITEMS", description="Every item.")
    APPLY_TO_ITEMS_PROPORTIONALLY = _value(
        "APPLY_TO_ITEMS_PROPORTIONALLY", description="All items together, each by what it costs."
    )
    APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY = _value(
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY", description="All items together, each by its quantity."
    )
    APPLY_TO_ITEMS_BY_QUANTITY = _value("APPLY_TO_ITEMS_BY_QUANTITY", description="Every unit of every item.")
    ADD_MISSING_ITEMS = _value("ADD_MISSING_ITEMS", description="Units are free; those that the order lacks are added.")
    ADD_NEW_ITEMS = _value("ADD_NEW_ITEMS", description="Units are added for nothing.")
    ADD_MANY_ITEMS = _value("ADD_MANY_ITEMS", description="Units of several products, each with an effect of its own.")
    ADD_SAME_ITEMS = _value("ADD_SAME_ITEMS", description="Units of what the order has are added for nothing.")


@strawberry.enum(description="What the balance of a gift voucher pays for.")
class GiftEffect(Enum):
    APPLY_TO_ORDER = _value("APPLY_TO_ORDER", description="The order as a whole.")
    APPLY_TO_ITEMS = _value("APPLY_TO_ITEMS", description="Its items, each by what it costs.")


@strawberry.enum(description="A day of the week.")
class Weekday(Enum):
    SUNDAY = _value("SUNDAY", description="Sunday.")
    MONDAY = _value("MONDAY", description="Monday.")
    TUESDAY = _value("TUESDAY", description="Tuesday.")
    WEDNESDAY = _value("WEDNESDAY", description="Wednesday.")
    THURSDAY = _value("THURSDAY", description="Thursday.")
    FRIDAY = _value("FRIDAY", description="Friday.")
    SATURDAY = _value("SATURDAY", description="Saturday.")


@strawberry.enum(description="What bulk work is done.")
class ActionType(Enum):
    CAMPAIGN_VOUCHERS_GENERATE = _value("CAMPAIGN_VOUCHERS_GENERATE", description="Vouchers of a campaign are made.")
    CAMPAIGN_VOUCHERS_UPDATE = _value(
        "CAMPAIGN_VOUCHERS_UPDATE", description="A campaign's changes are brought to the vouchers nobody has or used."
    )
    CAMPAIGN_VOUCHERS_DELETE = _value("CAMPAIGN_VOUCHERS_DELETE", description="Vouchers of a campaign are deleted.")
    CAMPAIGN_VOUCHERS_IMPORT = _value("CAMPAIGN_VOUCHERS_IMPORT", description="Vouchers come from a list.")
    CAMPAIGN_VOUCHERS_IMPORT_CSV = _value("CAMPAIGN_VOUCHERS_IMPORT_CSV", description="Vouchers come from a file.")
    VOUCHERS_IMPORT = _value("VOUCHERS_IMPORT", description="Vouchers without a campaign come from a list.")
    VOUCHERS_IMPORT_CSV = _value("VOUCHERS_IMPORT_CSV", description="Vouchers without a campaign come from a file.")
    GIFT_CARDS_ISSUE = _value("GIFT_CARDS_ISSUE", description="Gift cards are issued.")


@strawberry.enum(description="How far an action is.")
class ActionStatus(Enum):
    ENQUEUED = _value("ENQUEUED", description="It waits for its turn.")
    IN_PROGRESS = _value("IN_PROGRESS", description="It is being worked on, in chunks and in turn with others.")
    DONE = _value("DONE", description="It is over; some items may have failed.")
    FAILED = _value("FAILED", description="It could not be brought to its end; what it did stays.")


@strawberry.enum(description="What happened at a till.")
class RedemptionKind(Enum):
    REDEMPTION = _value("REDEMPTION", description="A voucher was used, or several were.")
    ROLLBACK = _value("ROLLBACK", description="A redemption was taken back.")


@strawberry.enum(description="What came of a redemption or a rollback.")
class RedemptionStatus(Enum):
    SUCCEEDED = _value("SUCCEEDED", description="It was done.")
    FAILED = _value("FAILED", description="It was refused; `failureCode` says why.")
    ROLLED_BACK = _value("ROLLED_BACK", description="It was done, and taken back later.")


@strawberry.enum(description="Whether a voucher may be used for an order.")
class RedeemableStatus(Enum):
    APPLICABLE = _value("APPLICABLE", description="It may.")
    INAPPLICABLE = _value("INAPPLICABLE", description="It may not; `error` says why.")
    SKIPPED = _value("SKIPPED", description="It was not looked at, because one before it may not be used.")


@strawberry.enum(description="How an order of a shop stands.")
class BasketStatus(Enum):
    CREATED = _value("CREATED", description="It was made.")
    PAID = _value("PAID", description="It was paid for.")
    CANCELED = _value("CANCELED", description="It was called off.")
    FULFILLED = _value("FULFILLED", description="It was delivered.")


@strawberry.enum(description="What a booking on the balance of a voucher was.")
class VoucherTransactionType(Enum):
    CREDITS_REDEMPTION = _value("CREDITS_REDEMPTION", description="Money was taken for an order.")
    CREDITS_REFUND = _value("CREDITS_REFUND", description="Money was given back.")
    CREDITS_ADDITION = _value("CREDITS_ADDITION", description="Money was put in.")
    CREDITS_REMOVAL = _value("CREDITS_REMOVAL", description="Money was taken out.")
    POINTS_REDEMPTION = _value("POINTS_REDEMPTION", description="Points were taken for an order.")
    POINTS_REFUND = _value("POINTS_REFUND", description="Points were given back.")
    POINTS_ADDITION = _value("POINTS_ADDITION", description="Points were given.")
    POINTS_REMOVAL = _value("POINTS_REMOVAL", description="Points were taken away.")


@strawberry.enum(description="What is in the bin.")
class BinResource(Enum):
    CAMPAIGN = _value("CAMPAIGN", description="A voucher campaign with its vouchers.")
    VOUCHER = _value("VOUCHER", description="A voucher.")


# In the order of their numbers: 0 is Sunday.
WEEKDAYS = tuple(day.name for day in Weekday)
# GraphQL's names of actions and of what happened at a till, and those that are stored.
STORED_ACTION_TYPES: Mapping[str, str] = {each.value.replace(".", "_"): each.value for each in StoredActionType}
STORED_RESOURCES: Mapping[str, str] = {"CAMPAIGN": "campaign", "VOUCHER": "voucher"}
STORED_KINDS: Mapping[str, str] = {"REDEMPTION": "redemption", "ROLLBACK": "redemption_rollback"}


def shown(stored: Mapping[str, str]) -> Callable[[str | None], str | None]:
    """What shows a stored value by GraphQL's name for it."""
    names = {value: name for name, value in stored.items()}
    return lambda value: None if value is None else names[value]


def weekdays(numbers: list[int] | None) -> list[str] | None:
    return None if numbers is None else [WEEKDAYS[number] for number in numbers]
