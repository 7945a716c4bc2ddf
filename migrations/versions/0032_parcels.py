"""parcels: what has left of an order and whether its channel knows, and labels"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parcel",
        *_keys("id", "merchant_id", "account_id", "order_id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("courier", sa.Text, nullable=False),
        *_keys("awb"),
        sa.Column("left_at", sa.BigInteger),
        *_keys("confirmation"),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parcel"),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name="fk_parcel_order_id"),
        sa.UniqueConstraint("order_id", "number", name="uq_parcel_order_id_number"),
        sa.CheckConstraint("confirmation IN ('nobody', 'due', 'confirmed', 'failed')", name="confirmation"),
    )
    due = sa.text("confirmation = 'due'")
    op.create_index("ix_parcel_due", "parcel", ["account_id"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "label",
        *_keys("id", "merchant_id", "parcel_id", "shows"),
        sa.Column("shipment", sa.Text, nullable=False),
        *_keys("digest"),
        sa.Column("courier", sa.Text, nullable=False),
        *_keys("awb"),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_label"),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name="fk_label_parcel_id"),
        sa.UniqueConstraint("parcel_id", "shows", name="uq_label_parcel_id_shows"),
    )


def downgrade() -> None:
    op.drop_table("label")
    op.drop_table("parcel")


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]
