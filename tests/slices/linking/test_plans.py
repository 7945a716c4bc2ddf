"""Statements of linking use the index that is there for them, on tables that nobody has analysed yet."""

from __future__ import annotations

from hub.catalog.rules import SkuClass, sku_fold
from hub.catalog.store import classes, gone, links, parents
from hub.kernel.db import Database
from hub.linking import store
from tests.slices.kernel.test_bulk import filled, plan
from tests.slices.linking.steps import Catalogue

__all__ = ["filled"]
M = "merchant"


def test_who_uses_some_codes_is_looked_up_by_those_codes(filled: Database) -> None:
    statement = classes._next_parts["sqlite" if filled.embedded else "postgresql"]

    told = plan(filled, statement, merchant=M, behind=[("S-1", ""), ("S-2", "one")], limit=2)

    assert told.count("ix_listing_sku") == 2, told  # the next account with a code, and its listings


def test_what_looks_like_a_listing_is_looked_up(filled: Database) -> None:
    given = {"merchant": M, "account": "two", "key": "S_1", "fold": sku_fold("S_1"), "barcode": "1", "name": "kaos"}
    wanted = ("ix_listing_fold", "ix_product_fold", "ix_listing_barcode", "ix_product_barcode", "ix_listing_name")

    queries = (*store._BY_FOLD, *store._BY_BARCODE, *store._BY_NAME)
    told = [plan(filled, query, **given) for query in queries]

    assert all(index in plan_ for index, plan_ in zip(wanted, told, strict=False)), told


def test_suggestions_are_sought_among_the_next_that_wait(filled: Database) -> None:
    last = plan(filled, store._next_of("merchant_id", SkuClass.UNMATCHED), scope=M, after="", until="~")

    assert "ix_listing_place" in last, last


def test_what_stands_is_looked_up_step_by_step(filled: Database) -> None:
    step = Catalogue(filled).confirms_all().outcome["event_id"]

    held = plan(filled, links._unheld, ids=["p1", "p2"])
    said = plan(filled, links._groupings, ids=["p1", "p2"])
    related = plan(filled, parents._siblings, ids=["l1", "l2"])
    taken = plan(filled, gone._took, ids=["p1", "p2"])
    users = plan(filled, gone._by_users, merchant=M, keys=["S-1", "S-2"])
    linked = plan(filled, gone._linked, ids=["p1", "p2"], except_for=[])
    standing = plan(filled, store._first_standing["sqlite" if filled.embedded else "postgresql"], step=step, limit=9)

    assert all("ix_product_link_product" in told for told in (held, said, related)), (held, said, related)
    assert "ix_product_merged" in taken, taken
    assert users.count("ix_listing_linked") == 2, users
    assert not any("ix_listing_linked" in told for told in (linked, related)), (linked, related)
    assert "ix_event_cause" in standing, standing
    assert ("sqlite_autoindex_listing_1" if filled.embedded else "pk_listing") in standing, standing
