"""Confirmations that gave products parents, taken back: products are in the groups that they were in."""

from __future__ import annotations

import pytest

from hub.catalog.service import archiving, products, variants
from hub.catalog.store.products import ProductData
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import merging
from tests.slices.linking.steps import Catalogue


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    return Catalogue(database)


def puts(catalogue: Catalogue, product_id: str, parent_id: str) -> None:
    """A person puts a product under a parent."""
    with catalogue.database.writing() as db:
        old = products.find(db, catalogue.merchant, product_id, for_change=True)
        new = ProductData(sku=old.product.sku, name=old.product.name, parent_id=parent_id)
        products.change(db, old, new, actor=CLI)


def test_a_product_that_there_was_leaves_the_parent_that_a_confirmation_gave_it(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", group="kaos")
    catalogue.does(products.create, ProductData(sku="A", name="Ours"))
    before = catalogue.state()
    step = catalogue.confirms("one/1")
    grouped = catalogue.state()
    assert catalogue.variants() == [{"A"}]

    undone = catalogue.undoes(step)
    assert catalogue.state() == before
    catalogue.undoes(undone)

    assert catalogue.state() == grouped


def test_a_parent_goes_with_the_product_that_is_merged_away_and_comes_back_with_it(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", group="kaos")
    catalogue.lists("two", "B")
    catalogue.confirms("one/1")
    catalogue.confirms("two/1")
    before = catalogue.state()
    assert catalogue.variants() == [{"A"}]

    merged = catalogue.does(merging.merge, *(str(catalogue.row(name).product_id) for name in ("one/1", "two/1")))
    together = catalogue.state()
    assert catalogue.variants() == []
    unmerged = catalogue.undoes(merged)
    assert catalogue.state() == before
    remerged = catalogue.undoes(unmerged)

    assert catalogue.state() == together
    told = catalogue.told("parent.removed", "parent.restored")
    assert [(event.kind, event.cause) for event in told] == [
        ("parent.removed", merged), ("parent.restored", unmerged), ("parent.removed", remerged),
    ]  # fmt: skip


def test_a_parent_goes_with_the_product_that_is_archived_and_comes_back_with_it(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", group="kaos")
    catalogue.confirms("one/1")
    catalogue.unlinks("one/1")
    before = catalogue.state()
    (product_id,) = before["products"]

    catalogue.does(archiving.archive, product_id)
    assert catalogue.variants() == []
    catalogue.does(archiving.restore, product_id)

    assert catalogue.state() == before
    assert len(catalogue.told("parent.restored")) == 1


def test_a_parent_that_a_person_used_stays_when_its_last_product_is_merged_away(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B")
    catalogue.confirms("one/1", "one/2")
    one, other = (str(catalogue.row(name).product_id) for name in ("one/1", "one/2"))
    puts(catalogue, one, catalogue.does(variants.create_parent, "Kaos").id)

    catalogue.does(merging.merge, one, other)

    assert catalogue.variants() == [set()]


def test_no_empty_parent_is_left_however_often_a_step_is_taken_back(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", "C", group="kaos")
    before = catalogue.state()

    for _ in range(3):
        catalogue.undoes(catalogue.confirms("one/1"))
        catalogue.undoes_all(catalogue.confirms_all().outcome["event_id"])

    assert catalogue.state() == before


@pytest.mark.parametrize("order", [(1, 0), (0, 1)], ids=["last first", "first first"])
def test_a_product_that_a_second_shop_grouped_goes_with_both(catalogue: Catalogue, order: tuple[int, int]) -> None:
    catalogue.lists("one", "A")
    catalogue.lists("two", "A", group="shirt")
    before = catalogue.state()
    steps = [catalogue.confirms("one/1"), catalogue.confirms("two/1")]
    assert catalogue.variants() == [{"A"}]

    for place in order:
        catalogue.undoes(steps[place])

    assert catalogue.state() == before


def test_siblings_share_their_parent_whenever_they_are_confirmed_and_confirmed_again(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", group="kaos")
    undone = catalogue.undoes(catalogue.confirms("one/1"))
    catalogue.confirms("one/2")

    catalogue.undoes(undone)

    assert catalogue.variants() == [{"A", "B"}]


def test_a_product_keeps_its_parent_while_another_step_that_would_give_it_stands(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", group="kaos")
    catalogue.lists("two", "A", "C", group="shirt")
    steps = [catalogue.confirms(name) for name in ("one/1", "two/1", "two/2")]
    assert catalogue.variants() == [{"A", "C"}]

    catalogue.undoes(steps[0])
    assert catalogue.variants() == [{"A", "C"}]
    catalogue.undoes(steps[1])
    assert catalogue.variants() == [{"C"}]
    catalogue.confirms("one/2")

    assert catalogue.variants() == [{"B", "C"}]  # the parent was made for the group of B


def test_a_parent_that_a_person_chose_is_not_taken_back_nor_given_again(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", group="kaos")
    ours = catalogue.does(products.create, ProductData(sku="A", name="Ours"))
    chosen = catalogue.does(variants.create_parent, "Chosen")
    step = catalogue.confirms("one/1")
    puts(catalogue, ours.product.id, chosen.id)

    undone = catalogue.undoes(step)
    assert catalogue.state()["products"][ours.product.id]["parent_id"] == chosen.id
    catalogue.undoes(undone)

    assert catalogue.state()["products"][ours.product.id]["parent_id"] == chosen.id


def test_a_parent_that_a_person_renamed_stays_when_it_is_empty(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", group="kaos")
    step = catalogue.confirms("one/1")
    (parent_id,) = catalogue.state()["parents"]
    with catalogue.database.writing() as db:
        old = variants.parent(db, catalogue.merchant, parent_id, for_change=True)
        variants.rename_parent(db, catalogue.merchant, old, "Kaos musim panas", actor=CLI)

    catalogue.undoes(step)

    assert catalogue.variants() == [set()]


def test_what_a_confirmation_and_its_undoing_do_to_parents_is_told_with_its_cause(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", group="kaos")
    ours = catalogue.does(products.create, ProductData(sku="A", name="Ours"))
    step = catalogue.confirms("one/1")
    (parent_id,) = catalogue.state()["parents"]
    undone = catalogue.undoes(step)
    again = catalogue.undoes(undone)

    told = catalogue.told("parent.created", "parent.removed", "parent.restored", "product.changed")

    assert [(each.kind, each.subject.id, each.cause) for each in told] == [
        ("parent.created", parent_id, step),
        ("product.changed", ours.product.id, step),
        ("product.changed", ours.product.id, undone),
        ("parent.removed", parent_id, undone),
        ("parent.restored", parent_id, again),
        ("product.changed", ours.product.id, again),
    ]
    assert [each.after for each in told if each.kind == "product.changed"] == [
        {"parent_id": parent_id}, {"parent_id": None}, {"parent_id": parent_id},
    ]  # fmt: skip
