"""readings: when warehouses were read, and what was told afterwards of which they had counted it already"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Json, Key

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

OPEN = "state IN ('running', 'waiting')"
ADOPTS = f"{OPEN} AND cause <> 'check'"
TAKEN_OVER = sa.text("outcome IN ('adopted', 'same')")
CAUSES = ("hand", "daily")
PHASES = ("asking", "reading", "checking", "judging", "adopting")
OUTCOMES = ("", "planned", "adopted", "same", "changed", "short", "unknown", "unnamed")
SYNC = (
    "id", "merchant_id", "warehouse_id", "account_id", "cause", "state", "phase", "cursor", "counts", "reason",
    "job_id", "created_at", "started_at", "finished_at",
)  # fmt: skip
LINE = (
    "sync_id", "sku", "product_id", "good", "frozen", "damaged", "before", "held_before", "turn", "accepted", "mark",
    "after", "held", "outcome", "reason",
)  # fmt: skip


def upgrade() -> None:
    # Neither database can be told another CHECK of a table that is there: SQLite has no word for it.
    _put_aside()
    _make_syncs((*CAUSES, "news", "check"), (*PHASES, "fitting"), ADOPTS, "read_from", "read_until")
    late = sa.Column("late", sa.BigInteger, nullable=False, server_default="0")
    _make_lines((*OUTCOMES, "differs"), late)
    op.create_index(
        "ix_stock_sync_line_reading", "stock_sync_line", ["product_id", "sync_id"],
        sqlite_where=TAKEN_OVER, postgresql_where=TAKEN_OVER,
    )  # fmt: skip
    op.create_index("ix_stock_sync_past", "stock_sync", ["finished_at"])
    _put_back()


def downgrade() -> None:
    _put_aside()
    op.execute("DELETE FROM kept_line WHERE sync_id IN (SELECT id FROM kept_sync WHERE cause = 'check')")
    op.execute("DELETE FROM kept_sync WHERE cause = 'check'")
    op.execute("UPDATE kept_sync SET cause = 'hand' WHERE cause = 'news'")
    op.execute("UPDATE kept_sync SET phase = 'adopting' WHERE phase = 'fitting'")
    _make_syncs(CAUSES, PHASES, OPEN)
    _make_lines(OUTCOMES)
    _put_back()


def _put_aside() -> None:
    op.execute("CREATE TABLE kept_sync AS SELECT * FROM stock_sync")
    op.execute("CREATE TABLE kept_line AS SELECT * FROM stock_sync_line")
    op.drop_table("stock_sync_line")
    op.drop_table("stock_sync")


def _put_back() -> None:
    for table, kept, columns in (("stock_sync", "kept_sync", SYNC), ("stock_sync_line", "kept_line", LINE)):
        named = ", ".join(f'"{column}"' for column in columns)
        op.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM {kept}")  # noqa: S608 - our own names
        op.drop_table(kept)


def _make_syncs(causes: Sequence[str], phases: Sequence[str], is_open: str, *instants: str) -> None:
    op.create_table(
        "stock_sync",
        *_keys("id", "merchant_id", "warehouse_id", "account_id", "cause", "state", "phase"),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_id", Key),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("started_at", "finished_at", *instants)),
        sa.PrimaryKeyConstraint("id", name="pk_stock_sync"),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name="fk_stock_sync_warehouse_id"),
        sa.CheckConstraint(_within("cause", causes), name="cause"),
        sa.CheckConstraint("state IN ('running', 'done', 'waiting', 'failed', 'refused')", name="state"),
        sa.CheckConstraint(_within("phase", phases), name="phase"),
    )
    op.create_index("ix_stock_sync_page", "stock_sync", ["warehouse_id", "id"])
    op.create_index("ix_stock_sync_job", "stock_sync", ["job_id"])
    where = sa.text(is_open)
    op.create_index(
        "uq_stock_sync_open", "stock_sync", ["warehouse_id", "state"],
        unique=True, sqlite_where=where, postgresql_where=where,
    )  # fmt: skip


def _make_lines(outcomes: Sequence[str], *more: sa.Column[int]) -> None:
    op.create_table(
        "stock_sync_line",
        *_keys("sync_id", "sku"),
        sa.Column("product_id", Key),
        *(sa.Column(name, sa.BigInteger) for name in ("good", "frozen", "damaged")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("before", "held_before", "turn", "accepted")),
        *_keys("mark"),
        *(sa.Column(name, sa.BigInteger) for name in ("after", "held")),
        *_keys("outcome"),
        sa.Column("reason", sa.Text, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("sync_id", "sku", name="pk_stock_sync_line"),
        sa.ForeignKeyConstraint(["sync_id"], ["stock_sync.id"], name="fk_stock_sync_line_sync_id"),
        sa.CheckConstraint(_within("outcome", outcomes), name="outcome"),
    )
    op.create_index("ix_stock_sync_line_outcome", "stock_sync_line", ["sync_id", "outcome", "sku"])


def _within(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Key, nullable=False) for name in names]
