"""What the channel client keeps: one bucket per shared rate, and the last exchanges of each account."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

rate = sa.Table(
    "rate",
    metadata,
    sa.Column("scope", Key, primary_key=True),
    sa.Column("tat", sa.BigInteger, nullable=False),  # theoretical arrival time: when the bucket is full again
)

exchange = sa.Table(
    "exchange",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("failed", sa.Boolean, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),  # of a failure: its beginning, without secrets and people
    sa.Column("trace_id", sa.Text, nullable=False),
    sa.Index("ix_exchange_account_id_failed_id", "account_id", "failed", "id"),
    sa.Index("ix_exchange_failed_at", "failed", "at"),
)
