"""freshness: since when channels have refused figures, what is due longest, and alarms that ring"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

REFUSED = sa.text("refused_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("told", sa.Column("refused_at", sa.BigInteger))
    op.create_index(
        "ix_told_refused", "told", ["account_id", "refused_at", "listing_id", "place_ref"],
        sqlite_where=REFUSED, postgresql_where=REFUSED,
    )  # fmt: skip
    op.create_index("ix_due_push_since", "due_push", ["account_id", "since", "listing_id", "place_ref"])
    op.create_table(
        "stock_alarm",
        *(sa.Column(name, Key, nullable=False) for name in ("account_id", "kind", "merchant_id")),
        sa.Column("listings", sa.Integer, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("since", "raised_at")),
        sa.PrimaryKeyConstraint("account_id", "kind", name="pk_stock_alarm"),
        sa.CheckConstraint("kind IN ('late', 'refused')", name="kind"),
    )


def downgrade() -> None:
    op.drop_table("stock_alarm")
    op.drop_index("ix_due_push_since", "due_push")
    op.drop_index("ix_told_refused", "told")
    op.drop_column("told", "refused_at")
