"""What warehouses of others have said lies there, SKU by SKU, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

stock_sync = sa.Table(
    "stock_sync",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), nullable=False),
    sa.Column("account_id", Key, nullable=False),  # at the warehouse
    sa.Column("cause", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("phase", Key, nullable=False),  # how far it is; where it stands once it runs no more
    sa.Column("cursor", sa.Text, nullable=False),  # of the page to be read next
    sa.Column("counts", Json, nullable=False),  # SKUs by what became of them
    sa.Column("reason", sa.Text, nullable=False),  # why it waits, failed, or has not gone on
    sa.Column("job_id", Key),  # which does it; NULL: the next one
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    sa.Column("read_from", Instant),  # just before the warehouse was asked for its first page
    sa.Column("read_until", Instant),  # just after it had told its last
    sa.CheckConstraint("cause IN ('hand', 'daily', 'news', 'check')", name="cause"),
    sa.CheckConstraint("state IN ('running', 'done', 'waiting', 'failed', 'refused')", name="state"),
    sa.CheckConstraint("phase IN ('asking', 'reading', 'checking', 'judging', 'adopting', 'fitting')", name="phase"),
)
_S = stock_sync.c
sa.Index("ix_stock_sync_page", _S.warehouse_id, _S.id)
sa.Index("ix_stock_sync_job", _S.job_id)
sa.Index("ix_stock_sync_past", _S.finished_at)
# One that is under way, and one that waits for a person: a newer one takes its place. Who only compares is in no way.
_open = sa.text("state IN ('running', 'waiting') AND cause <> 'check'")
sa.Index("uq_stock_sync_open", _S.warehouse_id, _S.state, unique=True,
         sqlite_where=_open, postgresql_where=_open)  # fmt: skip

stock_sync_line = sa.Table(
    "stock_sync_line",
    metadata,
    sa.Column("sync_id", Key, sa.ForeignKey("stock_sync.id"), primary_key=True),
    sa.Column("sku", Key, primary_key=True),  # as the warehouse knows it
    sa.Column("product_id", Key),  # NULL: none of ours was placed there as that
    sa.Column("good", sa.BigInteger),  # as the warehouse says; NULL: it has not named it
    sa.Column("frozen", sa.BigInteger),
    sa.Column("damaged", sa.BigInteger),
    # The level as it was before the warehouse was asked: whoever changes it since, the sync leaves it be.
    sa.Column("before", sa.BigInteger, nullable=False),
    sa.Column("held_before", sa.BigInteger, nullable=False),
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("accepted", sa.BigInteger, nullable=False),  # units of documents that the warehouse had taken then
    sa.Column("mark", Key, nullable=False),  # how its documents stood then
    sa.Column("after", sa.BigInteger),  # the level that was found to be right
    sa.Column("held", sa.BigInteger),
    sa.Column("outcome", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # Of what was accepted: units that were counted off by then, as was told only afterwards.
    sa.Column("late", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint(
        "outcome IN ('', 'planned', 'adopted', 'same', 'changed', 'short', 'unknown', 'unnamed', 'differs')",
        name="outcome",
    ),
)
_L = stock_sync_line.c
sa.Index("ix_stock_sync_line_outcome", _L.sync_id, _L.outcome, _L.sku)
# What a warehouse said of a product that was taken over, or was so already: the newest is by what it stands.
_taken_over = sa.text("outcome IN ('adopted', 'same')")
sa.Index("ix_stock_sync_line_reading", _L.product_id, _L.sync_id,
         sqlite_where=_taken_over, postgresql_where=_taken_over)  # fmt: skip
