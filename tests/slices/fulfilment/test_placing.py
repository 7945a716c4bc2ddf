"""A warehouse of a 3PL is told of products: each once, with what it is to know, and people see how each stands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hub_hookspecs import (
    Money,
    Product,
    Rejected,
)

from hub.catalog.service import archiving
from hub.kernel.db import Database
from hub.kernel.errors import Invalid, NotFound, Refused
from hub.kernel.events import CLI
from hub.merchants.rules import Feature
from hub.stock.rules.placing import Status
from hub.stock.service import placing
from hub.stock.store import placed as people
from tests.plugins.silo import Silo
from tests.slices.channels.conftest import together
from tests.slices.fulfilment.keeper import Keeper, a_keeper


@pytest.fixture
def keeper(database: Database) -> Iterator[Keeper]:
    with a_keeper(database) as keeper:
        yield keeper


@pytest.fixture
def silo(keeper: Keeper) -> Silo:
    return keeper.silo


def test_a_placed_product_reaches_the_warehouse_with_its_data(keeper: Keeper, silo: Silo) -> None:
    keeper.changes(
        "TEE", barcode="899", weight_g=200, size_mm=(300, 200, 20), price=Money(amount=Decimal(9), currency="MYR"),
        options={"Size": "M"},
    )  # fmt: skip

    made = keeper.places("TEE")
    keeper.works()

    ((told, resume),) = silo.told
    assert (told.sku, told.place_ref, told.name, resume) == ("TEE", "KL1", "Kaos TEE", "")
    assert (told.barcode, told.weight_g, told.size_mm, told.options) == ("899", 200, (300, 200, 20), {"Size": "M"})
    assert (told.price, len(told.key) <= 50) == (Money(amount=Decimal(9), currency="MYR"), True)
    found = keeper.placement("TEE")
    assert (found.status, found.sku, found.ref, found.due, found.is_there) == (Status.PUSHED, "TEE", "I1", False, True)
    assert made.notes == []
    assert keeper.unfinished() == []


def test_products_are_placed_in_the_warehouse_that_was_named_and_only_there(keeper: Keeper) -> None:
    keeper.places("TEE", "CAP")
    keeper.places("MUG", at="JB2")
    keeper.works()

    assert (keeper.named_at_silo("KL1"), keeper.named_at_silo("JB2")) == (["CAP", "TEE"], ["MUG"])


def test_a_change_of_what_the_warehouse_knows_is_told_and_any_other_is_not(keeper: Keeper, silo: Silo) -> None:
    keeper.places("TEE")
    keeper.works()

    keeper.changes("TEE", description="soft", image_urls=("https://cdn.example/1.jpg",))
    keeper.works()
    assert len(silo.told) == 1
    keeper.changes("TEE", name="Kaos baru")
    keeper.changes("TEE", name="Kaos TEE")
    keeper.works()
    assert len(silo.told) == 1, "it is what it was"
    keeper.changes("TEE", name="Kaos baru")
    keeper.works()

    assert [(told.name, told.listing_ref) for told, _ in silo.told] == [("Kaos TEE", ""), ("Kaos baru", "I1")]


def test_a_product_is_known_to_its_warehouse_by_its_first_sku_for_good(keeper: Keeper, silo: Silo) -> None:
    keeper.places("TEE")
    keeper.works()

    keeper.changes("TEE", sku="TEE-NEW")
    keeper.goods.sells("OTHER")
    keeper.changes("OTHER", sku="TEE")
    keeper.places("OTHER")
    keeper.works()

    assert {told.sku for told, _ in silo.told} == {"TEE"}
    refused = keeper.placement("OTHER")
    assert refused.status is Status.FAILED
    assert refused.reason.startswith(f"the warehouse knows product {keeper.goods.named['TEE']} as 'TEE' for good")


def test_of_a_bundle_its_components_are_placed(keeper: Keeper) -> None:
    keeper.goods.sells("SET", TEE=2, CAP=1)
    keeper.goods.sells("BOX", SET=1, MUG=1)

    made = keeper.places("BOX", "TEE")
    keeper.works()

    assert keeper.named_at_silo() == ["CAP", "MUG", "TEE"]
    assert len(made.product_ids) == 3


def test_a_change_while_the_product_is_told_is_told_afterwards(keeper: Keeper, silo: Silo) -> None:
    def change(product: Product) -> None:
        if product.name == "Kaos TEE":
            keeper.changes("TEE", name="Kaos baru")

    silo.before = change
    keeper.places("TEE")
    keeper.works()

    assert [told.name for told, _ in silo.told] == ["Kaos TEE", "Kaos baru"]


def test_a_product_that_is_gone_is_told_of_no_more(keeper: Keeper, silo: Silo) -> None:
    keeper.places("TEE")
    with keeper.database.writing() as db:
        archiving.archive(db, keeper.goods.merchant, keeper.goods.named["TEE"], actor=CLI)
    keeper.works()

    assert (silo.told, keeper.placement("TEE").status) == ([], Status.FAILED)
    assert keeper.placement("TEE").reason == "the product is no longer in the catalogue"


def test_two_who_place_the_same_at_once_have_it_told_once(keeper: Keeper, silo: Silo) -> None:
    together([lambda: keeper.places("TEE", "CAP")] * 4)
    keeper.works()

    assert sorted(keeper.calls()) == ["CAP", "TEE"]


REFUSALS = [
    pytest.param((Feature.MASTER_PRODUCT,), "Warehouse management", id="no warehouse management"),
    pytest.param((Feature.WAREHOUSE_MANAGEMENT,), "Product / Master product", id="no master products"),
    pytest.param((), "Product / Master product and Warehouse management", id="neither"),
]


@pytest.mark.parametrize(("features", "missing"), REFUSALS)
def test_a_plan_without_it_is_told_what_is_missing(
    keeper: Keeper, silo: Silo, features: tuple[Feature, ...], missing: str
) -> None:
    keeper.plans(*features)

    with pytest.raises(Refused) as refused:
        keeper.places("TEE")
    keeper.works()

    assert (refused.value.code, silo.told) == ("plan_lacks_fulfilment", [])
    assert f"does not contain {missing}: have it added" in str(refused.value)


def test_only_products_of_the_merchant_are_placed_and_only_in_warehouses_of_3pls(keeper: Keeper) -> None:
    merchant, house = keeper.goods.merchant, keeper.goods.named["KL1"]
    foreign = [keeper.goods.named["TEE"], "0190a6e0-0000-7000-8000-000000000000"]

    with keeper.database.writing() as db, pytest.raises(Invalid) as unknown:
        placing.place(db, merchant, house, foreign, actor=CLI)
    with keeper.database.writing() as db, pytest.raises(Refused) as own:
        placing.place(db, merchant, keeper.goods.named["main"], foreign[:1], actor=CLI)
    with keeper.database.writing() as db, pytest.raises(NotFound):
        placing.place(db, merchant, foreign[1], foreign[:1], actor=CLI)

    assert [each.field for each in unknown.value.errors] == ["product_ids[1]"]
    assert own.value.code == "own_warehouse"


def test_who_mixes_warehouses_is_warned_and_not_stopped(keeper: Keeper) -> None:
    keeper.goods.adjusts("TEE", 5)
    keeper.places("CAP", at="JB2")

    notes = keeper.places("TEE", "CAP", "MUG").notes
    keeper.works()

    assert [note.split(":")[0] for note in notes] == ["CAP is in JB2 CONS too", "TEE is in Main warehouse too"]
    assert keeper.named_at_silo() == ["CAP", "MUG", "TEE"]


def test_people_see_how_each_product_stands_page_by_page(keeper: Keeper, silo: Silo) -> None:
    silo.before = lambda product: None if product.sku != "MUG" else refuse()

    def refuse() -> None:
        raise Rejected("no mugs")

    keeper.places("TEE", "CAP", "MUG")
    keeper.works()
    house = keeper.goods.named["KL1"]

    with keeper.database.reading() as db:
        first = people.page(db, house, status=None, after="", limit=2)
        rest = people.page(db, house, status=None, after=first[1].product_id, limit=2)
        failed = people.page(db, house, status=Status.FAILED, after="", limit=2)

    assert (len(first), [row.product_id for row in rest]) == (3, [first[2].product_id])
    assert [(row.sku, row.reason, row.on_hand) for row in failed] == [("MUG", "no mugs", None)]
