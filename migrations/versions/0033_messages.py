"""messages: what channels sent, as it came, sealed in the first row of each delivery"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook", sa.Column("raw_key", Key))
    op.add_column("webhook", sa.Column("raw", sa.LargeBinary))
    is_kept = sa.text("raw_key IS NOT NULL")
    op.create_index("ix_webhook_raw_key", "webhook", ["raw_key"], sqlite_where=is_kept, postgresql_where=is_kept)


def downgrade() -> None:
    op.drop_index("ix_webhook_raw_key", table_name="webhook")
    op.drop_column("webhook", "raw")
    op.drop_column("webhook", "raw_key")
