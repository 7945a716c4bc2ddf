"""reconciliations: what warehouses of others and the hub know differently"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Json, Key

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

RUNNING = sa.text("state = 'running'")
STOPPED = sa.text("state IN ('invalid', 'part_invalid') AND pushed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "stranger",
        *_keys("account_id", "code"),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("first_at", "last_at")),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code", name="pk_stranger"),
    )
    op.create_index("ix_stranger_past", "stranger", ["last_at"])
    op.create_table(
        "reconciliation",
        *_keys("id", "merchant_id", "account_id", "cause", "state", "phase", "after"),
        sa.Column("sync_id", Key),
        sa.Column("counts", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_id", Key),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
        sa.CheckConstraint("cause IN ('hand', 'daily')", name="cause"),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        sa.CheckConstraint("phase IN ('outbounds', 'inbounds', 'stock', 'hints')", name="phase"),
    )
    op.create_index("ix_reconciliation_page", "reconciliation", ["account_id", "id"])
    op.create_index("ix_reconciliation_job", "reconciliation", ["job_id"])
    op.create_index("ix_reconciliation_past", "reconciliation", ["created_at"])
    op.create_index(
        "uq_reconciliation_running", "reconciliation", ["account_id"],
        unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING,
    )  # fmt: skip
    op.create_table(
        "reconciliation_finding",
        *_keys("reconciliation_id", "kind", "warehouse_id", "ref"),
        sa.Column("order_id", Key),
        sa.Column("product_id", Key),
        sa.Column("here", sa.BigInteger),
        sa.Column("there", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("reconciliation_id", "kind", "warehouse_id", "ref", name="pk_reconciliation_finding"),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"], ["reconciliation.id"], name="fk_reconciliation_finding_reconciliation_id"
        ),
        sa.CheckConstraint(
            "kind IN ('unknown_there', 'unknown_here', 'frozen', 'shipped_there', 'stock')", name="kind"
        ),
    )
    op.create_index(
        "ix_outbound_stopped", "outbound", ["account_id", "pushed_at"],
        sqlite_where=STOPPED, postgresql_where=STOPPED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_outbound_stopped", "outbound")
    for table in ("reconciliation_finding", "reconciliation", "stranger"):
        op.drop_table(table)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]
