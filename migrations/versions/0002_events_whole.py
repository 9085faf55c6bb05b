"""Events whole, the channels they are sold through, tracking campaigns with their clicks and orders, signing keys.

Revision 0002, after 0001.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The stored form of each kind of value, as it was at this revision.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEGREES: sa.types.TypeEngine[Any] = sa.Double().with_variant(sa.REAL(), "sqlite")
FLAG = sa.Integer().with_variant(sa.Boolean(), "postgresql")
TIME = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.Text()

EVENT_COLUMNS = (
    ("date_admission", TIME, None),
    ("presale_start", TIME, None),
    ("presale_end", TIME, None),
    ("geo_lat", DEGREES, None),
    ("geo_lon", DEGREES, None),
    ("meta_data", JSON, "'{}'"),
    ("item_meta_properties", JSON, "'{}'"),
    ("all_sales_channels", FLAG, "'1'"),
)


def upgrade() -> None:
    _add("organizer", "event_properties", JSON, "'{}'")
    _add("organizer", "plugins", JSON, "'[]'")
    for name, kind, default in EVENT_COLUMNS:
        _add("event", name, kind, default)
    _event_sales_channels()
    _tracking_campaigns()
    _tracking_days()
    _tracking_orders()
    _signing_keys()


def downgrade() -> None:
    for table in ("signing_key", "tracking_order", "tracking_day", "tracking_campaign", "event_sales_channel"):
        op.drop_table(table)
    for name, *_ in reversed(EVENT_COLUMNS):
        op.drop_column("event", name)
    op.drop_column("organizer", "plugins")
    op.drop_column("organizer", "event_properties")


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], default: str | None) -> None:
    given = None if default is None else sa.text(default)
    op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=given))


def _event_sales_channels() -> None:
    op.create_table(
        "event_sales_channel",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("sales_channel_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "event_id", "sales_channel_id", name="pk_event_sales_channel"),
        _of("event_sales_channel", "event"),
        _of("event_sales_channel", "sales_channel"),
        sqlite_strict=True,
    )
    _index("event_sales_channel", "organizer_id", "sales_channel_id")


def _tracking_campaigns() -> None:
    op.create_table(
        "tracking_campaign",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("external_target", sa.Text(), nullable=False),
        sa.Column("active", FLAG, nullable=False, server_default=sa.text("'1'")),
        sa.Column("click_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("order_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracking_campaign"),
        _of("tracking_campaign", "event"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_tracking_campaign_organizer_id_id"),
        sa.CheckConstraint("click_count >= 0", name=op.f("ck_tracking_campaign_click_count_not_negative")),
        sa.CheckConstraint("order_count >= 0", name=op.f("ck_tracking_campaign_order_count_not_negative")),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_tracking_campaign_organizer_id"),
        sa.UniqueConstraint("code", name="uq_tracking_campaign_code"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    _index("tracking_campaign", "organizer_id", "event_id", "id")


def _tracking_days() -> None:
    op.create_table(
        "tracking_day",
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("tracking_campaign_id", ID, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracking_day"),
        _of("tracking_day", "tracking_campaign"),
        sa.UniqueConstraint(
            "organizer_id",
            "tracking_campaign_id",
            "day",
            name="uq_tracking_day_organizer_id_tracking_campaign_id_day",
        ),
        sa.CheckConstraint("clicks > 0", name=op.f("ck_tracking_day_clicks_positive")),
        sqlite_strict=True,
    )


def _tracking_orders() -> None:
    op.create_table(
        "tracking_order",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("tracking_campaign_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("organizer_id", "tracking_campaign_id", "order_id", name="pk_tracking_order"),
        _of("tracking_order", "tracking_campaign"),
        _of("tracking_order", "order"),
        sqlite_strict=True,
    )
    _index("tracking_order", "organizer_id", "order_id")


def _signing_keys() -> None:
    op.create_table(
        "signing_key",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("purpose", name="pk_signing_key"),
        sqlite_strict=True,
    )


def _of(table: str, other: str) -> sa.ForeignKeyConstraint:
    """To a row of the same tenant, with which this one goes."""
    columns = ["organizer_id", f"{other}_id"]
    name = f"fk_{table}_organizer_id_{other}_id"
    return sa.ForeignKeyConstraint(columns, [f"{other}.organizer_id", f"{other}.id"], name=name, ondelete="CASCADE")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
