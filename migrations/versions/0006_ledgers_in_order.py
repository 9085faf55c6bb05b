"""The ledgers of cards and of vouchers, each in its order; the orders of an event and of a channel in theirs.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The stored form of a boolean, as it was at this revision.
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")

LEDGER = "ix_gift_card_transaction_ledger"
BY_CHANNEL = "ix_order_organizer_id_sales_channel_id"
BY_EVENT = "ix_order_organizer_id_event_id_id"
# What was booked before is told apart by the row that it is of.
OF_VOUCHERS = """UPDATE gift_card_transaction SET voucher = '1' WHERE EXISTS (
    SELECT 1 FROM gift_card
    WHERE gift_card.organizer_id = gift_card_transaction.organizer_id
    AND gift_card.id = gift_card_transaction.gift_card_id AND gift_card.voucher = '1')"""


def upgrade() -> None:
    op.add_column("gift_card_transaction", sa.Column("voucher", FLAG, nullable=False, server_default=sa.text("'0'")))
    op.execute(OF_VOUCHERS)
    op.create_index(LEDGER, "gift_card_transaction", ["organizer_id", "voucher", "id"])
    op.drop_index(BY_CHANNEL, "order")
    op.create_index(f"{BY_CHANNEL}_id", "order", ["organizer_id", "sales_channel_id", "id"])
    op.create_index(BY_EVENT, "order", ["organizer_id", "event_id", "id"])


def downgrade() -> None:
    op.drop_index(BY_EVENT, "order")
    op.drop_index(f"{BY_CHANNEL}_id", "order")
    op.create_index(BY_CHANNEL, "order", ["organizer_id", "sales_channel_id"])
    op.drop_index(LEDGER, "gift_card_transaction")
    op.drop_column("gift_card_transaction", "voucher")
