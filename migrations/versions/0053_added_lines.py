"""added_lines: what was added to a line of an order after all of it was settled"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_line", sa.Column("adds_to", Key, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("order_line", "adds_to")
