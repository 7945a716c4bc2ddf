"""Pages of listings: what brute force finds, in its order, each read from an index whatever stands before it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product as every
from typing import Any

import pytest
import sqlalchemy as sa

from hub.catalog.rules import ListingState, SkuClass, name_key, sku_key
from hub.catalog.service.intake import Source, take_page
from hub.catalog.store import classes, listings, pages, search
from hub.catalog.store.pages import Key, ListingFilter
from hub.catalog.tables import listing
from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI
from hub.linking import jobs as linking_jobs
from hub.linking import store
from hub.linking.service import deciding, selecting, suggesting
from tests.slices.catalog.test_intake import NOW, an_item, do_something, take
from tests.slices.catalog.test_rules import CHANNEL

M = "merchant"
ACCOUNTS = (None, "one", "two", "nobody's", "a stranger's")
STANDINGS = (
    *({"state": state} for state in (None, *ListingState)),
    *({"sku_class": cls} for cls in SkuClass),
    {"sku": "A"}, {"sku_changed": True},
)  # fmt: skip
TEXTS = (None, "A", "kaos", "ka", "z", " ")


def every_page(database: Database, wanted: ListingFilter, limit: int) -> list[str]:
    """The ids of all pages, one after the other."""
    found: list[str] = []
    after: Key | None = None
    while True:
        with database.reading() as db:
            page = pages.page(db, M, wanted, limit=limit, after=after)
        assert len(page.rows) <= limit
        found += [row["id"] for row in page.rows]
        if page.following is None:
            return found
        assert page.following != after
        after = page.following


def fits(row: Any, wanted: ListingFilter) -> bool:  # Any: a row of the table
    standing = wanted.state or (ListingState.PENDING if wanted.sku_class else None)
    return (
        row.merchant_id == M
        and wanted.account_id in (None, row.account_id)
        and standing in (None, row.state)
        and wanted.sku_class in (None, row.sku_class)
        and (wanted.sku is None or sku_key(wanted.sku) == row.sku_key)
        and (not wanted.sku_changed or (row.linked_sku is not None and row.linked_sku != row.sku_key))
        and (not wanted.q or begins(row, wanted.q))
    )


def begins(row: Any, q: str) -> bool:  # Any: a row of the table
    return bool(row.sku_key.startswith(sku_key(q)) or row.name_key.startswith(name_key(q)))


def place(row: Any, q: str | None) -> tuple[object, ...]:  # Any: a row of the table
    if not q:
        return (row.id,)
    by_code = row.sku_key.startswith(sku_key(q))
    return not by_code, row.sku_key if by_code else row.name_key, row.account_id, row.id


@pytest.fixture
def lived_in(database: Database) -> Database:
    """Three accounts of ours and one of a stranger's, after a life of imports and decisions."""
    chance = random.Random(7)
    for step in range(60):
        do_something(database, chance, step)
    take(database, "one", [an_item(900, "kaos A"), an_item(901, "A-1", name="Topi"), an_item(902, "", name="A")])
    with database.writing() as db:
        stranger = Source(merchant_id="stranger", account_id="a stranger's", channel=CHANNEL)
        take_page(db, stranger, [an_item(1, "A"), an_item(2, "B")], run="run", seen_at=NOW)
    return database


@pytest.mark.parametrize("looked_at", [search.MOST, 3], ids=["at all", "at three"])
def test_the_pages_together_are_what_brute_force_finds(
    lived_in: Database, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(search, "MOST", looked_at)
    monkeypatch.setattr(search, "NARROW", looked_at)
    with lived_in.reading() as db:
        rows = db.execute(sa.select(listing)).all()

    for account, standing, q in every(ACCOUNTS, STANDINGS, TEXTS):
        wanted = ListingFilter(account_id=account, q=q, **standing)

        found = every_page(lived_in, wanted, 3)

        expected = sorted((row for row in rows if fits(row, wanted)), key=lambda row: place(row, wanted.q))
        assert found == [row.id for row in expected], wanted


def test_what_waits_and_fits_is_counted_as_it_is_walked(lived_in: Database) -> None:
    with lived_in.reading() as db:
        rows = db.execute(sa.select(listing)).all()
    assert any(row.state == "pending" and not row.current for row in rows), "something is retired"

    for account, cls, q in every(ACCOUNTS[:3], (None, *SkuClass), TEXTS):
        wanted = ListingFilter(account_id=account, sku_class=cls, q=q)
        with lived_in.reading() as db:
            found = pages.ids(db, M, wanted, limit=1_000, after="", until="~")
            counted = pages.count(db, M, wanted)

        waiting = [row.id for row in rows if row.state == "pending" and row.current and fits(row, wanted)]
        assert (found, counted) == (sorted(waiting), len(waiting)), wanted


def test_the_total_of_a_step_of_many_is_the_sum_of_what_it_came_to(database: Database) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, ""), *(an_item(ref, f"GONE-{ref}") for ref in range(3, 8))])
    take(database, "one", [an_item(ref, f"GONE-{ref}", active=False) for ref in range(3, 8)])

    with database.writing() as db:
        ticket = selecting.confirm_all(db, M, ListingFilter(state=ListingState.PENDING), actor=CLI)
    jobs.Runner(jobs.Runtime(database=database, handlers=linking_jobs.handlers(database))).run_lane("default")

    with database.reading() as db:
        job = jobs.find(db, ticket.job_id)
    assert job is not None
    assert job.progress == {"total": 2, "linked": 1, "refused": 1}


