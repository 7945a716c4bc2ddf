"""What warehouses of others are asked to send, and how far they are with it."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

outbound = sa.Table(
    "outbound",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),  # at the warehouse
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), nullable=False),
    sa.Column("order_id", Key, sa.ForeignKey("sales_order.id"), nullable=False),
    sa.Column("parcel_id", Key, sa.ForeignKey("parcel.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # within its order, from 1
    sa.Column("code", Key, nullable=False),  # what the warehouse knows it by, the same on every try
    sa.Column("package_ref", Key, nullable=False),  # the channel's own parcel; empty: it has decided no split
    sa.Column("current", sa.Boolean, nullable=False),  # it is for what its order holds there; else another one is
    sa.Column("push_status", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("word", sa.Text, nullable=False),  # the warehouse's own
    sa.Column("ref", Key, nullable=False),  # what the warehouse calls it
    sa.Column("reason", sa.Text, nullable=False),  # why it was not taken, or what is wrong with it there
    sa.Column("waits", sa.Text, nullable=False),  # JSON: code and reason of each thing that it waits for
    sa.Column("told", sa.Text, nullable=False),  # sealed: what the warehouse is asked; empty once it has answered
    sa.Column("shows", Key, nullable=False),  # the digest of what was asked, to tell whether its order wants another
    sa.Column("cancel", Key, nullable=False),
    sa.Column("cancel_cause", Key, nullable=False),
    sa.Column("cancel_reason", sa.Text, nullable=False),  # what the warehouse said to it
    sa.Column("courier", sa.Text, nullable=False),
    sa.Column("awb", Key, nullable=False),
    sa.Column("label_digest", Key, nullable=False),  # of the file that was sent along
    sa.Column("ship_by", Instant),
    sa.Column("alerted_at", Instant),  # when people were told that it may leave too late
    sa.Column("next_look_at", Instant),  # NULL: the warehouse is not asked by itself
    sa.Column("asked_at", Instant),  # when it was pushed last, whatever came of it
    sa.Column("pushed_at", Instant),  # when the warehouse was known to have it
    sa.Column("left_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.UniqueConstraint("code"),
    sa.UniqueConstraint("order_id", "number"),
    sa.CheckConstraint(
        "push_status IN ('not_pushed', 'pushing', 'pushed', 'failed', 'unknown', 'void')", name="push_status"
    ),
    sa.CheckConstraint(
        "state IN ('create', 'pending', 'part_complete', 'part_invalid', 'complete', 'invalid')", name="state"
    ),
    sa.CheckConstraint(
        "cancel IN ('', 'asked', 'pending', 'unknown', 'refused', 'too_late', 'cancelled')", name="cancel"
    ),
    sa.CheckConstraint("cancel_cause IN ('', 'order', 'change', 'hand')", name="cancel_cause"),
)
_O = outbound.c
# One for what an order holds in a warehouse: of two that make one at once, one does.
_current = sa.text("current")
sa.Index("uq_outbound_current", _O.order_id, _O.warehouse_id, _O.package_ref, unique=True,
         sqlite_where=_current, postgresql_where=_current)  # fmt: skip
sa.Index("ix_outbound_page", _O.merchant_id, _O.id)
sa.Index("ix_outbound_push", _O.merchant_id, _O.push_status, _O.id)
sa.Index("ix_outbound_state", _O.merchant_id, _O.state, _O.id)
sa.Index("ix_outbound_warehouse", _O.warehouse_id, _O.id)
sa.Index("ix_outbound_parcel", _O.parcel_id, _O.number)
_looked_at = sa.text("next_look_at IS NOT NULL")
sa.Index("ix_outbound_look", _O.account_id, _O.next_look_at, sqlite_where=_looked_at, postgresql_where=_looked_at)
# What a job is to be under way for.
_undone = sa.text(
    "push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (current AND push_status = 'not_pushed' AND waits = '[]')"
)
sa.Index("ix_outbound_undone", _O.account_id, _O.id, sqlite_where=_undone, postgresql_where=_undone)
_promised = sa.text("current AND ship_by IS NOT NULL AND alerted_at IS NULL AND left_at IS NULL")
# What may have left all the same.
_stopped = sa.text("state IN ('invalid', 'part_invalid') AND pushed_at IS NOT NULL")
sa.Index("ix_outbound_stopped", _O.account_id, _O.pushed_at, sqlite_where=_stopped, postgresql_where=_stopped)
sa.Index("ix_outbound_promised", _O.ship_by, sqlite_where=_promised, postgresql_where=_promised)

outbound_line = sa.Table(
    "outbound_line",
    metadata,
    sa.Column("outbound_id", Key, sa.ForeignKey("outbound.id"), primary_key=True),
    sa.Column("line_id", Key, primary_key=True),  # of its order
    sa.Column("product_id", Key, primary_key=True),  # never a bundle: what it contains
    sa.Column("sku", sa.Text, nullable=False),  # as the warehouse is told it
    sa.Column("quantity", sa.BigInteger, nullable=False),  # base units
    sa.Column("item_ref", Key, nullable=False),  # what the warehouse calls the product
    sa.Column("shipped", sa.BigInteger, nullable=False),  # of them that have left, booked
    sa.CheckConstraint("quantity > 0 AND shipped >= 0 AND shipped <= quantity", name="quantity"),
)
