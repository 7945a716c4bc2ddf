"""stock_syncs: what warehouses of others have said lies there, and what became of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Json, Key

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('running', 'waiting')")


def upgrade() -> None:
    op.create_table(
        "stock_sync",
        *_keys("id", "merchant_id", "warehouse_id", "account_id", "cause", "state", "phase"),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_id", Key),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_stock_sync"),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name="fk_stock_sync_warehouse_id"),
        sa.CheckConstraint("cause IN ('hand', 'daily')", name="cause"),
        sa.CheckConstraint("state IN ('running', 'done', 'waiting', 'failed', 'refused')", name="state"),
        sa.CheckConstraint("phase IN ('asking', 'reading', 'checking', 'judging', 'adopting')", name="phase"),
    )
    op.create_index("ix_stock_sync_page", "stock_sync", ["warehouse_id", "id"])
    op.create_index("ix_stock_sync_job", "stock_sync", ["job_id"])
    op.create_index(
        "uq_stock_sync_open", "stock_sync", ["warehouse_id", "state"],
        unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.create_table(
        "stock_sync_line",
        *_keys("sync_id", "sku"),
        sa.Column("product_id", Key),
        *(sa.Column(name, sa.BigInteger) for name in ("good", "frozen", "damaged")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("before", "held_before", "turn", "accepted")),
        *_keys("mark"),
        *(sa.Column(name, sa.BigInteger) for name in ("after", "held")),
        *_keys("outcome"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sync_id", "sku", name="pk_stock_sync_line"),
        sa.ForeignKeyConstraint(["sync_id"], ["stock_sync.id"], name="fk_stock_sync_line_sync_id"),
        sa.CheckConstraint(
            "outcome IN ('', 'planned', 'adopted', 'same', 'changed', 'short', 'unknown', 'unnamed')", name="outcome"
        ),
    )
    op.create_index("ix_stock_sync_line_outcome", "stock_sync_line", ["sync_id", "outcome", "sku"])


def downgrade() -> None:
    op.drop_table("stock_sync_line")
    op.drop_table("stock_sync")


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]
