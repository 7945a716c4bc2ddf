"""Listings and products that were there before get what later ones get when they are written."""

from __future__ import annotations

import sqlalchemy as sa

from hub.catalog.rules import barcode_key, sku_fold
from hub.catalog.tables import listing, product
from hub.kernel import migrating
from hub.kernel.db import Database
from tests.migrations.test_up_and_down import two_empty

__all__ = ["two_empty"]
ROWS = 12
BARCODE = '{"barcode":"8991234567891"}'
PRODUCT = (
    "INSERT INTO product (id, merchant_id, sku, sku_key, name, name_key, details, created_at)"
    " VALUES ('p', 'm', 'TEE-M', 'TEE-M', 'Tee', 'tee', '{details}', 1)"
)
LISTING = (
    "INSERT INTO listing (id, merchant_id, account_id, ref, parent_ref, sku, sku_key, name, name_key, active, details,"
    " digest, state, product_id, current, seen_at, seen_run, created_at) VALUES"
    " ('{n:02}', 'm', 'a', '{n}', '', '{sku}', '{sku}', 'Tee', 'tee', TRUE, '{details}', 1, '{state}', {product},"
    " TRUE, 1, '', 1)"
)


def test_what_was_there_before_can_be_found_by_what_looks_alike(two_empty: tuple[Database, Database]) -> None:
    database, _ = two_empty
    migrating.upgrade(database, "0006")
    with database.writing() as db:
        db.connection.exec_driver_sql(PRODUCT.format(details=BARCODE))
        for n in range(ROWS):
            sku, details = ("", "{}") if n == 0 else (f"TEE_{n}", BARCODE)
            standing = ("linked", "'p'") if n == 1 else ("pending", "NULL")
            db.connection.exec_driver_sql(
                LISTING.format(n=n, sku=sku, details=details, state=standing[0], product=standing[1])
            )

    migrating.upgrade(database)

    with database.reading() as db:
        (made,) = db.execute(sa.select(product.c.sku_fold, product.c.barcode_key))
        filled = db.execute(sa.select(listing).order_by(listing.c.id)).all()
    assert (made.sku_fold, made.barcode_key) == (sku_fold("tee m"), barcode_key("8991234567891"))
    assert [row.sku_fold for row in filled] == ["", *(sku_fold(f"tee-{n}") for n in range(1, ROWS))]
    assert [row.barcode_key for row in filled] == ["", *["8991234567891"] * (ROWS - 1)]
    assert [row.linked_sku for row in filled[:3]] == [None, "TEE_1", None]
