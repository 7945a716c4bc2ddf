"""orders: orders with their lines, why they wait, and how far each account's feed has been read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATES = "'unpaid', 'ready', 'cancel_requested', 'shipped', 'delivered', 'returned', 'cancelled', 'unknown'"
STANDINGS = "'none', 'unlinked', 'short', 'covered', 'reserved', 'shipped', 'released'"
OPEN = sa.text("state IN ('unpaid', 'ready', 'cancel_requested', 'unknown')")


def upgrade() -> None:
    _orders()
    _lines()
    _flags()
    op.create_table(
        "feed",
        *_keys("account_id", "hook"),
        *_texts("cursor"),
        sa.Column("began_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("account_id", "hook", name="pk_feed"),
    )


def downgrade() -> None:
    for name in ("feed", "order_flag", "order_line", "sales_order"):
        op.drop_table(name)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _orders() -> None:
    op.create_table(
        "sales_order",
        *_keys("id", "merchant_id", "account_id", "ref", "number", "state"),
        *_texts("raw_state"),
        *_keys("source"),
        *_numbers("placed_at", "updated_at", "seen_at"),
        sa.Column("ship_by", sa.BigInteger),
        *_texts("courier"),
        *_keys("awb"),
        sa.Column("fulfilled_by_channel", sa.Boolean, nullable=False),
        sa.Column("total", sa.Text),
        sa.Column("currency", sa.Text),
        *_texts("buyer"),
        *_numbers("digest"),
        sa.Column("warehouse_id", Key),
        sa.Column("version", sa.Integer, nullable=False),
        *_numbers("created_at", "changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sales_order"),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name="fk_sales_order_warehouse_id"),
        sa.UniqueConstraint("account_id", "ref", name="uq_sales_order_account_id_ref"),
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
    )
    op.create_index("ix_sales_order_page", "sales_order", ["merchant_id", "id"])
    op.create_index("ix_sales_order_state", "sales_order", ["merchant_id", "state", "id"])
    op.create_index("ix_sales_order_number", "sales_order", ["merchant_id", "number"])
    op.create_index("ix_sales_order_account", "sales_order", ["account_id", "id"])
    op.create_index(
        "ix_sales_order_open", "sales_order", ["account_id", "seen_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )


def _lines() -> None:
    op.create_table(
        "order_line",
        *_keys("id", "order_id", "ref"),
        sa.Column("position", sa.Integer, nullable=False),
        *_keys("listing_ref"),
        *_texts("sku", "name"),
        *_numbers("quantity", "cancelled"),
        sa.Column("unit_price", sa.Text),
        sa.Column("currency", sa.Text),
        *_keys("place_ref", "package_ref"),
        sa.Column("listing_id", Key),
        sa.Column("product_id", Key),
        sa.Column("pack", sa.Integer, nullable=False),
        *_numbers("units"),
        sa.Column("turn", sa.Integer, nullable=False),
        *_keys("standing"),
        sa.Column("in_margin", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_line"),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name="fk_order_line_order_id"),
        sa.UniqueConstraint("order_id", "ref", name="uq_order_line_order_id_ref"),
        sa.CheckConstraint("quantity >= 0 AND cancelled >= 0 AND units >= 0", name="quantity"),
        sa.CheckConstraint("pack > 0", name="pack"),
        sa.CheckConstraint(f"standing IN ({STANDINGS})", name="standing"),
    )


def _flags() -> None:
    op.create_table(
        "order_flag",
        *_keys("order_id", "code", "merchant_id"),
        *_texts("reason", "remedy"),
        *_numbers("since"),
        sa.PrimaryKeyConstraint("order_id", "code", name="pk_order_flag"),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name="fk_order_flag_order_id"),
    )
    op.create_index("ix_order_flag_page", "order_flag", ["merchant_id", "code", "order_id"])
