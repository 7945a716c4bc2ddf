"""third_party_warehouses: whose account a warehouse is of, and which products it was told of"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

OPEN = sa.text("kind = 'third_party' AND archived_at IS NULL")
KNOWN = sa.text("sku <> ''")
WAITING = sa.text("due OR status IN ('pushing', 'unknown')")


def upgrade() -> None:
    for name in ("account_id", "place_ref"):
        op.add_column("warehouse", sa.Column(name, Key, nullable=False, server_default=""))
    op.create_index(
        "uq_warehouse_place", "warehouse", ["account_id", "place_ref"],
        unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.create_table(
        "placement",
        *_keys("warehouse_id", "product_id", "merchant_id", "status"),
        sa.Column("reason", sa.Text, nullable=False),
        *_keys("sku", "ref", "digest"),
        sa.Column("due", sa.Boolean, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("pushed_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "product_id", name="pk_placement"),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name="fk_placement_warehouse_id"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_placement_product_id"),
        sa.CheckConstraint("status IN ('not_pushed', 'pushing', 'pushed', 'failed', 'unknown')", name="status"),
    )
    op.create_index("ix_placement_product", "placement", ["product_id", "warehouse_id"])
    op.create_index("ix_placement_status", "placement", ["warehouse_id", "status", "product_id"])
    op.create_index(
        "uq_placement_sku", "placement", ["warehouse_id", "sku"],
        unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN,
    )  # fmt: skip
    op.create_index(
        "ix_placement_waiting", "placement", ["warehouse_id", "product_id"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("placement")
    op.drop_index("uq_warehouse_place", "warehouse")
    for name in ("place_ref", "account_id"):
        op.drop_column("warehouse", name)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]
