"""A voucher: a code that gives a discount, holds a gift balance or collects points.

Millions of them share few terms, so a voucher names its terms and carries only what is its own. The money of a gift
voucher and the points of a loyalty card are the balance of a row of `gift_card` with the flag `voucher`: one ledger,
one place where balances move. Such a row's secret is the voucher's token.
"""

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.metadata import SQLITE_TABLE, Flag, Hundredths, Id, JsonText, UtcDateTime, metadata
from models.voucher_campaign import one_of


class VoucherType(StrEnum):
    DISCOUNT_VOUCHER = "DISCOUNT_VOUCHER"
    GIFT_VOUCHER = "GIFT_VOUCHER"
    LOYALTY_CARD = "LOYALTY_CARD"


# What vouchers give and when they are valid. A row is never changed: vouchers are moved to another.
voucher_terms = Table(
    "voucher_terms",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("type", Text, nullable=False),
    # By type one of the three, as models/discount.py and docs/rest-voucherify.md describe them.
    Column("discount", JsonText),
    Column("gift", JsonText),
    Column("loyalty_card", JsonText),
    # Of the campaign's `validity_*`, each as it was given and checked (models/validity.py).
    Column("validity_timeframe", JsonText),
    Column("validity_day_of_week", JsonText),
    Column("validity_hours", JsonText),
    # ISO 8601 duration from publication to expiration.
    Column("activity_duration", Text),
    Column("is_referral_code", Flag, nullable=False, server_default=text("'0'")),
    UniqueConstraint("organizer_id", "id"),
    CheckConstraint(one_of("type", VoucherType), name="type"),
    CheckConstraint(
        "(type = 'DISCOUNT_VOUCHER' AND discount IS NOT NULL AND gift IS NULL AND loyalty_card IS NULL)"
        " OR (type = 'GIFT_VOUCHER' AND gift IS NOT NULL AND discount IS NULL AND loyalty_card IS NULL)"
        " OR (type = 'LOYALTY_CARD' AND loyalty_card IS NOT NULL AND discount IS NULL AND gift IS NULL)",
        name="one_benefit",
    ),
    **SQLITE_TABLE,
)

_UNPUBLISHED, _HELD = text("published_count = 0"), text("holder_id IS NOT NULL")

voucher = Table(
    "voucher",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("organizer_id", Id, ForeignKey("organizer.id"), nullable=False),
    Column("campaign_id", Id),
    Column("terms_id", Id, nullable=False),
    # `v_` and 32 letters and digits: as good as the code for redeeming, so as hard to guess.
    Column("token", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("active", Flag, nullable=False, server_default=text("'1'")),
    # How often it may be redeemed; empty: as often as one likes.
    Column("quantity", Integer),
    Column("redeemed_quantity", Integer, nullable=False, server_default=text("0")),
    # Of gift vouchers and loyalty cards: the row of the ledger, all that was put in, and what redemptions took out
    # (the smallest unit of the currency, or points). What is left is the ledger's balance.
    Column("gift_card_id", Id),
    Column("loaded_amount", Hundredths),
    Column("redeemed_amount", Hundredths, nullable=False, server_default=text("0")),
    Column("published_count", Integer, nullable=False, server_default=text("0")),
    # The customer it was published to last.
    Column("holder_id", Id),
    Column("starts_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("category_id", Id),
    # Empty: none.
    Column("metadata", JsonText),
    Column("additional_info", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    # When it was put into the bin by itself: it keeps its code and is read by nothing.
    Column("binned_at", UtcDateTime),
    ForeignKeyConstraint(["organizer_id", "campaign_id"], ["voucher_campaign.organizer_id", "voucher_campaign.id"]),
    ForeignKeyConstraint(["organizer_id", "terms_id"], ["voucher_terms.organizer_id", "voucher_terms.id"]),
    ForeignKeyConstraint(["organizer_id", "gift_card_id"], ["gift_card.organizer_id", "gift_card.id"]),
    ForeignKeyConstraint(["organizer_id", "holder_id"], ["customer.organizer_id", "customer.id"]),
    ForeignKeyConstraint(["organizer_id", "category_id"], ["category.organizer_id", "category.id"]),
    UniqueConstraint("organizer_id", "id"),
    UniqueConstraint("organizer_id", "token"),
    UniqueConstraint("organizer_id", "code"),
    Index(None, "organizer_id", "campaign_id", "id"),
    # Publishing takes the next one that nobody has.
    Index(
        "ix_voucher_unpublished",
        *("organizer_id", "campaign_id", "id"),
        sqlite_where=_UNPUBLISHED,
        postgresql_where=_UNPUBLISHED,
    ),
    Index("ix_voucher_holder", "organizer_id", "holder_id", "id", sqlite_where=_HELD, postgresql_where=_HELD),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("redeemed_quantity >= 0", name="redeemed_quantity_not_negative"),
    CheckConstraint("published_count >= 0", name="published_count_not_negative"),
    CheckConstraint("(gift_card_id IS NULL) = (loaded_amount IS NULL)", name="balance_with_ledger"),
    # Redemptions, bin entries and clients' caches name a voucher by its id.
    sqlite_autoincrement=True,
    **SQLITE_TABLE,
)
