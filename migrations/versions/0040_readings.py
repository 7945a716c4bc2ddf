"""readings: those that no import of orders has explained yet, by themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

IS_READ = sa.text("reading IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_told_reading", "told", ["account_id", "read_at", "listing_id", "place_ref"],
        sqlite_where=IS_READ, postgresql_where=IS_READ,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_told_reading", table_name="told")
