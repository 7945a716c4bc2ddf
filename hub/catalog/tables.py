"""Listings, products, import runs, and the counts by class."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Json, Key

listing = sa.Table(
    "listing",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("ref", Key, nullable=False),
    sa.Column("parent_ref", sa.Text, nullable=False),  # as an index bears it
    sa.Column("sku", sa.Text, nullable=False),  # as the channel gives it
    sa.Column("sku_key", Key, nullable=False),  # NFC, trimmed, as an index bears it; "" is the class empty
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", Key, nullable=False),  # casefolded, for prefix search
    sa.Column("price", sa.Text),  # decimal, exactly as given
    sa.Column("currency", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("quantity", sa.Integer),  # as the channel shows it; NULL: not tracked
    sa.Column("details", Json, nullable=False),
    sa.Column("digest", sa.BigInteger, nullable=False),  # of the item, to tell changed from unchanged
    sa.Column("pack", sa.Integer, nullable=False, server_default="1"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sku_class", sa.Text),  # NULL: linked, or not current
    sa.Column("product_id", Key, sa.ForeignKey("product.id")),
    sa.Column("current", sa.Boolean, nullable=False),  # admitted, and seen since the last finished import began
    sa.Column("seen_at", Instant, nullable=False),  # the instant before its page was asked
    sa.Column("seen_run", Key, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("sku_fold", Key, nullable=False, server_default=""),  # equal where codes look alike
    sa.Column("barcode_key", Key, nullable=False, server_default=""),
    sa.Column("linked_sku", Key),  # `sku_key` when a person linked it; another one now: the code changed at the channel
    sa.Column("decision", Key),  # the event that put it where it stands; NULL: the import
    sa.Column("pushed_key", Key),  # what the channel was told to know it by when a push made it; NULL: none did
    sa.UniqueConstraint("account_id", "ref"),
    sa.CheckConstraint("state IN ('pending', 'linked', 'ignored')", name="state"),
    sa.CheckConstraint("(state = 'linked') = (product_id IS NOT NULL)", name="linked"),
    sa.CheckConstraint("sku_class IN ('empty', 'duplicate', 'matched', 'unmatched')", name="sku_class"),
    sa.CheckConstraint("pack > 0", name="pack"),
)
sa.Index("ix_listing_sku", listing.c.merchant_id, listing.c.sku_key, listing.c.account_id)
# The places in which listings stand, by merchant and by account; in each the oldest first.
sa.Index("ix_listing_place", listing.c.merchant_id, listing.c.state, listing.c.sku_class, listing.c.id)
sa.Index("ix_listing_account", listing.c.account_id, listing.c.state, listing.c.sku_class, listing.c.id)
sa.Index("ix_listing_name", listing.c.merchant_id, listing.c.name_key)
sa.Index("ix_listing_product", listing.c.product_id, listing.c.id, sqlite_where=listing.c.product_id.is_not(None),
         postgresql_where=listing.c.product_id.is_not(None))  # fmt: skip
# Said so that no other statement takes it: while little is linked it would seem to be the shortest way to anything.
HAS_PRODUCT = sa.text("coalesce(product_id, '') <> ''")
sa.Index("ix_listing_linked", listing.c.merchant_id, listing.c.sku_key, listing.c.product_id,
         sqlite_where=HAS_PRODUCT, postgresql_where=HAS_PRODUCT)  # fmt: skip
_related = listing.c.parent_ref != sa.literal_column("''")
sa.Index("ix_listing_sibling", listing.c.account_id, listing.c.parent_ref, listing.c.product_id,
         sqlite_where=_related, postgresql_where=_related)  # fmt: skip
sa.Index("ix_listing_fold", listing.c.merchant_id, listing.c.sku_fold)
_coded = listing.c.barcode_key != sa.literal_column("''")
sa.Index("ix_listing_barcode", listing.c.merchant_id, listing.c.barcode_key,
         sqlite_where=_coded, postgresql_where=_coded)  # fmt: skip
_drifted = sa.and_(listing.c.linked_sku.is_not(None), listing.c.linked_sku != listing.c.sku_key)
sa.Index("ix_listing_drifted", listing.c.merchant_id, listing.c.id,
         sqlite_where=_drifted, postgresql_where=_drifted)  # fmt: skip
_pushed = listing.c.pushed_key.is_not(None)
sa.Index("ix_listing_pushed", listing.c.account_id, listing.c.pushed_key,
         sqlite_where=_pushed, postgresql_where=_pushed)  # fmt: skip

product = sa.Table(
    "product",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("sku_key", Key, nullable=False),  # of one that is gone: a blank and its id, which no code is equal to
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", Key, nullable=False),
    sa.Column("price", sa.Text),
    sa.Column("currency", sa.Text),
    sa.Column("details", Json, nullable=False),
    sa.Column("source_listing_id", Key),  # the listing confirmed first, whose data these were
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("parent_id", Key),  # a product_parent: its variants
    sa.Column("bundle", sa.Boolean, nullable=False, server_default=sa.false()),  # has components
    sa.Column("sku_fold", Key, nullable=False, server_default=""),
    sa.Column("barcode_key", Key, nullable=False, server_default=""),
    sa.Column("gone_by", Key),  # the event that took it out of the catalogue; only undoing that brings it back
    sa.Column("merged_into", Key),
    sa.UniqueConstraint("merchant_id", "sku_key"),
    sa.CheckConstraint("sku_key <> ''", name="sku"),
)
# Said so that no other statement takes it, as `HAS_PRODUCT`: nearly all that ask for products leave out what is gone.
IN_CATALOGUE = sa.text("coalesce(gone_by, '') = ''")
sa.Index("ix_product_page", product.c.merchant_id, product.c.id,
         sqlite_where=IN_CATALOGUE, postgresql_where=IN_CATALOGUE)  # fmt: skip
sa.Index("ix_product_name", product.c.merchant_id, product.c.name_key)
sa.Index("ix_product_parent", product.c.parent_id, product.c.id, sqlite_where=product.c.parent_id.is_not(None),
         postgresql_where=product.c.parent_id.is_not(None))  # fmt: skip
_merged = product.c.merged_into.is_not(None)
sa.Index("ix_product_merged", product.c.merged_into, sqlite_where=_merged, postgresql_where=_merged)
sa.Index(  # SQLite uses it only where a statement says the condition as it is said here
    "ix_product_bundle", product.c.merchant_id, product.c.id,
    sqlite_where=sa.text("bundle = 1"), postgresql_where=product.c.bundle,
)  # fmt: skip

product_parent = sa.Table(
    "product_parent",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("account_id", Key),  # with `parent_ref` the channel group that it was made for; NULL: a person made it
    sa.Column("parent_ref", sa.Text),
    sa.Column("gone_by", Key),  # the event that left it empty; it comes back with whoever belongs to it
    # Whether it stays when it is empty: a person made it, named it, put products in or took them out.
    sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.true()),
)
_here = product_parent.c.gone_by.is_(None)
sa.Index("ix_product_parent_here", product_parent.c.merchant_id, product_parent.c.id,
         sqlite_where=_here, postgresql_where=_here)  # fmt: skip
_grouped = product_parent.c.account_id.is_not(None)
sa.Index("ix_product_parent_group", product_parent.c.account_id, product_parent.c.parent_ref, unique=True,
         sqlite_where=_grouped, postgresql_where=_grouped)  # fmt: skip

product_link = sa.Table(
    "product_link",
    metadata,
    sa.Column("step", Key, primary_key=True),  # the event that put a listing on a product
    sa.Column("product_id", Key, sa.ForeignKey("product.id"), nullable=False),
    sa.Column("stands", sa.Boolean, nullable=False),  # until it is undone, whatever is done after it
    sa.Column("parent_id", Key),  # which parent the product had from this step, or from others like it
)
sa.Index("ix_product_link_product", product_link.c.product_id, product_link.c.stands, product_link.c.step)

product_component = sa.Table(
    "product_component",
    metadata,
    sa.Column("bundle_id", Key, sa.ForeignKey("product.id"), primary_key=True),
    sa.Column("product_id", Key, sa.ForeignKey("product.id"), primary_key=True),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.CheckConstraint("bundle_id <> product_id", name="itself"),
)
sa.Index("ix_product_component_product", product_component.c.product_id, product_component.c.bundle_id)
sa.Index("ix_product_fold", product.c.merchant_id, product.c.sku_fold)
_coded_product = product.c.barcode_key != sa.literal_column("''")
sa.Index("ix_product_barcode", product.c.merchant_id, product.c.barcode_key,
         sqlite_where=_coded_product, postgresql_where=_coded_product)  # fmt: skip

import_run = sa.Table(
    "import_run",
    metadata,
    sa.Column("job_id", Key, primary_key=True),
    sa.Column("run", Key, nullable=False),  # the same for an import and its resumption
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant, nullable=False),
    sa.Column("tally", Json, nullable=False),
)
sa.Index("ix_import_run_account", import_run.c.account_id, import_run.c.job_id)

class_count = sa.Table(
    "class_count",
    metadata,
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("sku_class", sa.Text, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("listings", sa.BigInteger, nullable=False),  # pending and current
    sa.CheckConstraint("listings >= 0", name="listings"),
)
sa.Index("ix_class_count_merchant", class_count.c.merchant_id)
