"""erased: of whom nothing is taken in again, and the messages of a shop that are still there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant, Key

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

IS_SEALED = sa.text("raw_key IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "buyer_erased",
        sa.Column("digest", Key, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_buyer_erased"),
    )
    op.create_index("ix_buyer_erased_at", "buyer_erased", ["at"])
    op.create_index(
        "ix_webhook_raw_shop", "webhook", ["credentials", "shop_ref", "id"],
        sqlite_where=IS_SEALED, postgresql_where=IS_SEALED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_webhook_raw_shop", table_name="webhook")
    op.drop_index("ix_buyer_erased_at", table_name="buyer_erased")
    op.drop_table("buyer_erased")
