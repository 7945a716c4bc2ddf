"""Merchants, their keys, and which key reaches which merchant."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

merchant = sa.Table(
    "merchant",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("features", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    # Whether orders hold stock before they are paid.
    sa.Column("reserve_unpaid", sa.Boolean, nullable=False, server_default=sa.false()),
    # What becomes of an order whose lines lie in different warehouses: split, or flag.
    sa.Column("several_warehouses", Key, nullable=False, server_default="flag"),
)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("public_id", Key, nullable=False, unique=True),
    sa.Column("digest", Key, nullable=False),
    sa.Column("reach", Key, nullable=False),  # '*', or the ids of its merchants, sorted
    sa.Column("name", Key, nullable=False),
    sa.Column("slot", sa.SmallInteger, nullable=False),
    sa.Column("access", Key, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Column("last_used_at", Instant),
    sa.CheckConstraint("slot IN (1, 2)", name="slot"),
    # The third live key of one name has no slot left, whoever asks at the same time.
    sa.Index(
        "uq_api_key_live",
        "reach",
        "name",
        "slot",
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    ),
)

api_key_merchant = sa.Table(
    "api_key_merchant",
    metadata,
    sa.Column("key_id", Key, sa.ForeignKey("api_key.id"), primary_key=True),
    sa.Column("merchant_id", Key, sa.ForeignKey("merchant.id"), primary_key=True, index=True),
)
