"""timeline: what listings showed when they were told, what was not told, and how reservations were changed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_movement_timeline": ("movement", ["product_id", "recorded_at", "id"]),
    "ix_reservation_made": ("reservation", ["product_id", "created_at", "id"]),
    "ix_push_timeline": ("push", ["product_id", "sent_at", "id"]),
    "ix_push_outlet": ("push", ["listing_id", "place_ref", "sent_at", "id"]),
    "ix_agreement_timeline": ("agreement", ["product_id", "at", "id"]),
    "ix_agreement_outlet": ("agreement", ["listing_id", "place_ref", "at", "id"]),
    "ix_agreement_past": ("agreement", ["at"]),
    "ix_reservation_change_timeline": ("reservation_change", ["product_id", "at", "id"]),
}
# What a listing showed then is not known; what it shows now mostly is that.
SHOWN = "UPDATE push SET product_id = (SELECT listing.product_id FROM listing WHERE listing.id = push.listing_id)"


def upgrade() -> None:
    op.add_column("push", sa.Column("product_id", Key))
    op.execute(SHOWN)
    op.create_table(
        "agreement",
        *_keys("id", "merchant_id", "account_id", "listing_id", "place_ref", "product_id"),
        sa.Column("figure", sa.BigInteger, nullable=False),
        *_keys("cause"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
    )
    op.create_table(
        "reservation_change",
        *_keys("id", "merchant_id", "cause", "order_id", "warehouse_id", "product_id"),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("made_at", "was", "quantity", "at")),
        sa.PrimaryKeyConstraint("id", name="pk_reservation_change"),
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    released = sa.text("state = 'released'")
    op.create_index(
        "ix_reservation_released", "reservation", ["product_id", "closed_at", "id"],
        sqlite_where=released, postgresql_where=released,
    )  # fmt: skip


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]


def downgrade() -> None:
    op.drop_index("ix_reservation_released", "reservation")
    for name, (table, _) in reversed(INDEXES.items()):
        op.drop_index(name, table)
    op.drop_table("reservation_change")
    op.drop_table("agreement")
    op.drop_column("push", "product_id")
