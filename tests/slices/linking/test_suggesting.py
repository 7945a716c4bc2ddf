"""What may be the same under another code: found by index, told with the evidence, strongest first."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa
from hub_hookspecs import Item

from hub.catalog.rules import SkuClass
from hub.catalog.tables import listing
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking import store
from hub.linking.service import deciding, suggesting
from hub.linking.service.suggesting import Suggestion
from tests.slices.catalog.test_intake import an_item, take

M = "merchant"
BARCODE = "8991234567891"


def with_barcode(ref: int, sku: str, barcode: str = BARCODE, name: str = "Kemeja") -> Item:
    return msgspec.structs.replace(an_item(ref, sku, name=name), barcode=barcode)


def of(database: Database, account: str, ref: str) -> str:
    with database.reading() as db:
        mine = sa.select(listing.c.id).where(listing.c.account_id == account, listing.c.ref == ref)
        return str(db.execute(mine).scalar_one())


def suggestions(database: Database, account: str = "one", ref: str = "1") -> list[Suggestion]:
    with database.reading() as db:
        return suggesting.suggestions(db, M, of(database, account, ref))


def suggested(database: Database, *, limit: int = 50) -> tuple[list[str], int]:
    """The SKUs of all pages, and how many pages there were."""
    found, after, asked = [], "", 0
    while True:
        with database.reading() as db:
            given = suggesting.suggested(
                db, M, sku_class=SkuClass.UNMATCHED, account_id=None, limit=limit, after=after
            )  # fmt: skip
        found += [row["sku"] for row in given.rows]
        asked += 1
        if given.following is None:
            return found, asked
        after = given.following


def test_the_strongest_reason_comes_first_and_all_reasons_are_told(database: Database) -> None:
    take(database, "one", [with_barcode(1, "TEE_M", name="Kaos Polos")])
    take(database, "two", [
        an_item(1, "TEE-M", name="Kaos Polos"), an_item(2, "X-1", name="kaos polos"), with_barcode(3, "Y-1"),
        an_item(4, "T33-M", name="Topi"),
    ])  # fmt: skip

    found = suggestions(database)

    assert [(each.sku, each.strength, [proof.rule.value for proof in each.evidence]) for each in found] == [
        ("Y-1", 100, ["same_barcode"]),
        ("TEE-M", 75, ["sku_punctuation", "same_name"]),
        ("X-1", 15, ["same_name"]),
    ]
    assert (found[0].evidence[0].ours, found[0].evidence[0].theirs) == (BARCODE, BARCODE)
    assert (found[1].evidence[0].ours, found[1].evidence[0].theirs) == ("TEE_M", "TEE-M")


def test_signs_that_look_alike_are_weaker_than_punctuation(database: Database) -> None:
    take(database, "one", [an_item(1, "KPS-O1", name="a")])
    take(database, "two", [an_item(1, "KPS-01", name="b"), an_item(2, "kpso1", name="c")])

    assert [(each.sku, each.strength) for each in suggestions(database)] == [("kpso1", 60), ("KPS-01", 40)]


def test_a_listing_that_is_linked_stands_for_its_product(database: Database) -> None:
    take(database, "one", [an_item(1, "TEE_M", name="a")])
    take(database, "two", [an_item(1, "TEE-M", name="b")])
    with database.writing() as db:
        (answer,) = deciding.confirm(db, M, [of(database, "two", "1")], actor=CLI)

    (found,) = suggestions(database)

    assert (found.product_id, found.listing_id, found.sku) == (answer.product_id, None, "TEE-M")


def test_a_listing_without_a_code_is_told_which_code_to_fill_in(database: Database) -> None:
    take(database, "one", [with_barcode(1, "")])
    take(database, "two", [with_barcode(1, "TEE-M", name="Lain")])

    assert [(each.sku, each.strength) for each in suggestions(database)] == [("TEE-M", 100)]


def test_the_same_shop_and_what_is_ignored_suggest_nothing(database: Database) -> None:
    take(database, "one", [an_item(1, "TEE_M", name="a"), an_item(2, "TEE-M", name="b")])
    take(database, "two", [an_item(2, "tee m", name="d")])
    with database.writing() as db:
        deciding.ignore(db, M, of(database, "two", "2"), actor=CLI)

    assert suggestions(database) == []
    assert suggested(database) == ([], 1)


def test_what_has_suggestions_is_listed_page_by_page_and_each_page_looks_at_a_bounded_number(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WINDOW", 4)
    take(
        database, "one", [an_item(ref, f"K_{ref}" if ref % 3 == 0 else f"Z{ref}", name=f"n{ref}") for ref in range(20)]
    )
    take(database, "two", [an_item(ref, f"K-{ref}", name=f"m{ref}") for ref in range(0, 20, 3)])

    every, pages = suggested(database)
    by_one, _ = suggested(database, limit=1)

    wanted = {f"K{mark}{ref}" for ref in range(0, 20, 3) for mark in "_-"}
    assert set(every) == set(by_one) == wanted
    assert len(every) == len(by_one) == len(wanted)
    assert pages >= 27 // 4
