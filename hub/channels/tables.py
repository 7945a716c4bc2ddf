"""What the hub keeps about plugins per merchant, accounts, their tokens, connections and places, and warehouses."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

switch = sa.Table(
    "switch",
    metadata,
    sa.Column("merchant_id", Key, primary_key=True),
    sa.Column("plugin", Key, primary_key=True),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("plugin", Key, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("settings", sa.Text, nullable=False),  # sealed as one; empty once closed
    sa.Column("credentials", Key, nullable=False),  # whose token and rate it shares: the key of `token`
    sa.Column("identity", Key, nullable=False),
    sa.Column("shop_ref", Key, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("lacks", Json, nullable=False),  # capability: why, narrower than the declaration
    sa.Column("places", Json, nullable=False),  # as its channel told them last
    sa.Column("notes", Json, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of what a person changes; the ETag
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("checked_at", Instant, nullable=False),
    sa.Column("connected_at", Instant),  # when connect_account last succeeded
    # where its opening stock is booked: "default", "none" or a warehouse's id
    sa.Column("opening_warehouse", Key, nullable=False, server_default="default"),
    # whether it is told of stock now: `service.hearing` keeps it
    sa.Column("tells_stock", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("state IN ('active', 'paused', 'needs_action', 'closed')", name="state"),
    sa.Index(
        "uq_account_identity",
        "plugin",
        "identity",
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    ),
    sa.Index("ix_account_merchant_id", "merchant_id", "plugin", "id"),
    sa.Index("ix_account_credentials", "credentials"),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("credentials", Key, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),  # empty until the first one is there
    sa.Column("obtained_at", Instant),
    sa.Column("expires_at", Instant),  # NULL: never
    sa.Column("renew_at", Instant),  # when to renew early; NULL: only after a 401
    sa.Column("holder", Key, nullable=False),  # who renews now; "" is nobody
    sa.Column("held_until", Instant),  # nobody else renews before then
    sa.Column("problem", Json),  # why the last renewal failed; those who waited for it fail with it
)

connection = sa.Table(
    "connection",
    metadata,
    sa.Column("credentials", Key, primary_key=True),
    sa.Column("plugin", Key, nullable=False),
    sa.Column("digest", Key, nullable=False),  # of the connection token in the callback URL, to find it by
    sa.Column("sealed", sa.Text, nullable=False),  # that token, and the generated settings
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("plugin", "digest"),
)

farewell = sa.Table(
    "farewell",
    metadata,
    sa.Column("plugin", Key, primary_key=True),
    sa.Column("digest", Key, primary_key=True),  # of the token of an address whose last account was closed
    sa.Column("credentials", Key, nullable=False),  # as its accounts had them
    sa.Column("account_id", Key, nullable=False),  # the last one
    sa.Column("sealed", sa.Text, nullable=False),  # what proves who calls there: its settings, and what was generated
    sa.Column("closed_at", Instant, nullable=False),
    sa.Index("ix_farewell_closed_at", "closed_at"),
)

access_request = sa.Table(
    "access_request",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("plugin", Key, nullable=False),
    sa.Column("store_name", sa.Text, nullable=False),
    sa.Column("store_link", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_access_request_merchant_id", "merchant_id", "id"),
)

warehouse = sa.Table(
    "warehouse",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("kind", Key, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", Key, nullable=False),
    sa.Column("code", Key, nullable=False),  # the merchant's own reference; empty: none
    sa.Column("country", Key, nullable=False),  # empty: not told
    sa.Column("timezone", sa.Text, nullable=False),  # empty: not told
    sa.Column("address", Json, nullable=False),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("archived_at", Instant),
    # of a 3PL: whose account there, and what the 3PL calls it; both empty: the merchant's own
    sa.Column("account_id", Key, nullable=False, server_default=""),
    sa.Column("place_ref", Key, nullable=False, server_default=""),
    sa.CheckConstraint("NOT is_default OR archived_at IS NULL", name="default_is_open"),
    sa.Index("ix_warehouse_page", "merchant_id", "id"),
    sa.Index(
        "uq_warehouse_default",
        "merchant_id",
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    ),
    sa.Index(
        "uq_warehouse_name",
        "merchant_id",
        "name_key",
        unique=True,
        sqlite_where=sa.text("archived_at IS NULL"),
        postgresql_where=sa.text("archived_at IS NULL"),
    ),
    sa.Index(
        "uq_warehouse_code",
        "merchant_id",
        "code",
        unique=True,
        sqlite_where=sa.text("archived_at IS NULL AND code <> ''"),
        postgresql_where=sa.text("archived_at IS NULL AND code <> ''"),
    ),
)

_is_open_3pl = sa.text("kind = 'third_party' AND archived_at IS NULL")
sa.Index("uq_warehouse_place", warehouse.c.account_id, warehouse.c.place_ref, unique=True,
         sqlite_where=_is_open_3pl, postgresql_where=_is_open_3pl)  # fmt: skip

place_map = sa.Table(
    "place_map",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("place_ref", Key, primary_key=True),  # the channel's text; empty: an account without places
    sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), primary_key=True, index=True),
    sa.Column("rank", sa.Integer, nullable=False),  # of the place: a shared warehouse is shown at the first
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("place_name", sa.Text, nullable=False),  # for when the channel no longer tells of it
)
