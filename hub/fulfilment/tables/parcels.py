"""Parcels of orders and their labels."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

parcel = sa.Table(
    "parcel",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),  # of its order
    sa.Column("order_id", Key, sa.ForeignKey("sales_order.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # within its order, from 1
    sa.Column("courier", sa.Text, nullable=False),
    sa.Column("awb", Key, nullable=False),
    sa.Column("left_at", Instant),  # NULL: it has not left
    sa.Column("confirmation", Key, nullable=False),  # whether its channel knows that it left
    sa.Column("receipt", sa.Text, nullable=False),  # what the channel calls it
    sa.Column("reason", sa.Text, nullable=False),  # why it could not be confirmed
    sa.Column("settled_at", Instant),  # when it was confirmed, or could not be
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("order_id", "number"),
    sa.CheckConstraint("confirmation IN ('nobody', 'due', 'confirmed', 'failed')", name="confirmation"),
)
_due = parcel.c.confirmation == sa.literal_column("'due'")
sa.Index("ix_parcel_due", parcel.c.account_id, parcel.c.id, sqlite_where=_due, postgresql_where=_due)
_numbered = sa.text("awb <> ''")
sa.Index("ix_parcel_awb", parcel.c.merchant_id, parcel.c.awb, sqlite_where=_numbered, postgresql_where=_numbered)

label = sa.Table(
    "label",
    metadata,
    sa.Column("id", Key, primary_key=True),  # the key by which its plugin knows it: the same call gives the same one
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("parcel_id", Key, sa.ForeignKey("parcel.id"), nullable=False),
    sa.Column("shows", Key, nullable=False),  # the digest of what stands on it; void where its order says otherwise
    sa.Column("shipment", sa.Text, nullable=False),  # sealed: what its plugin is asked; empty once it is there
    sa.Column("digest", Key, nullable=False),  # of the file; empty until it is there
    sa.Column("courier", sa.Text, nullable=False),
    sa.Column("awb", Key, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("made_at", Instant),
    sa.UniqueConstraint("parcel_id", "shows"),
)
