"""webhooks: what channels hinted at, and how often something was refused"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant, Key

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", Key, nullable=False),
        sa.Column("credentials", Key, nullable=False),
        sa.Column("plugin", Key, nullable=False),
        sa.Column("digest", Key, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("ref", Key, nullable=False),
        sa.Column("shop_ref", Key, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("merchant_id", Key),
        sa.Column("account_id", Key),
        sa.Column("outcome", Key, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("dispatched_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("credentials", "digest", "position", name="uq_webhook_credentials_digest_position"),
    )
    waiting = sa.text("dispatched_at IS NULL")
    op.create_index(
        "ix_webhook_waiting", "webhook", ["credentials", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_webhook_page", "webhook", ["merchant_id", "id"])
    op.create_index("ix_webhook_account", "webhook", ["account_id", "id"])
    op.create_index("ix_webhook_received_at", "webhook", ["received_at"])
    op.create_table(
        "webhook_refusal",
        sa.Column("id", Key, nullable=False),
        sa.Column("credentials", Key, nullable=False),
        sa.Column("day", Key, nullable=False),
        sa.Column("code", Key, nullable=False),
        sa.Column("plugin", Key, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_refusal"),
        sa.UniqueConstraint("credentials", "day", "code", name="uq_webhook_refusal_credentials_day_code"),
    )
    op.create_index("ix_webhook_refusal_last_at", "webhook_refusal", ["last_at"])


def downgrade() -> None:
    op.drop_table("webhook_refusal")
    op.drop_table("webhook")
