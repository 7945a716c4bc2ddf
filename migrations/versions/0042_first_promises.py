"""first promises: what a reservation was made of, before its order was edited"""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reservation_change_cause", "reservation_change", ["cause", "at", "id"])


def downgrade() -> None:
    op.drop_index("ix_reservation_change_cause", table_name="reservation_change")
