"""What a channel was read to show is taken up by the import that explains it: some at a time, and never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.orders.service import importing
from hub.orders.service.importing import IMPORT_ORDERS
from hub.orders.store import readings
from hub.stock.tables import told
from tests.dying import dying_at
from tests.plugins.booth import Booth
from tests.slices.kernel.test_bulk import plan
from tests.slices.orders.bazaar import LATER, Bazaar, a_bazaar
from tests.slices.stock.goods import statements

MANY = 5
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def booth() -> Booth:
    return Booth()


@pytest.fixture
def bazaar(database: Database, booth: Booth, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bazaar]:
    """Readings are taken up in twos."""
    monkeypatch.setattr(importing, "EXPLAINED", 2)
    with a_bazaar(database, booth) as bazaar:
        yield bazaar


def are_read(bazaar: Bazaar) -> None:
    """So many listings were read to show 3 each just now, as a bulk step of linking leaves them."""
    at = bazaar.database.clock.now()
    row = {"account_id": bazaar.accounts["north"], "place_ref": "", "unsure": False, "taken": 0, "void": False}
    row |= {"reading": 3, "read_at": at, "touched_at": at, "expected": None}
    with bazaar.database.writing() as db:
        db.execute(sa.delete(told).where(told.c.listing_id.like("read %")))
        db.execute(sa.insert(told), [{"listing_id": f"read {n}", **row} for n in range(MANY)])


def left(bazaar: Bazaar) -> int:
    query = sa.select(sa.func.count()).select_from(told).where(told.c.reading.is_not(None))
    with bazaar.database.reading() as db:
        return int(db.execute(query).scalar_one())


def expected(bazaar: Bazaar) -> list[int | None]:
    with bazaar.database.reading() as db:
        return list(db.execute(sa.select(told.c.expected).where(told.c.listing_id.like("read %"))).scalars())


def test_all_are_taken_up_some_in_each_transaction(bazaar: Bazaar) -> None:
    are_read(bazaar)
    bazaar.passes(LATER)

    with statements(bazaar.database) as asked:
        bazaar.imports()

    assert (left(bazaar), expected(bazaar)) == (0, [3] * MANY)
    assert sum(one.startswith("UPDATE told") for one in asked) == 3


def test_a_reading_that_is_still_too_young_has_the_orders_imported_once_more(bazaar: Bazaar, booth: Booth) -> None:
    booth.sells("TEE", 1)
    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()
    read_at = bazaar.told("north", "TEE")["read_at"]
    bazaar.passes(timedelta(seconds=5))

    bazaar.imports()

    (next_,) = [job for job in bazaar.jobs() if job.kind == IMPORT_ORDERS.name and job.state == "ready"]
    assert bazaar.told("north", "TEE")["reading"] == 9
    assert next_.run_at == read_at + bazaar.channels.hosts.loaded["north"].channel.orders_visible_after


def test_whoever_dies_between_two_lots_leaves_the_rest_to_the_next(bazaar: Bazaar) -> None:
    over, living = True, 1
    halves: set[int] = set()
    while over:
        are_read(bazaar)
        bazaar.passes(LATER)
        with bazaar.database.writing() as db:
            importing.ask(db, bazaar.goods.merchant, bazaar.accounts["north"])

        with dying_at(bazaar.database, living) as life:
            bazaar.works()
        halves.add(left(bazaar))
        for _ in range(4):
            bazaar.passes(timedelta(minutes=3))
            jobs.sweep(bazaar.database)
            bazaar.works()

        assert (left(bazaar), expected(bazaar)) == (0, [3] * MANY), living
        over, living = life.over, living + 9
    assert halves >= {5, 0}
    assert len(halves) > 2, halves  # some died between two lots


def test_what_is_read_is_found_by_itself_and_not_among_all_that_was_told(database: Database) -> None:
    given = {"account": "one", "until": NOON, "limit": 500}

    some = plan(database, readings._some, **given)
    younger = plan(database, readings._younger, **given)

    assert "ix_told_reading" in some, some
    assert "ix_told_reading" in younger, younger
