"""Statements over many rows use the index that is there for them, with or without statistics."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub.catalog.service.intake import take_page
from hub.catalog.store import classes, listings
from hub.catalog.tables import listing
from hub.kernel.bulk import among
from hub.kernel.db import Database
from hub.kernel.ids import new_id
from hub.orders.store import listed
from tests.slices.catalog.test_intake import NOW, a_source, an_item

ROWS = 3_000


@pytest.fixture
def filled(database: Database) -> Database:
    """A large account on tables that nobody has analysed yet."""
    for start in range(0, ROWS, 500):
        with database.writing() as db:
            items = [an_item(ref, f"S-{ref}") for ref in range(start, start + 500)]
            take_page(db, a_source("one"), items, run="run", seen_at=NOW)
    return database


def plan(database: Database, statement: sa.Executable, **given: Any) -> str:  # Any: parameters of any statement
    """How the database goes about a statement, as one text."""
    explain = "EXPLAIN QUERY PLAN" if database.embedded else "EXPLAIN"
    with database.engine.connect() as connection:

        @sa.event.listens_for(connection, "before_cursor_execute", retval=True)
        def explained(
            _: object, cursor: object, sql: str, parameters: Any, *rest: object
        ) -> tuple[str, Any]:  # Any: the driver's
            return f"{explain} {sql}", parameters

        cursor = connection.execute(statement, given).cursor
        assert cursor is not None
        return "\n".join(str(row) for row in cursor.fetchall())  # the plan's own columns, not the statement's


def test_listings_are_looked_up_by_account_and_ref(filled: Database) -> None:
    refs = [str(ref) for ref in range(50)]
    statement = listings._known["sqlite" if filled.embedded else "postgresql"]

    told = plan(filled, statement, account_id="one", refs=refs)

    assert "account_id=? AND ref=?" in told or ("Index Cond: (((account_id)" in told and "(ref)" in told), told


def test_what_an_order_names_is_looked_up_and_never_searched_among_all_of_its_account(filled: Database) -> None:
    ids = [new_id() for _ in range(3)]

    told = plan(filled, listed._chosen, account="one", listings=ids, products=ids)

    assert "ix_listing_product" in told, told
    assert "ix_listing_account" not in told, told


def test_the_users_of_a_sku_are_looked_up_by_it_and_never_hashed(filled: Database) -> None:
    keys = [f"S-{ref}" for ref in range(50)]

    told = plan(filled, classes._sku_groups, merchant="merchant", account="one", keys=keys, ceiling=102)

    assert "hashed" not in told, told
    assert told.count("ix_listing_sku") == 3, told


def test_a_filter_by_many_texts_is_one_that_the_index_can_serve(filled: Database) -> None:
    statement = sa.select(listing.c.id).where(listing.c.account_id == "one", among(listing.c.ref, "refs"))

    told = plan(filled, statement, refs=["1", "2"])

    assert "account_id=? AND ref=?" in told or "ANY" in told, told
