"""stock: stocktakes by a workbook, and how often a level was moved by anything but sales"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("level", sa.Column("turn", sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "stocktake",
        *(sa.Column(name, Key, nullable=False) for name in ("id", "merchant_id", "state")),
        sa.Column("chosen", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        *(sa.Column(name, Key) for name in ("workbook", "upload", "result")),
        sa.Column("outcomes", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_id", Key),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created_at", "changed_at")),
        sa.PrimaryKeyConstraint("id", name="pk_stocktake"),
        sa.CheckConstraint("state IN ('drafting', 'ready', 'booking', 'done', 'failed')", name="state"),
    )
    op.create_index("ix_stocktake_page", "stocktake", ["merchant_id", "id"])
    op.create_index("ix_stocktake_past", "stocktake", ["changed_at"])
    op.create_table(
        "stocktake_level",
        *(sa.Column(name, Key, nullable=False) for name in ("stocktake_id", "warehouse_id", "product_id")),
        sa.Column("on_hand", sa.BigInteger),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stocktake_id", "warehouse_id", "product_id", name="pk_stocktake_level"),
    )
    op.create_table(
        "stocktake_row",
        sa.Column("stocktake_id", Key, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *(sa.Column(name, Key) for name in ("warehouse_id", "product_id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("warehouse", "sku")),
        sa.Column("counted", sa.BigInteger),
        sa.Column("moved", sa.BigInteger, nullable=False),
        sa.Column("outcome", Key, nullable=False),
        sa.Column("errors", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stocktake_id", "number", name="pk_stocktake_row"),
        sa.CheckConstraint("outcome IN ('booked', 'same', 'refused')", name="outcome"),
    )


def downgrade() -> None:
    op.drop_table("stocktake_row")
    op.drop_table("stocktake_level")
    op.drop_table("stocktake")
    op.drop_column("level", "turn")
