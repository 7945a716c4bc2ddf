"""stock: what channels are told, what is due to be told, and by which rules"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("tells_stock", sa.Boolean, nullable=False, server_default=sa.false()))
    _rules()
    _due()
    _told()
    _pushes()


def downgrade() -> None:
    for name in ("push", "told", "due_push", "stock_rule"):
        op.drop_table(name)
    op.drop_column("account", "tells_stock")


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]


def _rules() -> None:
    op.create_table(
        "stock_rule",
        *_keys("account_id", "product_id", "merchant_id"),
        sa.Column("buffer", sa.BigInteger),
        sa.Column("percent", sa.Integer),
        sa.Column("cap", sa.BigInteger),
        sa.Column("fixed", sa.BigInteger),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "product_id", name="pk_stock_rule"),
        sa.CheckConstraint("buffer >= 0 AND cap >= 0 AND fixed >= 0 AND percent BETWEEN 0 AND 100", name="figures"),
    )


def _due() -> None:
    op.create_table(
        "due_push",
        *_keys("account_id", "listing_id", "place_ref", "merchant_id"),
        sa.Column("turn", sa.BigInteger, nullable=False),
        *_keys("cause"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "listing_id", "place_ref", name="pk_due_push"),
    )
    op.create_index("ix_due_push_next", "due_push", ["account_id", "not_before"])


def _told() -> None:
    op.create_table(
        "told",
        *_keys("listing_id", "place_ref", "account_id"),
        *(sa.Column(name, sa.BigInteger) for name in ("shown", "asked_at", "shown_at", "expected")),
        sa.Column("unsure", sa.Boolean, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("void", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("reading", "read_at", "touched_at", "displayed")),
        sa.PrimaryKeyConstraint("listing_id", "place_ref", name="pk_told"),
    )
    op.create_index("ix_told_account", "told", ["account_id", "listing_id"])


def _pushes() -> None:
    op.create_table(
        "push",
        *_keys("id", "merchant_id", "account_id", "listing_id", "place_ref"),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("expected", sa.BigInteger),
        *_keys("cause"),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        *_keys("status"),
        sa.Column("actual", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_push"),
        sa.CheckConstraint("status IN ('sent', 'confirmed', 'refused', 'stale', 'lost')", name="status"),
    )
    op.create_index("ix_push_listing", "push", ["listing_id", "id"])
    op.create_index("ix_push_past", "push", ["sent_at"])
