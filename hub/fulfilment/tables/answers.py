"""What people say to buyers who ask to cancel, and whether their channel knows."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

cancel_answer = sa.Table(
    "cancel_answer",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),  # of its order
    sa.Column("order_id", Key, sa.ForeignKey("sales_order.id"), nullable=False),
    sa.Column("accept", sa.Boolean, nullable=False),
    sa.Column("goods_left", sa.Boolean, nullable=False),  # agreed to although goods have left, by a person's word
    sa.Column("reason", sa.Text, nullable=False),  # as the channel is told it
    sa.Column("state", Key, nullable=False),
    sa.Column("words", sa.Text, nullable=False),  # what it waits for, or why nothing came of it
    sa.Column("asked_at", Instant),  # when the channel was told last, whatever came of it
    sa.Column("settled_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint(
        "state IN ('waiting', 'due', 'asking', 'unknown', 'given', 'refused', 'moot', 'too_late')", name="state"
    ),
)
_A = cancel_answer.c
sa.Index("ix_cancel_answer_order", _A.order_id, _A.id)
# Of two people who answer at once, one does.
_open = sa.text("state IN ('waiting', 'due', 'asking', 'unknown')")
sa.Index("uq_cancel_answer_open", _A.order_id, unique=True, sqlite_where=_open, postgresql_where=_open)
sa.Index("ix_cancel_answer_open", _A.account_id, _A.id, sqlite_where=_open, postgresql_where=_open)
