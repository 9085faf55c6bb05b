"""Gift cards that are issued many at a time: a type of action, and the action of each card.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The stored form of each kind of value, as it was at this revision.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.Text()

OF_VOUCHERS = (
    "'CAMPAIGN.VOUCHERS_GENERATE', 'CAMPAIGN.VOUCHERS_UPDATE', 'CAMPAIGN.VOUCHERS_DELETE', "
    "'CAMPAIGN.VOUCHERS_IMPORT', 'CAMPAIGN.VOUCHERS_IMPORT_CSV', 'VOUCHERS.IMPORT', "
    "'VOUCHERS.IMPORT_CSV'"
)
ISSUE = "'GIFT_CARDS.ISSUE'"
CHECK = "ck_action_type"
OPEN = "status IN ('ENQUEUED', 'IN_PROGRESS')"


def upgrade() -> None:
    op.add_column("gift_card", sa.Column("action_id", ID))
    op.create_index(
        "ix_gift_card_action",
        "gift_card",
        ["organizer_id", "action_id", "id"],
        sqlite_where=sa.text("action_id IS NOT NULL"),
        postgresql_where=sa.text("action_id IS NOT NULL"),
    )
    _allow(f"{OF_VOUCHERS}, {ISSUE}")


def downgrade() -> None:
    op.execute(f"DELETE FROM action WHERE type = {ISSUE}")  # noqa: S608  a name of our own
    _allow(OF_VOUCHERS)
    op.drop_index("ix_gift_card_action", "gift_card")
    op.drop_column("gift_card", "action_id")


def _allow(types: str) -> None:
    """Let actions be of these types and of no others."""
    condition = f"type IN ({types})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(CHECK), "action", type_="check")
        op.create_check_constraint(op.f(CHECK), "action", condition)
    else:
        _rebuild(condition)


def _rebuild(condition: str) -> None:
    """SQLite changes no checks: the rows move to a table that has the new one.

    Foreign keys are off meanwhile (server/migrating.py), so what names an action stays and finds it again by its name.
    """
    newest = op.get_bind().execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'action'")).scalar()
    table = _action("action_new", condition)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    op.execute(f"INSERT INTO action_new ({names}) SELECT {names} FROM action")  # noqa: S608  names of our own
    op.drop_table("action")
    op.rename_table("action_new", "action")
    if newest is not None:
        # Ids of actions that are gone are not given out again.
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'action'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('action', {int(newest)})")  # noqa: S608
    op.create_index("ix_action_open", "action", ["turn", "id"], sqlite_where=sa.text(OPEN))
    op.create_index("ix_action_organizer_id_campaign_id_id", "action", ["organizer_id", "campaign_id", "id"])
    of_campaign = ["organizer_id", "campaign_id", "id"]
    op.create_index("ix_action_open_of_campaign", "action", of_campaign, sqlite_where=sa.text(OPEN))


def _action(name: str, condition: str) -> sa.Table:
    """As revision 0003 made it, but for the check."""
    return op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("campaign_id", ID),
        sa.Column("token_id", ID),
        sa.Column("request_id", sa.Text()),
        sa.Column("input", JSON, nullable=False),
        sa.Column("state", JSON, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("total", ID),
        sa.Column("done_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("failed_count", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("result", JSON),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME),
        sa.Column("finished_at", TIME),
        sa.Column("processing_ms", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("turn", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("fence", ID, nullable=False, server_default=sa.text("0")),
        sa.Column("lease_until", ID, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name="pk_action"),
        sa.CheckConstraint(
            "status IN ('RECEIVING', 'ENQUEUED', 'IN_PROGRESS', 'DONE', 'FAILED')", name=op.f("ck_action_status")
        ),
        sa.CheckConstraint("failed_count >= 0 AND done_count >= 0", name=op.f("ck_action_counts_not_negative")),
        sa.CheckConstraint(condition, name=op.f(CHECK)),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizer.id"], name="fk_action_organizer_id"),
        sa.UniqueConstraint("organizer_id", "id", name="uq_action_organizer_id_id"),
        sa.UniqueConstraint("organizer_id", "token", name="uq_action_organizer_id_token"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
