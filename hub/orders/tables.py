"""Orders and their lines, where they are sent from, why they wait for a person, and how far feeds have been read."""

from __future__ import annotations

import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

sales_order = sa.Table(
    "sales_order",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("ref", Key, nullable=False),  # the channel's id of it; of a manual order its own id
    sa.Column("number", Key, nullable=False),  # as people name it
    sa.Column("state", Key, nullable=False),
    sa.Column("raw_state", sa.Text, nullable=False),  # the channel's own word
    sa.Column("source", Key, nullable=False),  # where a manual order came from; empty: the account's channel
    sa.Column("placed_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),  # by the channel; what is older is not taken in any more
    sa.Column("seen_at", Instant, nullable=False),  # the start of the read that told of it last
    sa.Column("ship_by", Instant),
    sa.Column("courier", sa.Text, nullable=False),
    sa.Column("awb", Key, nullable=False),
    sa.Column("fulfilled_by_channel", sa.Boolean, nullable=False),
    sa.Column("total", sa.Text),  # decimal, exactly as given
    sa.Column("currency", sa.Text),
    sa.Column("buyer", sa.Text, nullable=False),  # sealed: recipient and note; empty once erased
    sa.Column("digest", sa.BigInteger, nullable=False),  # of what was told, to tell changed from unchanged
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id")),  # whose stock it holds or took; NULL: none, several
    sa.Column("version", sa.Integer, nullable=False),  # raised by each change; the ETag
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("left_at", Instant),  # when it left, by a person's word or its warehouse's; NULL: it has not
    # Flags that a person has seen to, in JSON: what stood for the cause, by code. A new cause is flagged anew.
    sa.Column("acknowledged", sa.Text, nullable=False, server_default="{}"),
    sa.Column("country", Key, nullable=False, server_default=""),  # where it goes; empty: its channel does not tell
    sa.UniqueConstraint("account_id", "ref"),
    sa.CheckConstraint(f"state IN ({', '.join(repr(each.value) for each in OrderState)})", name="state"),
)
sa.Index("ix_sales_order_page", sales_order.c.merchant_id, sales_order.c.id)
sa.Index("ix_sales_order_state", sales_order.c.merchant_id, sales_order.c.state, sales_order.c.id)
sa.Index("ix_sales_order_number", sales_order.c.merchant_id, sales_order.c.number)
sa.Index("ix_sales_order_account", sales_order.c.account_id, sales_order.c.id)
_open = sales_order.c.state.in_(
    [sa.literal_column(f"'{each.value}'") for each in (
        OrderState.UNPAID, OrderState.READY, OrderState.CANCEL_REQUESTED, OrderState.UNKNOWN,
    )]
)  # fmt: skip
sa.Index("ix_sales_order_open", sales_order.c.account_id, sales_order.c.seen_at,
         sqlite_where=_open, postgresql_where=_open)  # fmt: skip

order_line = sa.Table(
    "order_line",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("order_id", Key, sa.ForeignKey("sales_order.id"), nullable=False),
    sa.Column("ref", Key, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("listing_ref", Key, nullable=False),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),  # still wanted, in the listing's own units
    sa.Column("cancelled", sa.BigInteger, nullable=False),
    sa.Column("unit_price", sa.Text),
    sa.Column("currency", sa.Text),
    sa.Column("place_ref", Key, nullable=False),
    sa.Column("package_ref", Key, nullable=False),
    sa.Column("listing_id", Key),  # NULL: the hub has no such listing
    sa.Column("product_id", Key),  # what it was linked to when its stock was decided about
    sa.Column("pack", sa.Integer, nullable=False),  # base units in one of the listing's, at that moment
    sa.Column("units", sa.BigInteger, nullable=False),  # of the listing's, that it holds or took
    sa.Column("turn", sa.Integer, nullable=False),  # raised when it is released: what it then reserves is another cause
    sa.Column("standing", Key, nullable=False),
    sa.Column("in_margin", sa.Boolean, nullable=False),  # placed so near the opening that it may be in it already
    sa.Column("waits_for", Key),  # the product that it has not enough of; NULL: it waits for no stock
    # Units that were cancelled, of which nobody knows whether the opening stock has them.
    sa.Column("in_doubt", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("warehouse_id", Key),  # where what it holds lies, or has left; NULL: it holds nothing
    sa.Column("chosen", Key, nullable=False, server_default=""),  # the warehouse that a person has chosen; empty: none
    sa.Column("adds_to", Key, nullable=False, server_default=""),  # the ref of the line that it adds to; empty: none
    sa.UniqueConstraint("order_id", "ref"),
    sa.CheckConstraint("quantity >= 0 AND cancelled >= 0 AND units >= 0", name="quantity"),
    sa.CheckConstraint("pack > 0", name="pack"),
    sa.CheckConstraint(
        "standing IN ('none', 'unlinked', 'short', 'covered', 'reserved', 'shipped', 'released')", name="standing"
    ),
)
# What a change of the catalogue or of stock may concern: not the lines that have left, or were cancelled.
_stands = order_line.c.standing.in_(
    [sa.literal_column(f"'{each}'") for each in ("unlinked", "short", "reserved", "covered")]
)
sa.Index("ix_order_line_listing", order_line.c.listing_ref, sqlite_where=_stands, postgresql_where=_stands)
_waits = order_line.c.waits_for.is_not(None)
sa.Index("ix_order_line_waits", order_line.c.waits_for, sqlite_where=_waits, postgresql_where=_waits)
_holds = order_line.c.standing == sa.literal_column("'reserved'")
sa.Index("ix_order_line_held", order_line.c.warehouse_id, sqlite_where=_holds, postgresql_where=_holds)

order_flag = sa.Table(
    "order_flag",
    metadata,
    sa.Column("order_id", Key, sa.ForeignKey("sales_order.id"), primary_key=True),
    sa.Column("code", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("raised_by", Key, nullable=False, server_default="orders"),  # the slice that says so, and takes it back
)
sa.Index("ix_order_flag_page", order_flag.c.merchant_id, order_flag.c.code, order_flag.c.order_id)

shipping_rule = sa.Table(
    "shipping_rule",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # among the merchant's: the first that matches comes first
    sa.Column("name", sa.Text, nullable=False),
    # Which lines it is for: of these accounts, to these countries, of these SKUs; empty: of any.
    sa.Column("account_ids", Json, nullable=False),
    sa.Column("countries", Json, nullable=False),
    sa.Column("skus", Json, nullable=False),
    sa.Column("warehouse_ids", Json, nullable=False),  # in order
    sa.Column("otherwise", Key, nullable=False),  # where none of these can: the next rule, or none
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.CheckConstraint("otherwise IN ('next', 'stop')", name="otherwise"),
)
sa.Index("ix_shipping_rule_page", shipping_rule.c.merchant_id, shipping_rule.c.position, shipping_rule.c.id)

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("hook", Key, primary_key=True),
    sa.Column("cursor", sa.Text, nullable=False),
    sa.Column("began_at", Instant),  # when the last whole read of it began
    sa.Column("ended_at", Instant),  # and ended
)

order_hint = sa.Table(
    "order_hint",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("ref", Key, primary_key=True),  # the channel's id of an order that changed, whether it is known or not
    sa.Column("turn", sa.Integer, nullable=False),  # raised by each hint; one that comes during the read is not lost
)

buyer_erasure = sa.Table(
    "buyer_erasure",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("ref", Key, primary_key=True),  # of the order whose buyer is to be erased, or of the whole shop
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("everyone", sa.Boolean, nullable=False),  # all orders of the account
    sa.Column("done_to", Key, nullable=False),  # of everyone: the orders up to this id have been looked at
    sa.Column("asked_at", Instant, nullable=False),
)

buyer_erased = sa.Table(
    "buyer_erased",
    metadata,
    sa.Column("digest", Key, primary_key=True),  # of the shop and the order's ref, or of the shop alone: all its orders
    sa.Column("at", Instant, nullable=False),  # of a shop: orders that were placed later have a buyer again
)
sa.Index("ix_buyer_erased_at", buyer_erased.c.at)
