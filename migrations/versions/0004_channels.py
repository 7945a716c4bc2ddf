"""Accounts on channels, their tokens and connections, plugin switches and access requests."""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant, Json, Key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "switch",
        sa.Column("merchant_id", Key, primary_key=True),
        sa.Column("plugin", Key, primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
    _account()
    op.create_table(
        "token",
        sa.Column("credentials", Key, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("obtained_at", Instant),
        sa.Column("expires_at", Instant),
        sa.Column("renew_at", Instant),
        sa.Column("holder", Key, nullable=False),
        sa.Column("held_until", Instant),
        sa.Column("problem", Json),
    )
    op.create_table(
        "connection",
        sa.Column("credentials", Key, primary_key=True),
        sa.Column("plugin", Key, nullable=False),
        sa.Column("digest", Key, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("plugin", "digest"),
    )
    op.create_table(
        "access_request",
        sa.Column("id", Key, primary_key=True),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("plugin", Key, nullable=False),
        sa.Column("store_name", sa.Text, nullable=False),
        sa.Column("store_link", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_index("ix_access_request_merchant_id", "access_request", ["merchant_id", "id"])


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", Key, primary_key=True),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("plugin", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("credentials", Key, nullable=False),
        sa.Column("identity", Key, nullable=False),
        sa.Column("shop_ref", Key, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("lacks", Json, nullable=False),
        sa.Column("places", Json, nullable=False),
        sa.Column("notes", Json, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("checked_at", Instant, nullable=False),
        sa.Column("connected_at", Instant),
        sa.CheckConstraint("state IN ('active', 'paused', 'needs_action', 'closed')", name="state"),
    )
    open_accounts = sa.text("state <> 'closed'")
    op.create_index(
        "uq_account_identity",
        "account",
        ["plugin", "identity"],
        unique=True,
        sqlite_where=open_accounts,
        postgresql_where=open_accounts,
    )
    op.create_index("ix_account_merchant_id", "account", ["merchant_id", "plugin", "id"])
    op.create_index("ix_account_credentials", "account", ["credentials"])


def downgrade() -> None:
    for table in ("access_request", "connection", "token", "account", "switch"):
        op.drop_table(table)
