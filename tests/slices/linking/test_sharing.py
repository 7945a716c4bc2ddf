"""What very many others have, or were, costs who decides about one listing, or looks at a page, no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from hub.catalog.service import products
from hub.catalog.store import pages
from hub.catalog.store.products import ProductData
from hub.kernel.db import Database
from hub.linking.service import deciding, undoing
from tests.slices.catalog.oracle import violations
from tests.slices.linking.steps import Catalogue

FEW, MANY = 20, 2_000
_READ = sa.text(
    "SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid)), 0)"
    " FROM pg_class WHERE oid IN ('listing'::regclass, 'product'::regclass) OR oid IN"
    " (SELECT indexrelid FROM pg_index WHERE indrelid IN ('listing'::regclass, 'product'::regclass))"
)


@contextmanager
def work(database: Database) -> Iterator[Callable[[], int]]:
    """What the database has done since: listings and products read, by index too; on SQLite hundreds of its steps."""
    done = 0

    def step() -> int:
        nonlocal done
        done += 1
        return 0

    def watched(connection: sa.Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(step, 100)

    def begun(connection: sa.Connection) -> None:
        nonlocal done
        done -= int(connection.execute(_READ).scalar_one())

    def ended(connection: sa.Connection) -> None:
        nonlocal done
        done += int(connection.execute(_READ).scalar_one())

    listeners = {"begin": watched} if database.embedded else {"begin": begun, "commit": ended}
    for event, listener in listeners.items():
        sa.event.listen(database.engine, event, listener)
    yield lambda: done
    for event, listener in listeners.items():
        sa.event.remove(database.engine, event, listener)


def decided(database: Database, twins: int) -> dict[str, int]:
    """One account lists "-" that often, another once: what deciding about that one costs."""
    merchant = Catalogue(database, f"with {twins}")
    many, one = f"{merchant.merchant} many", f"{merchant.merchant} one"
    merchant.lists(many, *["-"] * twins)
    merchant.lists(one, "-")
    listing = merchant.row(f"{one}/1").id
    costs: dict[str, int] = {}

    def costing(name: str, act: Callable[..., object], *given: object) -> None:
        with work(database) as done:
            merchant.does(act, *given)
        costs[name] = done()

    costing("confirming", deciding.confirm, [listing])
    costing("unlinking", deciding.unlink, listing)
    for _ in range(2):
        costing("undoing", undoing.undo, merchant.row(f"{one}/1").decision)
    costing("making a product", products.create, ProductData(sku="-", name="Ours"))
    with work(database) as done:
        merchant.lists(one, "X")
    return costs | {"importing another code": done()}


def test_deciding_about_a_listing_whose_code_very_many_others_have_costs_no_more(database: Database) -> None:
    few, many = decided(database, FEW), decided(database, MANY)

    assert violations(database) == []
    assert {name: cost for name, cost in many.items() if cost > 2 * few[name] + 20} == {}, (few, many)
    assert max(many.values()) < MANY, many  # nor does either read all that there is


@pytest.mark.parametrize("bundle", [None, False, True], ids=str)
def test_a_page_of_products_costs_no_more_for_those_that_an_undoing_took_out(
    database: Database, bundle: bool | None
) -> None:
    costs = []
    for size in (FEW, MANY):
        merchant = Catalogue(database, f"with {size}")
        merchant.lists(f"{merchant.merchant} one", *(f"S-{number}" for number in range(size)))
        merchant.undoes_all(merchant.confirms_all().outcome["event_id"])
        merchant.does(products.create, ProductData(sku="OURS", name="Ours"))
        for _ in range(2):  # PostgreSQL clears an index of what was undone when it meets that first
            with work(database) as done, database.writing() as db:
                found = pages.products(db, merchant.merchant, bundle=bundle, limit=51, after="")
        assert [row["sku"] for row in found] == ([] if bundle else ["OURS"])
        costs.append(done())

    assert costs[1] <= 2 * costs[0] + 20, costs
