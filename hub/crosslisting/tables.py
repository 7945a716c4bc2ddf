"""Cross-listings and their rows; category trees and what merchants map to them."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

crosslisting = sa.Table(
    "crosslisting",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("chosen", Json, nullable=False),  # which products, and the category of those that no mapping knows
    sa.Column("products", sa.Integer, nullable=False),  # rows of the workbook that was made
    sa.Column("workbook", Key),  # digest of that file
    sa.Column("upload", Key),  # digest of the file that was filled in last
    sa.Column("result", Key),  # digest of the last result
    sa.Column("open_rows", sa.Integer, nullable=False),  # still to be pushed; who settles the last one ends it
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("job_id", Key),  # the last job that makes, checks or ends it
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("outcomes", Json),  # how many rows ended in which way, once all have; until then they are counted
    sa.CheckConstraint("open_rows >= 0", name="open_rows"),
    sa.CheckConstraint(
        "state IN ('drafting', 'ready', 'checking', 'pushing', 'done', 'failed', 'cancelled')", name="state"
    ),
    sa.Index("ix_crosslisting_page", "merchant_id", "id"),
)
is_under_way = crosslisting.c.state.in_(
    [sa.literal_column(f"'{each}'") for each in ("drafting", "checking", "pushing")]
)
sa.Index("ix_crosslisting_under_way", crosslisting.c.id, sqlite_where=is_under_way, postgresql_where=is_under_way)

row = sa.Table(
    "crosslisting_row",
    metadata,
    sa.Column("crosslisting_id", Key, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # as Excel counts
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("product_id", Key),  # NULL: the row names no product of the merchant
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("state", Key, nullable=False),
    sa.Column("told", Json),  # the contract's `Product`, as the workbook says it
    sa.Column("listing_ref", sa.Text, nullable=False),  # updated; or what came of it
    sa.Column("asked_at", Instant),  # a call went out and nobody knows what came of it
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("resume", sa.Text, nullable=False),  # where the channel, which took it, wants to be asked again
    sa.Column("errors", Json, nullable=False),  # cell, column, message
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("waiting_since", Instant),  # when the channel first wanted to be asked again
    sa.CheckConstraint(
        "state IN ('checked', 'refused', 'queued', 'pushing', 'done', 'failed', 'cancelled')", name="state"
    ),
)
is_open = row.c.state.in_([sa.literal_column("'queued'"), sa.literal_column("'pushing'")])
sa.Index("ix_crosslisting_row_open", row.c.account_id, row.c.product_id, sqlite_where=is_open, postgresql_where=is_open)

category_tree = sa.Table(
    "category_tree",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("edition", Key, nullable=False),  # the one that is read; others are being written, or left over
    sa.Column("categories", sa.Integer, nullable=False),
    sa.Column("fetched_at", Instant, nullable=False),
)
category = sa.Table(
    "category",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("edition", Key, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),  # in the channel's own order
    sa.Column("ref", Key, nullable=False),
    sa.Column("parent_ref", Key, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),  # the names from the root down
    sa.Column("folded", sa.Text, nullable=False),  # the path as it is searched
    sa.Column("leaf", sa.Boolean, nullable=False),
    sa.Index("ix_category_ref", "account_id", "edition", "ref"),
    sa.Index("ix_category_parent", "account_id", "edition", "parent_ref", "position"),
)
category_mapping = sa.Table(
    "category_mapping",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("field_key", Key, nullable=False),  # folded, to compare by
    sa.Column("value_key", Key, nullable=False),
    sa.Column("category_ref", Key, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("account_id", "field_key", "value_key"),
    sa.Index("ix_category_mapping_page", "account_id", "id"),
)
