"""Levels and the movements that made them, reservations, rules, what is due to be told, and what was told and shown."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

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
    sa.Column("turn", sa.BigInteger, nullable=False, server_default="0"),  # raised by each movement but those of sales
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
# With what is summed up, so that the past of what moves all day is read from the index alone.
sa.Index(
    "ix_movement_timeline", movement.c.product_id, movement.c.recorded_at, movement.c.id, movement.c.warehouse_id,
    movement.c.quantity,
)  # fmt: skip

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
sa.Index("ix_reservation_made", reservation.c.product_id, reservation.c.created_at, reservation.c.id)
_is_released = reservation.c.state == sa.literal_column("'released'")
sa.Index("ix_reservation_released", reservation.c.product_id, reservation.c.closed_at, reservation.c.id,
         sqlite_where=_is_released, postgresql_where=_is_released)  # fmt: skip
_is_shipped = reservation.c.state == sa.literal_column("'shipped'")
sa.Index("ix_reservation_shipped", reservation.c.product_id, reservation.c.closed_at,
         sqlite_where=_is_shipped, postgresql_where=_is_shipped)  # fmt: skip

# A reservation keeps how much it is now; how much it was before an order was edited is kept here.
reservation_change = sa.Table(
    "reservation_change",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("cause", Key, nullable=False),  # of the reservation
    sa.Column("order_id", Key, nullable=False),
    sa.Column("warehouse_id", Key, nullable=False),
    sa.Column("product_id", Key, nullable=False),
    sa.Column("made_at", Instant, nullable=False),  # when it was reserved at first
    sa.Column("was", sa.BigInteger, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_reservation_change_timeline", "product_id", "at", "id"),
    sa.Index("ix_reservation_change_cause", "cause", "at", "id"),
)

stock_rule = sa.Table(
    "stock_rule",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("product_id", Key, primary_key=True),  # empty: all of the account but those with a rule of their own
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("buffer", sa.BigInteger),
    sa.Column("percent", sa.Integer),
    sa.Column("cap", sa.BigInteger),
    sa.Column("fixed", sa.BigInteger),
    sa.Column("changed_at", Instant, nullable=False),
    sa.CheckConstraint("buffer >= 0 AND cap >= 0 AND fixed >= 0 AND percent BETWEEN 0 AND 100", name="figures"),
)

due_push = sa.Table(
    "due_push",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("listing_id", Key, primary_key=True),
    sa.Column("place_ref", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("turn", sa.BigInteger, nullable=False),  # raised by each change; what was told answers only for its own
    sa.Column("cause", Key, nullable=False),  # of the last change
    sa.Column("since", Instant, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("approved", sa.BigInteger),  # the figure that a person wants told; a change of stock takes it back
)
sa.Index("ix_due_push_next", due_push.c.account_id, due_push.c.not_before)
sa.Index(
    "ix_due_push_since", due_push.c.account_id, due_push.c.since, due_push.c.listing_id, due_push.c.place_ref
)  # fmt: skip
_is_approved = due_push.c.approved.is_not(None)
sa.Index("ix_due_push_approved", due_push.c.account_id, due_push.c.not_before,
         sqlite_where=_is_approved, postgresql_where=_is_approved)  # fmt: skip

told = sa.Table(
    "told",
    metadata,
    sa.Column("listing_id", Key, primary_key=True),
    sa.Column("place_ref", Key, primary_key=True),
    sa.Column("account_id", Key, nullable=False),
    # What these mean is said in hub/stock/rules/telling.py.
    sa.Column("shown", sa.BigInteger),
    sa.Column("asked_at", Instant),
    sa.Column("shown_at", Instant),
    sa.Column("expected", sa.BigInteger),
    sa.Column("unsure", sa.Boolean, nullable=False),
    sa.Column("taken", sa.BigInteger, nullable=False),
    sa.Column("void", sa.Boolean, nullable=False),
    sa.Column("reading", sa.BigInteger),
    sa.Column("read_at", Instant),
    sa.Column("touched_at", Instant),
    sa.Column("displayed", sa.BigInteger),  # what the channel was last seen to show, by a push or a page; for people
    sa.Column("displayed_at", Instant),
    sa.Column("refused_at", Instant),  # since when the channel has refused whatever it was told; NULL: it does not
)
sa.Index("ix_told_account", told.c.account_id, told.c.listing_id)
_is_refused = told.c.refused_at.is_not(None)
sa.Index("ix_told_refused", told.c.account_id, told.c.refused_at, told.c.listing_id, told.c.place_ref,
         sqlite_where=_is_refused, postgresql_where=_is_refused)  # fmt: skip

_is_read = told.c.reading.is_not(None)
sa.Index("ix_told_reading", told.c.account_id, told.c.read_at, told.c.listing_id, told.c.place_ref,
         sqlite_where=_is_read, postgresql_where=_is_read)  # fmt: skip

push = sa.Table(
    "push",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("listing_id", Key, nullable=False),
    sa.Column("place_ref", Key, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),  # what was told, in the channel's units
    sa.Column("expected", sa.BigInteger),
    sa.Column("cause", Key, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("status", Key, nullable=False),
    sa.Column("actual", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("product_id", Key),  # what the listing showed when it was told
    sa.CheckConstraint("status IN ('sent', 'confirmed', 'refused', 'stale', 'lost')", name="status"),
)
sa.Index("ix_push_listing", push.c.listing_id, push.c.id)
sa.Index("ix_push_past", push.c.sent_at)
sa.Index("ix_push_timeline", push.c.product_id, push.c.sent_at, push.c.id)
sa.Index("ix_push_outlet", push.c.listing_id, push.c.place_ref, push.c.sent_at, push.c.id)

# Figures that were due and not sent, because the channel showed them already, and not by our last push.
agreement = sa.Table(
    "agreement",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("listing_id", Key, nullable=False),
    sa.Column("place_ref", Key, nullable=False),
    sa.Column("product_id", Key, nullable=False),
    sa.Column("figure", sa.BigInteger, nullable=False),
    sa.Column("cause", Key, nullable=False),  # of what made it due
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_agreement_timeline", "product_id", "at", "id"),
    sa.Index("ix_agreement_outlet", "listing_id", "place_ref", "at", "id"),
    sa.Index("ix_agreement_past", "at"),
)

# One row for each alarm that rings: how many listings of an account are behind, and of which kind.
stock_alarm = sa.Table(
    "stock_alarm",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("kind", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("listings", sa.Integer, nullable=False),  # when it began to ring
    sa.Column("since", Instant, nullable=False),  # of the one that was behind longest then
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("behind", sa.Integer, nullable=False, server_default="0"),  # listings, when somebody looked last
    sa.CheckConstraint("kind IN ('late', 'refused')", name="kind"),
)

stocktake = sa.Table(
    "stocktake",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("chosen", Json, nullable=False),  # which warehouses and products
    sa.Column("rows", sa.Integer, nullable=False),  # of the workbook that was made
    sa.Column("workbook", Key),  # digest of that file
    sa.Column("upload", Key),  # digest of the file that was filled in last
    sa.Column("result", Key),  # digest of the last result
    sa.Column("outcomes", Json),  # how many rows of the last upload ended in which way
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("job_id", Key),  # the last job that makes or books it
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.CheckConstraint("state IN ('drafting', 'ready', 'booking', 'done', 'failed')", name="state"),
    sa.Index("ix_stocktake_page", "merchant_id", "id"),
    sa.Index("ix_stocktake_past", "changed_at"),
)
stocktake_level = sa.Table(
    "stocktake_level",
    metadata,
    sa.Column("stocktake_id", Key, primary_key=True),
    sa.Column("warehouse_id", Key, primary_key=True),
    sa.Column("product_id", Key, primary_key=True),
    sa.Column("on_hand", sa.BigInteger),  # as the workbook was made with it; NULL: nobody knew of any there
    sa.Column("turn", sa.BigInteger, nullable=False),
)
stocktake_row = sa.Table(
    "stocktake_row",
    metadata,
    sa.Column("stocktake_id", Key, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # as Excel counts
    sa.Column("warehouse_id", Key),  # NULL: the row names none of the merchant's
    sa.Column("product_id", Key),
    sa.Column("warehouse", sa.Text, nullable=False),  # as the row says it
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("counted", sa.BigInteger),
    sa.Column("moved", sa.BigInteger, nullable=False),
    sa.Column("outcome", Key, nullable=False),
    sa.Column("errors", Json, nullable=False),  # cell, column, message
    sa.CheckConstraint("outcome IN ('booked', 'same', 'refused')", name="outcome"),
)

push_mode = sa.Table(
    "push_mode",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("approved_only", sa.Boolean, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
stock_plan = sa.Table(
    "stock_plan",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("no_reading", sa.Text, nullable=False),  # why the channel was not asked what it shows; empty: it was
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("job_id", Key),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("made_at", Instant),
    sa.CheckConstraint("state IN ('making', 'ready')", name="state"),
    sa.Index("ix_stock_plan_account", "account_id", "id"),
)
stock_plan_row = sa.Table(
    "stock_plan_row",
    metadata,
    sa.Column("plan_id", Key, primary_key=True),
    sa.Column("listing_id", Key, primary_key=True),
    sa.Column("place_ref", Key, primary_key=True),
    sa.Column("turn", sa.BigInteger, nullable=False),  # of what is due; a later one is another change
    sa.Column("offered", sa.BigInteger, nullable=False),
    sa.Column("cause", Key, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("approved_at", Instant),
)

# What a warehouse of a 3PL was told of a product: what lies there is known there only once it was.
placement = sa.Table(
    "placement",
    metadata,
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), primary_key=True),
    sa.Column("product_id", Key, sa.ForeignKey("product.id"), primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("status", Key, nullable=False),  # of the last attempt
    sa.Column("reason", sa.Text, nullable=False),  # why that failed
    sa.Column("sku", Key, nullable=False),  # under which it was told of it, and knows it for good; empty: it does not
    sa.Column("ref", Key, nullable=False),  # the warehouse's own id of it; empty: it has given none
    sa.Column("digest", Key, nullable=False),  # of what it was told last; empty: it is told whatever it knows
    sa.Column("due", sa.Boolean, nullable=False),  # it is to be told, or told anew
    sa.Column("asked_at", Instant),  # when it was last told
    sa.Column("pushed_at", Instant),  # when it last answered that it knows it; NULL: it never did
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('not_pushed', 'pushing', 'pushed', 'failed', 'unknown')", name="status"),
)
sa.Index("ix_placement_product", placement.c.product_id, placement.c.warehouse_id)
sa.Index("ix_placement_status", placement.c.warehouse_id, placement.c.status, placement.c.product_id)
_is_known = sa.text("sku <> ''")
sa.Index("uq_placement_sku", placement.c.warehouse_id, placement.c.sku, unique=True,
         sqlite_where=_is_known, postgresql_where=_is_known)  # fmt: skip
_waits = sa.text("due OR status IN ('pushing', 'unknown')")
sa.Index("ix_placement_waiting", placement.c.warehouse_id, placement.c.product_id,
         sqlite_where=_waits, postgresql_where=_waits)  # fmt: skip
