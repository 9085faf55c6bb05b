"""One row per thing that happened, written in its transaction: behind subscriptions, webhooks and the audit trail."""

from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from models.metadata import Id, JsonText, UtcDateTime, metadata


class ChangeKind(StrEnum):
    """What happened: a noun, by the name of its source, and a verb in the past tense."""

    ORGANIZER_UPDATED = "organizer.updated"
    EVENT_CREATED = "event.created"
    EVENT_UPDATED = "event.updated"
    EVENT_DELETED = "event.deleted"
    SALES_CHANNEL_CREATED = "sales_channel.created"
    SALES_CHANNEL_UPDATED = "sales_channel.updated"
    SALES_CHANNEL_DELETED = "sales_channel.deleted"
    SALES_CHANNEL_ENABLED = "sales_channel.enabled"
    SALES_CHANNEL_DISABLED = "sales_channel.disabled"
    GIFT_CARD_ISSUED = "gift_card.issued"
    GIFT_CARD_UPDATED = "gift_card.updated"
    GIFT_CARD_ENABLED = "gift_card.enabled"
    GIFT_CARD_DISABLED = "gift_card.disabled"
    GIFT_CARD_TRANSACTION_BOOKED = "gift_card_transaction.booked"
    TRACKING_CAMPAIGN_CREATED = "tracking_campaign.created"
    TRACKING_CAMPAIGN_UPDATED = "tracking_campaign.updated"
    TRACKING_CAMPAIGN_DELETED = "tracking_campaign.deleted"
    TRACKING_CAMPAIGN_ENABLED = "tracking_campaign.enabled"
    TRACKING_CAMPAIGN_DISABLED = "tracking_campaign.disabled"
    TRACKING_CAMPAIGN_CLICKED = "tracking_campaign.clicked"
    ORDER_RECORDED = "order.recorded"
    ORDER_UPDATED = "order.updated"
    VOUCHER_CAMPAIGN_CREATED = "voucher_campaign.created"
    VOUCHER_CAMPAIGN_UPDATED = "voucher_campaign.updated"
    VOUCHER_CAMPAIGN_BINNED = "voucher_campaign.binned"
    VOUCHER_CAMPAIGN_DELETED = "voucher_campaign.deleted"
    VOUCHER_CAMPAIGN_ENABLED = "voucher_campaign.enabled"
    VOUCHER_CAMPAIGN_DISABLED = "voucher_campaign.disabled"
    VOUCHER_CAMPAIGN_VOUCHERS_ADDED = "voucher_campaign.vouchers_added"
    VOUCHER_CAMPAIGN_VOUCHERS_UPDATED = "voucher_campaign.vouchers_updated"
    VOUCHER_CAMPAIGN_VOUCHERS_REMOVED = "voucher_campaign.vouchers_removed"
    VOUCHER_CREATED = "voucher.created"
    VOUCHER_UPDATED = "voucher.updated"
    VOUCHER_BINNED = "voucher.binned"
    VOUCHER_DELETED = "voucher.deleted"
    VOUCHER_ENABLED = "voucher.enabled"
    VOUCHER_DISABLED = "voucher.disabled"
    VOUCHER_PUBLISHED = "voucher.published"
    VOUCHER_HELD = "voucher.held"
    VOUCHER_RELEASED = "voucher.released"
    VOUCHER_BALANCE_CHANGED = "voucher.balance_changed"
    VOUCHER_TRANSACTION_BOOKED = "voucher_transaction.booked"
    REDEMPTION_SUCCEEDED = "redemption.succeeded"
    REDEMPTION_FAILED = "redemption.failed"
    REDEMPTION_ROLLED_BACK = "redemption.rolled_back"
    REDEMPTION_ROLLBACK_FAILED = "redemption.rollback_failed"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_UPDATED = "customer.updated"
    CUSTOMER_DELETED = "customer.deleted"
    CATEGORY_CREATED = "category.created"
    CATEGORY_UPDATED = "category.updated"
    CATEGORY_DELETED = "category.deleted"
    ACTION_ENQUEUED = "action.enqueued"
    ACTION_FINISHED = "action.finished"
    # Kinds of their own, for not everybody who may know of vouchers may know of gift cards.
    ACTION_GIFT_CARDS_ENQUEUED = "action.gift_cards_enqueued"
    ACTION_GIFT_CARDS_ISSUED = "action.gift_cards_issued"
    ACTION_GIFT_CARDS_FINISHED = "action.gift_cards_finished"
    TOKEN_CREATED = "token.created"  # noqa: S105  no password
    TOKEN_REVOKED = "token.revoked"  # noqa: S105  no password
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_UPDATED = "webhook.updated"
    WEBHOOK_DELETED = "webhook.deleted"
    WEBHOOK_ENABLED = "webhook.enabled"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_PINGED = "webhook.pinged"
    WEBHOOK_REDELIVERED = "webhook.redelivered"

    @property
    def noun(self) -> str:
        """The source whose row's id is the change's `noun_id`."""
        return self.value.partition(".")[0]


change = Table(
    "change",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    # A `ChangeKind`; those of versions to come are no errors.
    Column("kind", Text, nullable=False),
    Column("noun_id", Id, nullable=False),
    # Who did it; empty for the command line.
    Column("token_id", Id),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("content", JsonText, nullable=False),
    Index(None, "organizer_id", "id"),
    # Ids are never given out twice: a reader that stands at one misses nothing.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
