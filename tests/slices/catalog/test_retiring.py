"""A closed account's listings are retired, however they came to the hub."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from hub.catalog.jobs import retire_listings
from hub.catalog.service import imports
from hub.catalog.service.imports import RETIRE_LISTINGS
from hub.catalog.store.pages import counts
from hub.catalog.tables import listing
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.test_intake import NOW, an_item, ids, take
from tests.slices.catalog.test_recording import a_product, keep, pushed


def close(database: Database, account_id: str) -> None:
    """Retire as the job of a closed account does."""
    with database.writing() as db:
        imports.retire(db, "merchant", account_id)
    handlers = {RETIRE_LISTINGS: lambda job: retire_listings(job, database)}
    jobs.Runner(jobs.Runtime(database=database, handlers=handlers)).run_lane(RETIRE_LISTINGS.lane)


def current(database: Database) -> dict[str, bool]:
    with database.reading() as db:
        found = db.execute(sa.select(listing.c.account_id, listing.c.ref, listing.c.current))
        return {f"{row.account_id}/{row.ref}": row.current for row in found}


def test_what_was_pushed_and_never_imported_is_retired_with_its_account(database: Database) -> None:
    keep(database, "pos", a_product(database, "A"), "1", pushed("A"))
    keep(database, "shop", a_product(database, "B"), "2", pushed("B"))
    take(database, "shop", [an_item(3, "C")])

    close(database, "pos")
    once = current(database)
    close(database, "shop")

    assert once == {"pos/1": False, "shop/2": True, "shop/3": True}
    assert set(current(database).values()) == {False}
    assert violations(database) == []


def test_a_closed_account_matches_nothing_any_more(database: Database) -> None:
    keep(database, "pos", a_product(database, "A"), "1", pushed("B"))
    take(database, "shop", [an_item(2, "B")])
    with database.reading() as db:
        before = counts(db, "merchant", "shop")

    close(database, "pos")

    with database.reading() as db:
        after = counts(db, "merchant", "shop")
    assert (before["matched"], after["matched"], after["unmatched"]) == (1, 0, 1)
    assert violations(database) == []


def test_a_listing_that_was_seen_by_a_clock_ahead_of_ours_is_retired_too(database: Database) -> None:
    take(database, "shop", [an_item(1, "A")])
    with database.writing() as db:
        db.execute(sa.update(listing).values(seen_at=NOW + timedelta(days=36_500)))
        deciding.confirm(db, "merchant", ids(database), actor=CLI)

    close(database, "shop")

    assert current(database) == {"shop/1": False}
