"""the past: what lay where and what was promised at a recent instant, read from indexes alone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

BY_TIME = ["product_id", "recorded_at", "id"]
IS_SHIPPED = sa.text("state = 'shipped'")


def upgrade() -> None:
    op.drop_index("ix_movement_timeline", table_name="movement")
    op.create_index("ix_movement_timeline", "movement", [*BY_TIME, "warehouse_id", "quantity"])
    op.create_index(
        "ix_reservation_shipped", "reservation", ["product_id", "closed_at"],
        sqlite_where=IS_SHIPPED, postgresql_where=IS_SHIPPED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_reservation_shipped", table_name="reservation")
    op.drop_index("ix_movement_timeline", table_name="movement")
    op.create_index("ix_movement_timeline", "movement", BY_TIME)
