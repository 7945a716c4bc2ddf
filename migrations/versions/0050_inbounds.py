"""inbounds: what is on its way to warehouses of others, what came of it, and how that differs from the plan"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

LOOKED_AT = sa.text("next_look_at IS NOT NULL")
UNDONE = sa.text(
    "push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (push_status = 'not_pushed' AND NOT waits)"
)
WAITS = sa.text("waits AND push_status = 'not_pushed'")
ONE_OF = {
    "kind": ("purchase", "return"),
    "push_status": ("not_pushed", "pushing", "pushed", "failed", "unknown", "void"),
    "state": ("create", "pending", "part_complete", "part_invalid", "complete", "invalid"),
    "cancel": ("", "asked", "pending", "unknown", "refused", "too_late", "cancelled"),
}
PARENTS = {"warehouse_id": "warehouse", "source_id": "warehouse"}
MAYBE = ("next_look_at", "asked_at", "pushed_at", "told_at", "closed_at")


def upgrade() -> None:
    op.create_table(
        "inbound",
        *_keys("id", "merchant_id", "account_id", "warehouse_id"),
        sa.Column("source_id", Key),
        *_keys("code", "kind", "reference"),
        *_texts("note"),
        sa.Column("expected_at", sa.BigInteger),
        *_keys("push_status", "state"),
        *_texts("word"),
        *_keys("ref"),
        *_texts("reason"),
        sa.Column("waits", sa.Boolean, nullable=False),
        *_keys("cancel"),
        *_texts("cancel_reason"),
        *(sa.Column(name, sa.BigInteger) for name in MAYBE),
        *_counts("created_at", "changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("account_id", "code", name="uq_inbound_account_id_code"),
        *(sa.ForeignKeyConstraint([name], [f"{of}.id"], name=f"fk_inbound_{name}") for name, of in PARENTS.items()),
        *(sa.CheckConstraint(f"{name} IN ({_quoted(words)})", name=name) for name, words in ONE_OF.items()),
    )
    _index("ix_inbound_page", "merchant_id", "id")
    _index("ix_inbound_push", "merchant_id", "push_status", "id")
    _index("ix_inbound_state", "merchant_id", "state", "id")
    _index("ix_inbound_warehouse", "warehouse_id", "id")
    _index("ix_inbound_look", "account_id", "next_look_at", where=LOOKED_AT)
    _index("ix_inbound_undone", "account_id", "id", where=UNDONE)
    _index("ix_inbound_waits", "warehouse_id", "id", where=WAITS)
    op.create_table(
        "inbound_line",
        *_keys("inbound_id"),
        sa.Column("number", sa.Integer, nullable=False),
        *_keys("product_id", "sku", "item_ref"),
        *_counts("quantity"),
        sa.Column("unit_cost", sa.Text),
        sa.Column("currency", sa.Text),
        *_counts("good", "damaged", "taken"),
        *_texts("note"),
        sa.PrimaryKeyConstraint("inbound_id", "number", name="pk_inbound_line"),
        sa.UniqueConstraint("inbound_id", "product_id", name="uq_inbound_line_inbound_id_product_id"),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name="fk_inbound_line_inbound_id"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_inbound_line_product_id"),
        sa.CheckConstraint("quantity > 0 AND good >= 0 AND damaged >= 0", name="quantity"),
        sa.CheckConstraint("taken >= 0 AND taken <= good + damaged", name="taken"),
    )
    op.create_table(
        "discrepancy",
        *_keys("inbound_id", "sku", "kind"),
        *_counts("planned", "good", "damaged"),
        *_texts("note"),
        *_counts("found_at", "changed_at"),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("inbound_id", "sku", "kind", name="pk_discrepancy"),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name="fk_discrepancy_inbound_id"),
        sa.CheckConstraint("kind IN ('unplanned', 'short', 'over', 'fallen', 'source')", name="kind"),
    )


def downgrade() -> None:
    for table in ("discrepancy", "inbound_line", "inbound"):
        op.drop_table(table)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in words)


def _index(name: str, *columns: str, where: sa.TextClause | None = None) -> None:
    op.create_index(name, "inbound", list(columns), sqlite_where=where, postgresql_where=where)
