"""What warehouses of others and the hub know differently, and what they have named that nobody knows."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

# Documents that a warehouse hinted at and that are none of ours.
stranger = sa.Table(
    "stranger",
    metadata,
    sa.Column("account_id", Key, primary_key=True),  # at the warehouse
    sa.Column("code", Key, primary_key=True),  # as it was hinted at
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)
sa.Index("ix_stranger_past", stranger.c.last_at)

reconciliation = sa.Table(
    "reconciliation",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),  # at the warehouses
    sa.Column("cause", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("phase", Key, nullable=False),  # how far it is; where it stands once it runs no more
    sa.Column("after", Key, nullable=False),  # the document, or the warehouse, that was looked at last
    sa.Column("sync_id", Key),  # the comparison of stock that is under way
    sa.Column("counts", Json, nullable=False),  # findings by kind
    sa.Column("reason", sa.Text, nullable=False),  # why it failed, has not gone on, or left something out
    sa.Column("job_id", Key),  # which does it; NULL: the next one
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.CheckConstraint("cause IN ('hand', 'daily')", name="cause"),
    sa.CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
    sa.CheckConstraint("phase IN ('outbounds', 'inbounds', 'stock', 'hints')", name="phase"),
)
_R = reconciliation.c
sa.Index("ix_reconciliation_page", _R.account_id, _R.id)
sa.Index("ix_reconciliation_job", _R.job_id)
sa.Index("ix_reconciliation_past", _R.created_at)
_running = sa.text("state = 'running'")
sa.Index("uq_reconciliation_running", _R.account_id, unique=True, sqlite_where=_running, postgresql_where=_running)

finding = sa.Table(
    "reconciliation_finding",
    metadata,
    sa.Column("reconciliation_id", Key, sa.ForeignKey("reconciliation.id"), primary_key=True),
    sa.Column("kind", Key, primary_key=True),
    sa.Column("warehouse_id", Key, primary_key=True),  # empty: of none in particular
    sa.Column("ref", Key, primary_key=True),  # the code of a document, or a SKU
    sa.Column("order_id", Key),
    sa.Column("product_id", Key),
    sa.Column("here", sa.BigInteger),  # units as the hub has them; NULL: it has no such thing
    sa.Column("there", sa.BigInteger),  # as the warehouse has
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),  # since when it is known to be so, over all reconciliations in a row
    sa.CheckConstraint(
        "kind IN ('unknown_there', 'unknown_here', 'frozen', 'shipped_there', 'stock')", name="kind"
    ),
)  # fmt: skip
