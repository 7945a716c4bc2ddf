"""Pages of any sort, taken in in any order: classes and counts are always what brute force says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import Item

from hub.catalog.service.intake import Source, retire_unseen, take_page
from hub.catalog.service.tallies import Tally
from hub.catalog.store import classes
from hub.catalog.tables import listing
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding as linking
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.test_rules import CHANNEL

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SKUS = ["", " ", "A", "B", "C", "A ", "a", "D", "E", "F"]


def a_source(account_id: str) -> Source:
    return Source(merchant_id="merchant", account_id=account_id, channel=CHANNEL)


def an_item(ref: int, sku: str, *, active: bool = True, quantity: int = 5, name: str = "Kaos") -> Item:
    return Item(ref=str(ref), sku=sku, name=name, active=active, quantity=quantity)


def take(database: Database, account_id: str, items: list[Item], run: str = "run") -> Tally:
    with database.writing() as db:
        return take_page(db, a_source(account_id), items, run=run, seen_at=NOW)


def retire(database: Database, account_id: str, run: str, before: datetime = NOW + timedelta(hours=1)) -> None:
    after: str | None = ""
    while after is not None:
        with database.writing() as db:
            after = retire_unseen(db, "merchant", account_id, run=run, before=before, after=after)


def ids(database: Database) -> list[str]:
    with database.reading() as db:
        return list(db.execute(sa.select(listing.c.id).order_by(listing.c.id)).scalars())


def do_something(database: Database, chance: random.Random, step: int) -> None:
    account = chance.choice(["one", "two", "three"])
    match chance.randrange(8):
        case 0:
            retire(database, account, run=chance.choice([f"{step - 1}", f"{step}"]))
        case 1 if known := ids(database):
            with database.writing() as db:
                linking.confirm(db, "merchant", chance.sample(known, min(3, len(known))), actor=CLI)
        case 2 if known := ids(database):
            act = chance.choice([linking.ignore, linking.restore])
            with database.writing() as db:
                row = db.execute(sa.select(listing).where(listing.c.id == chance.choice(known))).one()
                if row.state != "linked":
                    act(db, "merchant", row.id, actor=CLI)
        case _:
            take(database, account, [anything(chance) for _ in range(chance.randrange(1, 9))], run=str(step))


def anything(chance: random.Random) -> Item:
    return an_item(
        chance.randrange(12), chance.choice(SKUS), active=chance.random() > 0.2, quantity=chance.randrange(3)
    )


@pytest.mark.parametrize("seed", range(12))
def test_after_every_step_classes_and_counts_are_what_brute_force_says(database: Database, seed: int) -> None:
    chance = random.Random(seed)

    for step in range(40):
        do_something(database, chance, step)

        assert violations(database) == [], f"seed {seed}, step {step}"


@pytest.mark.parametrize("broken", ["reclassify", "add_counts"])
def test_the_oracle_reports_a_hub_that_forgets_others(
    database: Database, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(classes, broken, lambda *given, **named: None)

    take(database, "one", [an_item(1, "A")])
    take(database, "two", [an_item(1, "A")])

    assert violations(database) != []


def test_every_item_is_counted_once_as_a_listing_or_by_the_reason_it_was_skipped(database: Database) -> None:
    page = [
        an_item(1, "A"), an_item(2, "B", quantity=0), an_item(3, "C", active=False), an_item(1, "A"), an_item(4, ""),
    ]  # fmt: skip

    first = take(database, "one", page)
    drifted = take(database, "one", [an_item(4, ""), an_item(5, "E")])

    assert first == Tally(items_seen=5, listings=2, new=2, skipped={"sold_out": 1, "inactive": 1, "repeat": 1})
    assert drifted == Tally(items_seen=2, listings=1, new=1, skipped={"repeat": 1})
    assert (first + drifted).items_seen == 7


def test_of_an_item_that_stands_twice_on_a_page_the_last_one_counts(database: Database) -> None:
    take(database, "one", [an_item(1, "OLD", name="old"), an_item(1, "NEW", name="new")])

    with database.reading() as db:
        (row,) = db.execute(sa.select(listing))
    assert (row.sku, row.name) == ("NEW", "new")


def test_a_code_shared_by_very_many_listings_costs_a_page_no_more_statements(database: Database) -> None:
    for start in range(0, 2_000, 500):
        take(database, "one", [an_item(ref, "SAME") for ref in range(start, start + 500)])
    statements: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    take(database, "one", [an_item(ref, "SAME") for ref in range(9_000, 9_050)])

    assert len(statements) <= 6, statements
    assert violations(database) == []


@pytest.mark.parametrize("known", [False, True], ids=["new", "unchanged"])
def test_a_page_of_any_size_takes_the_same_few_statements(database: Database, known: bool) -> None:
    pages = [[an_item(ref, f"S-{size}-{ref}") for ref in range(size)] for size in (50, 500)]
    counted = []
    for number, page in enumerate(pages):
        account = f"account {number}"
        if known:
            take(database, account, page)
        statements: list[str] = []
        record = lambda *given, into=statements: into.append(given[2])  # noqa: E731 - SQLAlchemy keeps it
        sa.event.listen(database.engine, "before_cursor_execute", record)
        take(database, account, page, run="again")
        sa.event.remove(database.engine, "before_cursor_execute", record)
        counted.append(len(statements))

    assert counted[0] == counted[1] <= 5
