"""What is on its way to warehouses of others, what came of it, and how that differs from what was planned."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),  # at the warehouse
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), nullable=False),
    sa.Column("source_id", Key, sa.ForeignKey("warehouse.id")),  # the merchant's own, which it leaves; NULL: none
    sa.Column("code", Key, nullable=False),  # what the warehouse knows it by, the same on every try
    sa.Column("kind", Key, nullable=False),
    sa.Column("reference", Key, nullable=False),  # the merchant's own
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("expected_at", Instant),
    sa.Column("push_status", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("word", sa.Text, nullable=False),  # the warehouse's own
    sa.Column("ref", Key, nullable=False),  # what the warehouse calls it
    sa.Column("reason", sa.Text, nullable=False),  # why it was not taken, waits, or what is wrong with it there
    sa.Column("waits", sa.Boolean, nullable=False),  # until the warehouse knows its products
    sa.Column("cancel", Key, nullable=False),
    sa.Column("cancel_reason", sa.Text, nullable=False),
    sa.Column("next_look_at", Instant),  # NULL: the warehouse is not asked by itself
    sa.Column("asked_at", Instant),  # when it was pushed last, whatever came of it
    sa.Column("pushed_at", Instant),  # when the warehouse was known to have it
    sa.Column("told_at", Instant),  # the warehouse's own time of what it told last
    sa.Column("closed_at", Instant),  # when it said that nothing more will come
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.UniqueConstraint("account_id", "code"),
    sa.CheckConstraint("kind IN ('purchase', 'return')", name="kind"),
    sa.CheckConstraint(
        "push_status IN ('not_pushed', 'pushing', 'pushed', 'failed', 'unknown', 'void')", name="push_status"
    ),
    sa.CheckConstraint(
        "state IN ('create', 'pending', 'part_complete', 'part_invalid', 'complete', 'invalid')", name="state"
    ),
    sa.CheckConstraint(
        "cancel IN ('', 'asked', 'pending', 'unknown', 'refused', 'too_late', 'cancelled')", name="cancel"
    ),
)
_I = inbound.c
sa.Index("ix_inbound_page", _I.merchant_id, _I.id)
sa.Index("ix_inbound_push", _I.merchant_id, _I.push_status, _I.id)
sa.Index("ix_inbound_state", _I.merchant_id, _I.state, _I.id)
sa.Index("ix_inbound_warehouse", _I.warehouse_id, _I.id)
_looked_at = sa.text("next_look_at IS NOT NULL")
sa.Index("ix_inbound_look", _I.account_id, _I.next_look_at, sqlite_where=_looked_at, postgresql_where=_looked_at)
# What a job is to be under way for.
_undone = sa.text(
    "push_status IN ('pushing', 'unknown') OR cancel IN ('asked', 'unknown')"
    " OR (push_status = 'not_pushed' AND NOT waits)"
)
sa.Index("ix_inbound_undone", _I.account_id, _I.id, sqlite_where=_undone, postgresql_where=_undone)
_waits = sa.text("waits AND push_status = 'not_pushed'")
sa.Index("ix_inbound_waits", _I.warehouse_id, _I.id, sqlite_where=_waits, postgresql_where=_waits)

inbound_line = sa.Table(
    "inbound_line",
    metadata,
    sa.Column("inbound_id", Key, sa.ForeignKey("inbound.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # from 1
    sa.Column("product_id", Key, sa.ForeignKey("product.id"), nullable=False),  # never a bundle
    sa.Column("sku", Key, nullable=False),  # as the warehouse knows it
    sa.Column("item_ref", Key, nullable=False),  # what the warehouse calls it
    sa.Column("quantity", sa.BigInteger, nullable=False),  # planned, in base units
    sa.Column("unit_cost", sa.Text),  # of one base unit; NULL: not told
    sa.Column("currency", sa.Text),
    sa.Column("good", sa.BigInteger, nullable=False),  # came in all, and is booked
    sa.Column("damaged", sa.BigInteger, nullable=False),
    sa.Column("taken", sa.BigInteger, nullable=False),  # of that, out of the source
    sa.Column("note", sa.Text, nullable=False),  # the warehouse's, such as what is damaged
    sa.UniqueConstraint("inbound_id", "product_id"),
    sa.CheckConstraint("quantity > 0 AND good >= 0 AND damaged >= 0", name="quantity"),
    sa.CheckConstraint("taken >= 0 AND taken <= good + damaged", name="taken"),
)

discrepancy = sa.Table(
    "discrepancy",
    metadata,
    sa.Column("inbound_id", Key, sa.ForeignKey("inbound.id"), primary_key=True),
    sa.Column("sku", Key, primary_key=True),  # as the warehouse told it
    sa.Column("kind", Key, primary_key=True),
    sa.Column("planned", sa.BigInteger, nullable=False),
    sa.Column("good", sa.BigInteger, nullable=False),
    sa.Column("damaged", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),  # when the warehouse told figures that no longer differ
    sa.CheckConstraint("kind IN ('unplanned', 'short', 'over', 'fallen', 'source')", name="kind"),
)
