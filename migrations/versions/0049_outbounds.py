"""outbounds: what warehouses of others are asked to send, and how far they are with it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

NUMBERED = sa.text("awb <> ''")
CURRENT = sa.text("current")
LOOKED_AT = sa.text("next_look_at IS NOT NULL")
UNDONE = sa.text(
    "push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (current AND push_status = 'not_pushed' AND waits = '[]')"
)
PROMISED = sa.text("current AND ship_by IS NOT NULL AND alerted_at IS NULL AND left_at IS NULL")
ONE_OF = {
    "push_status": ("not_pushed", "pushing", "pushed", "failed", "unknown", "void"),
    "state": ("create", "pending", "part_complete", "part_invalid", "complete", "invalid"),
    "cancel": ("", "asked", "pending", "unknown", "refused", "too_late", "cancelled"),
    "cancel_cause": ("", "order", "change", "hand"),
}
PARENTS = {"warehouse_id": "warehouse", "order_id": "sales_order", "parcel_id": "parcel"}


def upgrade() -> None:
    op.create_table(
        "outbound",
        *_keys("id", "merchant_id", "account_id", "warehouse_id", "order_id", "parcel_id"),
        sa.Column("number", sa.Integer, nullable=False),
        *_keys("code", "package_ref"),
        sa.Column("current", sa.Boolean, nullable=False),
        *_keys("push_status", "state"),
        *_texts("word"),
        *_keys("ref"),
        *_texts("reason", "waits", "told"),
        *_keys("shows", "cancel", "cancel_cause"),
        *_texts("cancel_reason", "courier"),
        *_keys("awb", "label_digest"),
        *(sa.Column(name, sa.BigInteger) for name in ("ship_by", "alerted_at", "next_look_at", "asked_at")),
        *(sa.Column(name, sa.BigInteger) for name in ("pushed_at", "left_at")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created_at", "changed_at")),
        sa.PrimaryKeyConstraint("id", name="pk_outbound"),
        sa.UniqueConstraint("code", name="uq_outbound_code"),
        sa.UniqueConstraint("order_id", "number", name="uq_outbound_order_id_number"),
        *(sa.ForeignKeyConstraint([name], [f"{of}.id"], name=f"fk_outbound_{name}") for name, of in PARENTS.items()),
        *(sa.CheckConstraint(f"{name} IN ({_quoted(words)})", name=name) for name, words in ONE_OF.items()),
    )
    _index("uq_outbound_current", "order_id", "warehouse_id", "package_ref", where=CURRENT, unique=True)
    _index("ix_outbound_page", "merchant_id", "id")
    _index("ix_outbound_push", "merchant_id", "push_status", "id")
    _index("ix_outbound_state", "merchant_id", "state", "id")
    _index("ix_outbound_warehouse", "warehouse_id", "id")
    _index("ix_outbound_parcel", "parcel_id", "number")
    _index("ix_outbound_look", "account_id", "next_look_at", where=LOOKED_AT)
    _index("ix_outbound_undone", "account_id", "id", where=UNDONE)
    _index("ix_outbound_promised", "ship_by", where=PROMISED)
    op.create_table(
        "outbound_line",
        *_keys("outbound_id", "line_id", "product_id"),
        *_texts("sku"),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        *_keys("item_ref"),
        sa.Column("shipped", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("outbound_id", "line_id", "product_id", name="pk_outbound_line"),
        sa.ForeignKeyConstraint(["outbound_id"], ["outbound.id"], name="fk_outbound_line_outbound_id"),
        sa.CheckConstraint("quantity > 0 AND shipped >= 0 AND shipped <= quantity", name="quantity"),
    )
    op.create_index(
        "ix_parcel_awb", "parcel", ["merchant_id", "awb"], sqlite_where=NUMBERED, postgresql_where=NUMBERED
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_parcel_awb", table_name="parcel")
    op.drop_table("outbound_line")
    op.drop_table("outbound")


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in words)


def _index(name: str, *columns: str, where: sa.TextClause | None = None, unique: bool = False) -> None:
    op.create_index(name, "outbound", list(columns), unique=unique, sqlite_where=where, postgresql_where=where)
