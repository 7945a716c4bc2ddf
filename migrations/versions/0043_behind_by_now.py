"""behind by now: how many listings an alarm is about, when somebody looked last"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stock_alarm", sa.Column("behind", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("stock_alarm", "behind")
