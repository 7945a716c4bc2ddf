"""Statements of linking use the index that is there for them, on tables that nobody has analysed yet."""

from __future__ import annotations

from hub.catalog.rules import SkuClass, sku_fold
from hub.catalog.store import classes
from hub.kernel.db import Database
from hub.linking import store
from tests.slices.kernel.test_bulk import filled, plan

__all__ = ["filled"]
M = "merchant"


def test_the_classes_of_some_codes_are_counted_by_those_codes(filled: Database) -> None:
    told = plan(filled, classes._counts_of_keys, merchant=M, keys=["S-1", "S-2"])

    assert "ix_listing_sku" in told, told


def test_what_looks_like_a_listing_is_looked_up(filled: Database) -> None:
    given = {"merchant": M, "account": "two", "key": "S_1", "fold": sku_fold("S_1"), "barcode": "1", "name": "kaos"}
    wanted = ("ix_listing_fold", "ix_product_fold", "ix_listing_barcode", "ix_product_barcode", "ix_listing_name")

    queries = (*store._BY_FOLD, *store._BY_BARCODE, *store._BY_NAME)
    told = [plan(filled, query, **given) for query in queries]

    assert all(index in plan_ for index, plan_ in zip(wanted, told, strict=False)), told


def test_suggestions_are_sought_among_the_next_that_wait(filled: Database) -> None:
    last = plan(filled, store._next_of("merchant_id", SkuClass.UNMATCHED), scope=M, after="", until="~")

    assert "ix_listing_place" in last, last
