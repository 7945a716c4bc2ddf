"""stock: plans of what is due, what of them is approved, and accounts that are told only that"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

APPROVED = sa.text("approved IS NOT NULL")


def upgrade() -> None:
    op.add_column("due_push", sa.Column("approved", sa.BigInteger))
    op.create_index(
        "ix_due_push_approved", "due_push", ["account_id", "not_before"],
        sqlite_where=APPROVED, postgresql_where=APPROVED,
    )  # fmt: skip
    op.add_column("told", sa.Column("displayed_at", sa.BigInteger))
    op.create_table(
        "push_mode",
        *(sa.Column(name, Key, nullable=False) for name in ("account_id", "merchant_id")),
        sa.Column("approved_only", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_push_mode"),
    )
    op.create_table(
        "stock_plan",
        *(sa.Column(name, Key, nullable=False) for name in ("id", "merchant_id", "account_id", "state")),
        sa.Column("no_reading", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("job_id", Key),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_stock_plan"),
        sa.CheckConstraint("state IN ('making', 'ready')", name="state"),
    )
    op.create_index("ix_stock_plan_account", "stock_plan", ["account_id", "id"])
    op.create_table(
        "stock_plan_row",
        *(sa.Column(name, Key, nullable=False) for name in ("plan_id", "listing_id", "place_ref")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("turn", "offered")),
        sa.Column("cause", Key, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("approved_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("plan_id", "listing_id", "place_ref", name="pk_stock_plan_row"),
    )


def downgrade() -> None:
    op.drop_table("stock_plan_row")
    op.drop_table("stock_plan")
    op.drop_table("push_mode")
    op.drop_column("told", "displayed_at")
    op.drop_index("ix_due_push_approved", "due_push")
    op.drop_column("due_push", "approved")
