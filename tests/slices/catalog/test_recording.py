"""A product that was pushed to a channel has its listing at once, and an import of the same ref changes no decision."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import hub_hookspecs
import msgspec
import pytest
import sqlalchemy as sa
from hub_hookspecs import Item, Money

from hub.catalog.rules import sku_key
from hub.catalog.service.intake import take_page
from hub.catalog.service.recording import Pushed, record_listing
from hub.catalog.store import products
from hub.catalog.store.products import ProductData
from hub.catalog.tables import listing
from hub.kernel.db import Database
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import CLI, event
from hub.kernel.ids import new_id
from hub.linking.service import deciding as linking
from hub.linking.service import relinking
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.test_intake import NOW, a_source, an_item, ids, retire, take


def a_product(database: Database, sku: str) -> str:
    product_id = new_id()
    with database.writing() as db:
        products.insert(db, "merchant", product_id, ProductData(sku=sku, name="Kaos"))
    return product_id


def pushed(sku: str, *, name: str = "Kaos") -> Pushed:
    price = Money(amount=Decimal("9.90"), currency="MYR")
    told = hub_hookspecs.Product(key="k", sku=sku, name=name, quantity=5, price=price)
    return Pushed(told=told, seen_at=NOW)


def keep(database: Database, account: str, product_id: str, ref: str, given: Pushed) -> str:
    with database.writing() as db:
        return record_listing(db, "merchant", account, product_id, ref, pushed=given, actor=CLI)


def everything(database: Database) -> tuple[list[tuple[object, ...]], int]:
    with database.reading() as db:
        rows = [tuple(row) for row in db.execute(sa.select(listing).order_by(listing.c.id))]
        return rows, len(db.execute(sa.select(event.c.id)).all())


def test_what_was_pushed_is_linked_and_current_at_once(database: Database) -> None:
    product_id = a_product(database, "A")

    listing_id = keep(database, "pos", product_id, "1", pushed("A"))

    with database.reading() as db:
        (row,) = db.execute(sa.select(listing))
    assert (row.id, row.product_id, row.state, row.current, row.sku_class) == (
        listing_id, product_id, "linked", True, None,
    )  # fmt: skip
    assert violations(database) == []


def test_the_same_call_twice_changes_nothing(database: Database) -> None:
    product_id = a_product(database, "A")
    keep(database, "pos", product_id, "1", pushed("A"))
    before = everything(database)

    keep(database, "pos", product_id, "1", pushed("A"))

    assert everything(database) == before


def test_a_push_that_tells_something_else_updates_the_row(database: Database) -> None:
    product_id = a_product(database, "A")
    first = keep(database, "pos", product_id, "1", pushed("A"))

    second = keep(database, "pos", product_id, "1", pushed("A", name="Kaos baru"))

    with database.reading() as db:
        (row,) = db.execute(sa.select(listing))
    assert (second, row.name, row.product_id) == (first, "Kaos baru", product_id)


def test_an_update_leaves_what_no_update_changes_as_the_channel_shows_it(database: Database) -> None:
    product_id = a_product(database, "A")
    shown = Item(
        ref="1", sku="A", name="Kaos", active=True, quantity=4, parent_ref="P-1", raw_status="DRAFT", updated_at=NOW,
        barcode="8991234567890", weight_g=180, description="adem", category_ref="11", image_urls=("https://x/1",),
        options={"Size": "M"}, url="https://shop.example/1", price=Money(amount=Decimal("9.90"), currency="MYR"),
    )  # fmt: skip
    take(database, "shop", [shown])
    before = the_listing(database)

    told = hub_hookspecs.Product(
        key="k", sku="A", name="Kaos baru", quantity=99, image_urls=("https://x/2",),
        price=Money(amount=Decimal("9.9"), currency="MYR"),
    )  # fmt: skip
    keep(database, "shop", product_id, "1", Pushed(told=told, seen_at=NOW))

    after = the_listing(database)
    kept = ("quantity", "active", "parent_ref", "details", "price", "currency", "barcode_key")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert (after["name"], after["product_id"], after["current"]) == ("Kaos baru", product_id, True)
    assert take(database, "shop", [msgspec.structs.replace(shown, name="Kaos baru")]).changed == 0


def test_a_listing_that_the_channel_hides_is_current_after_an_update_and_as_hidden_as_before(
    database: Database,
) -> None:
    product_id = a_product(database, "A")
    for active in (True, False):
        take(database, "shop", [an_item(1, "A", active=active)])

    keep(database, "shop", product_id, "1", pushed("A"))

    row = the_listing(database)
    assert (row["active"], row["current"]) == (False, True)


def test_an_update_writes_what_it_told(database: Database) -> None:
    product_id = a_product(database, "A")
    shown = an_item(1, "A")
    take(database, "shop", [msgspec.structs.replace(shown, barcode="8991234567890", weight_g=180, description="adem")])

    price = Money(amount=Decimal("9.90"), currency="MYR")
    told = hub_hookspecs.Product(
        key="k", sku="A", name="Kaos", price=price, barcode="036000291452", weight_g=200, description="baru",
        category_ref="12", options={"Size": "L"}, image_urls=("https://x/2",),
    )  # fmt: skip
    keep(database, "shop", product_id, "1", Pushed(told=told, seen_at=NOW, parent_ref="P-2", url="https://shop/1"))

    row = the_listing(database)
    assert (row["price"], row["currency"], row["parent_ref"]) == ("9.90", "MYR", "P-2")
    assert row["details"] == {
        "barcode": "036000291452", "weight_g": 200, "description": "baru", "category_ref": "12",
        "options": {"Size": "L"}, "image_urls": ["https://x/2"], "url": "https://shop/1",
    }  # fmt: skip


def the_listing(database: Database) -> sa.RowMapping:
    with database.reading() as db:
        return db.execute(sa.select(listing)).mappings().one()


def test_a_later_import_of_the_ref_updates_the_same_row_and_leaves_its_link(database: Database) -> None:
    product_id = a_product(database, "A")
    keep(database, "pos", product_id, "1", pushed("A"))

    tally = take(database, "pos", [an_item(1, "A", name="as the channel says")])

    with database.reading() as db:
        (row,) = db.execute(sa.select(listing))
    assert (row.name, row.product_id, row.state) == ("as the channel says", product_id, "linked")
    assert tally.new == 0
    assert violations(database) == []


def test_an_import_that_had_begun_before_the_push_does_not_retire_it(database: Database) -> None:
    product_id = a_product(database, "A")
    keep(database, "pos", product_id, "1", pushed("A"))

    retire(database, "pos", run="run", before=NOW)

    with database.reading() as db:
        assert db.execute(sa.select(listing.c.current)).scalar_one()


@pytest.mark.parametrize("is_update", [False, True])
def test_an_answer_that_comes_late_lets_no_running_import_retire_what_it_has_seen(
    database: Database, is_update: bool
) -> None:
    product_id, began_at = a_product(database, "A"), NOW + timedelta(seconds=10)
    if is_update:
        keep(database, "pos", product_id, "1", pushed("A"))
    with database.writing() as db:
        take_page(db, a_source("pos"), [an_item(1, "A")], run="running", seen_at=began_at)

    keep(database, "pos", product_id, "1", pushed("A", name="Kaos baru"))
    retire(database, "pos", run="running", before=began_at + timedelta(seconds=1))

    row = the_listing(database)
    assert (row["name"], row["current"], row["seen_at"]) == ("Kaos baru", True, began_at)


def test_a_push_that_is_later_than_an_import_keeps_its_own_instant(database: Database) -> None:
    product_id = a_product(database, "A")
    take(database, "pos", [an_item(1, "A")])

    later = msgspec.structs.replace(pushed("A", name="Kaos baru"), seen_at=NOW + timedelta(minutes=1))
    keep(database, "pos", product_id, "1", later)

    assert the_listing(database)["seen_at"] == NOW + timedelta(minutes=1)


def test_what_an_import_and_a_person_were_quicker_with_is_known_by_its_key_too(database: Database) -> None:
    product_id = a_product(database, "A")
    keep(database, "pos", product_id, "1", pushed("A"))
    with database.writing() as db:
        db.execute(sa.update(listing).values(pushed_key=None))

    keep(database, "pos", product_id, "1", pushed("A"))

    assert the_listing(database)["pushed_key"] == "k"


def test_a_push_acknowledges_no_code_for_the_person_who_has_not(database: Database) -> None:
    product_id = a_product(database, "A")
    take(database, "shop", [an_item(1, "A")])
    with database.writing() as db:
        relinking.link(db, "merchant", ids(database)[0], product_id, actor=CLI)
    take(database, "shop", [an_item(1, "A-OLD")])

    keep(database, "shop", product_id, "1", pushed("A-OLD", name="Kaos baru"))

    row = the_listing(database)
    assert (row["name"], row["sku_key"], row["linked_sku"]) == ("Kaos baru", sku_key("A-OLD"), sku_key("A"))


@pytest.mark.parametrize("state", ["pending", "ignored"])
def test_a_listing_that_stood_there_already_is_taken_over(database: Database, state: str) -> None:
    product_id = a_product(database, "A")
    take(database, "pos", [an_item(1, "A"), an_item(2, "A")])
    if state == "ignored":
        with database.writing() as db:
            linking.ignore(db, "merchant", ids(database)[0], actor=CLI)

    keep(database, "pos", product_id, "1", pushed("B"))

    with database.reading() as db:
        rows = {row.ref: row for row in db.execute(sa.select(listing))}
    assert (rows["1"].product_id, rows["1"].sku, rows["2"].sku_class) == (product_id, "B", "matched")
    assert violations(database) == []


def test_a_ref_that_a_person_linked_elsewhere_is_not_taken_away(database: Database) -> None:
    one, other = a_product(database, "A"), a_product(database, "B")
    keep(database, "pos", one, "1", pushed("A"))
    before = everything(database)

    with pytest.raises(Refused, match="move it"):
        keep(database, "pos", other, "1", pushed("B"))

    assert everything(database) == before


def test_another_merchants_product_is_no_product(database: Database) -> None:
    product_id = a_product(database, "A")

    with pytest.raises(NotFound), database.writing() as db:
        record_listing(db, "stranger", "pos", product_id, "1", pushed=pushed("A"), actor=CLI)


@pytest.mark.parametrize("seed", range(3))
def test_among_pages_and_decisions_classes_and_counts_stay_what_brute_force_says(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    made = {sku: a_product(database, sku) for sku in "ABC"}

    for step in range(25):
        if chance.random() < 0.5:
            take(
                database, "one", [an_item(chance.randrange(6), chance.choice("ABC ")) for _ in range(4)], run=str(step)
            )
        else:
            sku, ref = chance.choice("ABC"), str(chance.randrange(6))
            with suppress(Refused):  # where the ref is another product's already
                keep(database, chance.choice(["one", "two"]), made[sku], ref, pushed(sku))

        assert violations(database) == [], f"seed {seed}, step {step}"
