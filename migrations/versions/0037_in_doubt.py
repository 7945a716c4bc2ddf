"""in doubt: units of orders from before the opening stock was counted, that were cancelled and that it may lack"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_line", sa.Column("in_doubt", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("order_line", "in_doubt")