def test_a_cursor_of_another_search_or_of_nobody_finds_nothing_that_was_not_searched(database: Database) -> None:
    take(database, "one", [an_item(ref, sku) for ref, sku in enumerate(("A-1", "B-1", "C-1"))])

    for after in ((0, "A", "", ""), (99, "", "", ""), (0, "Z", "", "")):
        with database.reading() as db:
            found = pages.page(db, M, ListingFilter(q="B"), limit=50, after=after)

        assert {row["sku"] for row in found.rows} <= {"B-1"}


SIZE = 2_000
FILTERS = {
    "an account": ({"account_id": "late"}, "ix_listing_account"),
    "what waits in an account": ({"account_id": "late", "state": ListingState.PENDING}, "ix_listing_account"),
    "a class of an account": ({"account_id": "late", "sku_class": SkuClass.MATCHED}, "ix_listing_account"),
    "what is linked in an account": ({"account_id": "late", "state": ListingState.LINKED}, "ix_listing_account"),
    "all": ({}, "ix_listing_place"),
    "what waits": ({"state": ListingState.PENDING}, "ix_listing_place"),
    "a class": ({"sku_class": SkuClass.MATCHED}, "ix_listing_place"),
    "what is linked": ({"state": ListingState.LINKED}, "ix_listing_place"),
    "a code": ({"sku": "S-7", "sku_class": SkuClass.UNMATCHED}, "ix_listing_sku"),
    "a search": ({"q": "S-7"}, "ix_listing_sku"),
    "a search in a class": ({"q": "S-7", "sku_class": SkuClass.UNMATCHED}, "ix_listing_sku"),
    "a search in an account": ({"q": "S-7", "account_id": "late", "state": ListingState.LINKED}, "ix_listing_sku"),
}


@pytest.fixture(params=["as it grew", "analysed"])
def late(database: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A large account, and a small one that came behind it."""
    for start in range(0, SIZE, 500):
        take(database, "first", [an_item(ref, f"S-{ref}") for ref in range(start, start + 500)])
    take(database, "late", [an_item(ref, f"S-{ref % 50 + 10}" if ref % 2 else f"L-{ref}") for ref in range(200)])
    with database.writing() as db:
        late = sa.select(listing.c.id).where(listing.c.account_id == "late").order_by(listing.c.id).limit(60)
        deciding.confirm(db, M, list(db.execute(late).scalars()), actor=CLI)
    if request.param == "analysed":
        with database.writing() as db:
            db.connection.exec_driver_sql("ANALYZE")
    yield database
    if not database.embedded:  # or else the next test's listings would be read by these
        with database.writing() as db:
            db.connection.exec_driver_sql("DELETE FROM pg_statistic WHERE starelid = 'listing'::regclass")


@contextmanager
def plans(database: Database) -> Iterator[list[str]]:
    """How the database goes about each statement."""
    told: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if database.embedded else "EXPLAIN"

    def explained(
        connection: sa.Connection, _: object, sql: str, parameters: Any, *rest: object
    ) -> None:  # Any: theirs
        if sql.startswith(("SELECT", "WITH")):
            told.append("\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {sql}", parameters)))

    sa.event.listen(database.engine, "before_cursor_execute", explained)
    yield told
    sa.event.remove(database.engine, "before_cursor_execute", explained)


def first_plan(database: Database, ask: Callable[[Transaction], object]) -> str:
    with plans(database) as told, database.reading() as db:
        ask(db)
    return told[0]


def test_a_page_is_read_from_the_index_of_what_it_is_narrowed_by(late: Database) -> None:
    indexes = {str(index.name) for index in listing.indexes}
    read = {}

    for name, (given, _) in FILTERS.items():
        wanted = ListingFilter(**given)  # type: ignore[arg-type]  # a field each
        told = first_plan(late, partial(pages.page, merchant_id=M, wanted=wanted, limit=20, after=None))
        read[name] = {word for word in told.split() if word in indexes or word in ("Seq", "pk_listing")}

    assert read == {name: {index} for name, (_, index) in FILTERS.items()}


def test_what_has_suggestions_in_an_account_is_sought_in_its_own_place(late: Database) -> None:
    told = first_plan(
        late,
        lambda db: suggesting.suggested(db, M, sku_class=SkuClass.MATCHED, account_id="late", limit=20, after=""),
    )

    assert "ix_listing_account" in told, told


def test_listings_that_are_named_are_looked_up_by_their_ids(late: Database) -> None:
    with late.reading() as db:
        ids = list(db.execute(sa.select(listing.c.id).order_by(listing.c.id).limit(3)).scalars())

    asked = (
        first_plan(late, lambda db: listings.waiting(db, M, ids)),
        first_plan(late, lambda db: db.execute(store._suggested, {"merchant": M, "ids": ids})),
    )

    indexes = [str(index.name) for index in listing.indexes]
    seen = [line for told in asked for line in told.splitlines() if "listing" in line and "other" not in line]
    assert all(("listing_1" in told or "pk_listing" in told) for told in asked), asked
    assert [line for line in seen if any(index in line for index in indexes)] == []


def test_who_uses_some_codes_is_looked_up_and_never_joined(late: Database) -> None:
    given = {"merchant": M, "behind": [(f"S-{ref}", "") for ref in range(300)], "limit": 2}

    told = first_plan(late, lambda db: db.execute(classes._next_parts[db.dialect], given))

    assert told.count("ix_listing_sku") == 2, told
    assert "Join" not in told, told
