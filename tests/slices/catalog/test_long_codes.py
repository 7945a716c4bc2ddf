"""One listing with a code longer than an index bears costs no other: the same on both databases."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import Item

from hub.catalog.rules import LONGEST_KEY, LONGEST_REF, index_key, sku_key
from hub.catalog.service.recording import record_listing
from hub.catalog.service.tallies import Tally
from hub.catalog.tables import listing, product
from hub.kernel.db import Database
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.linking.service import deciding as linking
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.test_intake import ids, take
from tests.slices.catalog.test_recording import a_product, pushed


def noise(length: int, seed: int = 1) -> str:
    """Text that does not compress, of characters that take four bytes each."""
    return "".join(map(chr, random.Random(seed).choices(range(0x20000, 0x2A000), k=length)))


def an_item(ref: str, sku: str, parent_ref: str = "") -> Item:
    return Item(ref=ref, sku=sku, name="Kaos", active=True, quantity=5, parent_ref=parent_ref)


def rows(database: Database) -> dict[str, sa.Row[Any]]:  # Any: whole listings
    with database.reading() as db:
        return {row.ref: row for row in db.execute(sa.select(listing))}


def confirm_everything(database: Database) -> None:
    known = ids(database)
    with database.writing() as db:
        linking.confirm(db, "merchant", known, actor=CLI)


def test_an_item_that_cannot_be_kept_by_its_ref_is_counted_and_the_others_come_in(database: Database) -> None:
    page = [an_item(noise(LONGEST_REF + 1), "A"), an_item("2", "B"), an_item(noise(5_000), "C")]

    told = take(database, "one", page)

    assert told == Tally(items_seen=3, listings=1, new=1, skipped={"ref_too_long": 2})
    assert list(rows(database)) == ["2"]


def test_a_code_of_any_length_is_kept_as_the_channel_gives_it(database: Database) -> None:
    long = noise(5_000)

    take(database, "one", [an_item("1", long), an_item("2", "B")])

    assert {ref: row.sku for ref, row in rows(database).items()} == {"1": long, "2": "B"}


def test_equal_long_codes_match_and_those_that_differ_in_their_last_sign_do_not(database: Database) -> None:
    long = noise(4_000)
    take(database, "one", [an_item("1", long + "a"), an_item("2", long + "b")])

    take(database, "two", [an_item("3", f" {long}a ")])

    assert {ref: row.sku_class for ref, row in rows(database).items()} == {
        "1": "matched", "2": "unmatched", "3": "matched",
    }  # fmt: skip
    assert violations(database) == []


def test_listings_with_long_codes_become_products_and_variants(database: Database) -> None:
    parent = noise(5_000, seed=2)
    take(database, "one", [an_item("1", noise(5_000, 3), parent), an_item("2", noise(5_000, 4), parent)])

    confirm_everything(database)

    with database.reading() as db:
        made = db.execute(sa.select(product)).all()
    assert sorted(row.sku for row in made) == sorted([noise(5_000, 3), noise(5_000, 4)])
    assert len({row.parent_id for row in made}) == 1
    assert made[0].parent_id


def test_the_longest_codes_that_are_not_cut_fit_every_index(database: Database) -> None:
    longest = [an_item(noise(LONGEST_REF), noise(LONGEST_KEY, 2), noise(LONGEST_KEY, 3))]

    told = take(database, "one", longest)
    confirm_everything(database)

    (row,) = rows(database).values()
    assert (told.listings, row.state, row.sku_key, row.parent_ref) == (
        1, "linked", noise(LONGEST_KEY, 2), noise(LONGEST_KEY, 3),
    )  # fmt: skip


def test_a_pushed_product_whose_listing_has_too_long_a_ref_is_refused_by_name(database: Database) -> None:
    product_id = a_product(database, "A")

    with pytest.raises(Refused, match=r"501 characters.*500 at most"), database.writing() as db:
        record_listing(db, "merchant", "one", product_id, "x" * 501, pushed=pushed("A"), actor=CLI)


def test_no_other_code_has_the_key_of_one_that_was_cut() -> None:
    long = "A" * (LONGEST_KEY + 1)

    key = sku_key(long)

    assert index_key("A" * LONGEST_KEY) == "A" * LONGEST_KEY
    assert key.startswith("A" * 400)
    assert len({key, sku_key(key), sku_key(long + "A"), sku_key("A" * LONGEST_KEY)}) == 4
