"""Levels and the movements that made them, reservations, rules, what is due to be told, and what was told."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

level = sa.Table(
    "level",
    metadata,
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), primary_key=True),
    sa.Column("product_id", Key, sa.ForeignKey("product.id"), primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("on_hand", sa.BigInteger, nullable=False),  # the sum of its movements
    sa.Column("reserved", sa.BigInteger, nullable=False),  # the sum of its open reservations
    sa.Column("held", sa.BigInteger, nullable=False),  # there, but not sellable
    sa.Column("opened_at", Instant),  # orders placed before are in its opening stock; NULL: it was not opened here
    sa.CheckConstraint("reserved >= 0", name="reserved"),
    sa.CheckConstraint("held >= 0", name="held"),
    sa.CheckConstraint("reserved + held <= on_hand", name="on_hand"),
)
sa.Index("ix_level_product", level.c.product_id, level.c.warehouse_id)

movement = sa.Table(
    "movement",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("warehouse_id", Key, nullable=False),
    sa.Column("product_id", Key, nullable=False),
    sa.Column("kind", Key, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),  # signed
    sa.Column("cause", Key, nullable=False, unique=True),  # the same one moves nothing again
    sa.Column("reason", Key, nullable=False),  # a person's; empty where the kind says it all
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor_kind", Key, nullable=False),
    sa.Column("actor_id", Key, nullable=False),
    sa.CheckConstraint(
        "kind IN ('opening', 'adjustment', 'transfer_out', 'transfer_in', 'import', 'shipment', 'receipt', 'sync')",
        name="kind",
    ),
    # That there was nothing when a product was opened is known from then on, and told.
    sa.CheckConstraint("quantity <> 0 OR kind = 'opening'", name="quantity"),
)
sa.Index("ix_movement_page", movement.c.merchant_id, movement.c.id)
sa.Index("ix_movement_product", movement.c.product_id, movement.c.id)
sa.Index("ix_movement_warehouse", movement.c.warehouse_id, movement.c.id)

reservation = sa.Table(
    "reservation",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("cause", Key, nullable=False, unique=True),  # the same one reserves nothing again
    sa.Column("order_id", Key, nullable=False),
    sa.Column("warehouse_id", Key, nullable=False),
    sa.Column("product_id", Key, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.CheckConstraint("state IN ('open', 'shipped', 'released')", name="state"),
)
sa.Index("ix_reservation_order", reservation.c.order_id, reservation.c.id)
_open = reservation.c.state == sa.literal_column("'open'")
sa.Index("ix_reservation_open", reservation.c.product_id, reservation.c.warehouse_id,
         sqlite_where=_open, postgresql_where=_open)  # fmt: skip
