"""cancel answers: what people say to buyers who ask to cancel, kept before their channel is told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'due', 'asking', 'unknown')")


def upgrade() -> None:
    op.create_table(
        "cancel_answer",
        *(sa.Column(name, Key, nullable=False) for name in ("id", "merchant_id", "account_id", "order_id")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("accept", "goods_left")),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("asked_at", "settled_at")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cancel_answer"),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name="fk_cancel_answer_order_id"),
        sa.CheckConstraint(
            "state IN ('waiting', 'due', 'asking', 'unknown', 'given', 'refused', 'moot', 'too_late')", name="state"
        ),
    )
    op.create_index("ix_cancel_answer_order", "cancel_answer", ["order_id", "id"])
    op.create_index(
        "uq_cancel_answer_open", "cancel_answer", ["order_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )  # fmt: skip
    op.create_index(
        "ix_cancel_answer_open", "cancel_answer", ["account_id", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_table("cancel_answer")
