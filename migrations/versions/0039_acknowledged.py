"""acknowledged: the flags of an order that a person has seen to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sales_order", sa.Column("acknowledged", sa.Text, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("sales_order", "acknowledged")
