"""routing: rules of where orders are sent from, the warehouse of each line, and which slice raised a flag"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Json, Key

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

RESERVED = sa.text("standing = 'reserved'")
# What a line holds or took was noted for the cause `line:<its id>:<turn>:<product>`.
WHERE_IT_LIES = """
    UPDATE order_line SET warehouse_id = (
        SELECT min(reservation.warehouse_id) FROM reservation
        WHERE reservation.order_id = order_line.order_id
        AND reservation.state <> 'released'
        AND reservation.cause LIKE 'line:' || order_line.id || ':%'
    ) WHERE standing IN ('reserved', 'shipped')
"""


def upgrade() -> None:
    op.add_column("merchant", _words("several_warehouses", "flag"))
    op.add_column("sales_order", _words("country", ""))
    op.add_column("order_line", sa.Column("warehouse_id", Key))
    op.add_column("order_line", _words("chosen", ""))
    op.add_column("order_flag", _words("raised_by", "orders"))
    op.execute(WHERE_IT_LIES)
    op.create_index(
        "ix_order_line_held", "order_line", ["warehouse_id"], sqlite_where=RESERVED, postgresql_where=RESERVED
    )
    op.create_table(
        "shipping_rule",
        *(sa.Column(name, Key, nullable=False) for name in ("id", "merchant_id")),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, Json, nullable=False) for name in ("account_ids", "countries", "skus", "warehouse_ids")),
        sa.Column("otherwise", Key, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created_at", "changed_at")),
        sa.PrimaryKeyConstraint("id", name="pk_shipping_rule"),
        sa.CheckConstraint("otherwise IN ('next', 'stop')", name="otherwise"),
    )
    op.create_index("ix_shipping_rule_page", "shipping_rule", ["merchant_id", "position", "id"])


def downgrade() -> None:
    op.drop_table("shipping_rule")
    op.drop_index("ix_order_line_held", "order_line")
    op.drop_column("order_flag", "raised_by")
    op.drop_column("order_line", "chosen")
    op.drop_column("order_line", "warehouse_id")
    op.drop_column("sales_order", "country")
    op.drop_column("merchant", "several_warehouses")


def _words(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, Key, nullable=False, server_default=default)
