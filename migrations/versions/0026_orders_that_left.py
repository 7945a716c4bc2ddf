"""orders_that_left: when an order left the merchant's own shelf, by a person's word"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sales_order", sa.Column("left_at", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("sales_order", "left_at")
