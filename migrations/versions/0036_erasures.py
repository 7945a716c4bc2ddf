"""erasures: whose buyers a channel wants erased, and the messages about an order by its ref"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant, Key

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buyer_erasure",
        sa.Column("account_id", Key, nullable=False),
        sa.Column("ref", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("everyone", sa.Boolean, nullable=False),
        sa.Column("done_to", Key, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "ref", name="pk_buyer_erasure"),
    )
    op.create_index("ix_webhook_ref", "webhook", ["account_id", "ref"])


def downgrade() -> None:
    op.drop_index("ix_webhook_ref", table_name="webhook")
    op.drop_table("buyer_erasure")
