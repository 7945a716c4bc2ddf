"""stock: levels, the movements that made them, and what orders have reserved"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = "'opening', 'adjustment', 'transfer_out', 'transfer_in', 'import', 'shipment', 'receipt', 'sync'"
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _levels()
    _movements()
    _reservations()
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("reservation")
    op.drop_table("movement")
    op.drop_table("level")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION movement_append_only()")


def _levels() -> None:
    op.create_table(
        "level",
        sa.Column("warehouse_id", Key, nullable=False),
        sa.Column("product_id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("on_hand", "reserved", "held")),
        sa.Column("opened_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("warehouse_id", "product_id", name="pk_level"),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name="fk_level_warehouse_id"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_level_product_id"),
        sa.CheckConstraint("reserved >= 0", name="reserved"),
        sa.CheckConstraint("held >= 0", name="held"),
        sa.CheckConstraint("reserved + held <= on_hand", name="on_hand"),
    )
    op.create_index("ix_level_product", "level", ["product_id", "warehouse_id"])


def _movements() -> None:
    op.create_table(
        "movement",
        *(sa.Column(name, Key, nullable=False) for name in ("id", "merchant_id", "warehouse_id", "product_id", "kind")),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("cause", Key, nullable=False),
        sa.Column("reason", Key, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("actor_kind", Key, nullable=False),
        sa.Column("actor_id", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_movement"),
        sa.UniqueConstraint("cause", name="uq_movement_cause"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        sa.CheckConstraint("quantity <> 0 OR kind = 'opening'", name="quantity"),
    )
    op.create_index("ix_movement_page", "movement", ["merchant_id", "id"])
    op.create_index("ix_movement_product", "movement", ["product_id", "id"])
    op.create_index("ix_movement_warehouse", "movement", ["warehouse_id", "id"])


def _reservations() -> None:
    op.create_table(
        "reservation",
        *(
            sa.Column(name, Key, nullable=False)
            for name in ("id", "merchant_id", "cause", "order_id", "warehouse_id", "product_id")
        ),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_reservation"),
        sa.UniqueConstraint("cause", name="uq_reservation_cause"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("state IN ('open', 'shipped', 'released')", name="state"),
    )
    op.create_index("ix_reservation_order", "reservation", ["order_id", "id"])
    columns = ["product_id", "warehouse_id"]
    op.create_index("ix_reservation_open", "reservation", columns, sqlite_where=OPEN, postgresql_where=OPEN)


_SQLITE = tuple(
    f"CREATE TRIGGER movement_no_{word} BEFORE {word.upper()} ON movement"
    " BEGIN SELECT RAISE(ABORT, 'movements are append-only'); END"
    for word in ("update", "delete")
)
_POSTGRESQL = (
    "CREATE FUNCTION movement_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'movements are append-only'; END $$",
    *(
        f"CREATE TRIGGER movement_no_{word} BEFORE {word.upper()} ON movement FOR EACH ROW "
        "EXECUTE FUNCTION movement_append_only()"
        for word in ("update", "delete")
    ),
)
