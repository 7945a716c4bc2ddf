"""Steps that are taken back: one after another, in any order, and forward again; the catalogue is as it was."""

from __future__ import annotations

import hub_hookspecs
import pytest

from hub.catalog.rules import ListingState
from hub.catalog.service import products
from hub.catalog.service.recording import Pushed, record_listing
from hub.catalog.store.pages import ListingFilter
from hub.catalog.store.products import ProductData
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor
from hub.linking.service import merging, relinking
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.test_intake import NOW
from tests.slices.linking.steps import Catalogue


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    return Catalogue(database)


def test_steps_are_undone_one_after_another_by_what_the_listing_stands_by(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A")
    states = [catalogue.state()]
    for step in (catalogue.confirms, catalogue.unlinks, catalogue.confirms):
        step("one/1")
        states.append(catalogue.state())

    for before in reversed(states[:-1]):
        catalogue.undoes(catalogue.row("one/1").decision)
        assert catalogue.state() == before

    assert catalogue.row("one/1").decision is None


def test_undoings_are_undone_one_after_another_too(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A")
    steps, states = [catalogue.confirms("one/1"), catalogue.unlinks("one/1")], [catalogue.state()]
    undone = [catalogue.undoes(steps[1])]
    states.append(catalogue.state())
    undone.append(catalogue.undoes(steps[0]))

    again = catalogue.undoes(undone[1])
    assert catalogue.state() == states[1]
    catalogue.undoes(undone[0])

    assert catalogue.state() == states[0]
    assert next(event.id for event in catalogue.told("listing.redone")) == again
    with pytest.raises(Refused, match="decided about again"):
        catalogue.undoes(again)  # the unlinking is in force again, and stands before it


def test_what_could_not_be_confirmed_is_not_linked_by_undoing_the_undoing(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", "C", "D", "E")
    undone = catalogue.undoes_all(catalogue.confirms_all().outcome["event_id"]).outcome["event_id"]
    catalogue.lists("one", "", "C", "C", "D", "F")
    catalogue.retires("one/4")
    told = [event for event in catalogue.told("listing.undone") if event.subject.id == catalogue.row("one/1").id]

    with pytest.raises(Refused) as refused:
        catalogue.undoes(told[0].id)
    again = catalogue.undoes_all(undone)

    assert refused.value.code == "sku_empty"
    assert {name: count for name, count in again.outcome.items() if count} == {
        "sku_empty": 1, "sku_duplicate": 2, "not_current": 1, "sku_changed": 1,
    }  # fmt: skip
    assert catalogue.states() == ["pending"] * 5


def test_an_unlinking_is_taken_back_whatever_the_channel_shows_by_then(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A")
    catalogue.confirms("one/1")
    linked = catalogue.row("one/1")
    unlinked = catalogue.unlinks("one/1")
    catalogue.lists("one", "B")
    catalogue.retires("one/1")

    catalogue.undoes(unlinked)

    back = catalogue.row("one/1")
    assert (back.product_id, back.linked_sku, back.sku) == (linked.product_id, "A", "B")


def test_a_merge_is_undone_and_made_again_after_a_listing_of_it_was_away(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B")
    catalogue.confirms("one/1", "one/2")
    apart = catalogue.state()
    merged = catalogue.does(merging.merge, catalogue.row("one/1").product_id, catalogue.row("one/2").product_id)
    together = catalogue.state()
    catalogue.undoes(catalogue.unlinks("one/1"))

    unmerged = catalogue.undoes(merged)
    assert catalogue.state() == apart
    catalogue.undoes(unmerged)

    assert catalogue.state() == together
    catalogue.undoes(merged)
    assert catalogue.state() == apart


def test_a_merge_that_was_undone_leaves_the_confirmations_before_it_to_be_undone(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B")
    steps = [catalogue.confirms("one/1"), catalogue.confirms("one/2")]
    merged = catalogue.does(merging.merge, catalogue.row("one/1").product_id, catalogue.row("one/2").product_id)
    catalogue.undoes(merged)

    for step in reversed(steps):
        catalogue.undoes(step)

    assert catalogue.states() == ["pending", "pending"]


def test_a_listing_that_was_away_and_came_back_is_undone_with_all_the_others(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", "C")
    before = catalogue.state()
    step = catalogue.confirms_all().outcome["event_id"]
    after = catalogue.state()
    catalogue.undoes(catalogue.unlinks("one/2"))
    assert catalogue.state() == after

    undone = catalogue.undoes_all(step)

    assert (undone.outcome["undone"], undone.outcome.get("changed_since", 0)) == (3, 0)
    assert catalogue.state() == before


@pytest.mark.parametrize("order", [("one/1", "two/1"), ("two/1", "one/1")], ids=" ".join)
def test_a_product_goes_with_the_last_listing_in_whatever_order_they_leave(
    catalogue: Catalogue, order: tuple[str, str]
) -> None:
    catalogue.lists("one", "A")
    catalogue.lists("two", "A")
    before = catalogue.state()
    steps = {name: catalogue.confirms(name) for name in ("one/1", "two/1")}
    after = catalogue.state()

    undone = [catalogue.undoes(steps[name]) for name in order]
    assert catalogue.state() == before
    for undoing in undone:  # not the last one first: whichever listing comes first brings the product back
        catalogue.undoes(undoing)

    assert catalogue.state() == after


def test_products_of_two_steps_of_many_go_with_the_last_of_them(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B")
    first = ListingFilter(state=ListingState.PENDING, account_id="one")
    before_two = catalogue.state()
    steps = [catalogue.confirms_all(first).outcome["event_id"]]
    catalogue.lists("two", "A", "B")
    steps.append(catalogue.confirms_all().outcome["event_id"])

    for step in steps:
        catalogue.undoes_all(step)

    assert catalogue.state()["products"] == before_two["products"] == {}
    assert [row.sku_class for row in catalogue.rows().values()] == ["matched"] * 4


def test_a_product_that_stood_empty_before_a_listing_came_stands_empty_after_it_left(catalogue: Catalogue) -> None:
    for account in ("one", "two", "three"):
        catalogue.lists(account, "A")
    made = catalogue.confirms("one/1")
    catalogue.confirms("two/1")
    catalogue.undoes(made)
    catalogue.unlinks("two/1")
    empty = catalogue.state()

    catalogue.undoes(catalogue.confirms("three/1"))

    assert catalogue.state() == empty
    assert len(empty["products"]) == 1


def test_a_product_that_was_merged_away_and_back_goes_with_its_confirmation(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B")
    catalogue.confirms("one/2")
    before = catalogue.state()
    made = catalogue.confirms("one/1")
    merged = catalogue.does(merging.merge, catalogue.row("one/1").product_id, catalogue.row("one/2").product_id)
    catalogue.undoes(merged)

    catalogue.undoes(made)

    assert catalogue.state() == before


@pytest.mark.parametrize("order", ["the merge first", "the confirmation first"])
def test_a_product_that_another_was_merged_into_stays_while_the_merge_stands(catalogue: Catalogue, order: str) -> None:
    catalogue.lists("one", "A")
    ours = catalogue.does(products.create, ProductData(sku="Q", name="Ours")).product.id
    before = catalogue.state()
    confirmed = catalogue.confirms("one/1")
    apart = catalogue.state()
    merged = catalogue.does(merging.merge, ours, str(catalogue.row("one/1").product_id))

    if order == "the merge first":
        unmerged = catalogue.undoes(merged)
        assert catalogue.state() == apart
        catalogue.undoes(confirmed)
    else:
        catalogue.undoes(confirmed)
        assert [one["sku"] for one in catalogue.state()["products"].values()] == ["A"]
        unmerged = catalogue.undoes(merged)

    assert catalogue.state() == before
    catalogue.undoes(unmerged)
    assert [one["sku"] for one in catalogue.state()["products"].values()] == ["A"]
    assert violations(catalogue.database) == []


def test_a_product_that_a_person_listed_somewhere_stays_whatever_is_undone(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A")
    made = catalogue.confirms("one/1")
    told = hub_hookspecs.Product(key="A", sku="A", name="Kaos A")
    catalogue.does(record_pushed, catalogue.row("one/1").product_id, told)
    catalogue.undoes(made)
    catalogue.unlinks("pos/1")
    listed = catalogue.state()

    catalogue.undoes(catalogue.confirms("one/1"))

    assert catalogue.state() == listed
    assert len(listed["products"]) == 1


def test_a_draft_that_a_cross_listing_made_is_linked_again_by_hand_and_by_redoing(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A")
    catalogue.confirms("one/1")
    product_id = catalogue.row("one/1").product_id
    told = hub_hookspecs.Product(key=product_id, sku="A", name="Kaos A")
    catalogue.does(record_pushed, product_id, told)
    catalogue.retires("pos/1")
    catalogue.unlinks("pos/1")

    catalogue.does(relinking.link, catalogue.row("pos/1").id, product_id)
    catalogue.undoes(catalogue.undoes(catalogue.row("pos/1").decision))

    row = catalogue.row("pos/1")
    assert (row.product_id, row.state, row.current) == (product_id, "linked", False)
    assert violations(catalogue.database) == []


def test_a_listing_that_is_taken_off_its_product_is_one_of_the_duplicates_that_came_meanwhile(
    catalogue: Catalogue,
) -> None:
    catalogue.lists("one", "S")
    catalogue.confirms("one/1")
    catalogue.lists("one", "S", "S", "S")

    catalogue.unlinks("one/1")

    assert {name: row.sku_class for name, row in catalogue.rows().items()} == dict.fromkeys(
        ["one/1", "one/2", "one/3"], "duplicate"
    )
    assert violations(catalogue.database) == []


def record_pushed(
    db: Transaction, merchant: str, product_id: str, told: hub_hookspecs.Product, *, actor: Actor
) -> None:
    """A cross-listing made the listing of this product at a point of sale."""
    pushed = Pushed(told=told, seen_at=NOW)
    record_listing(db, merchant, "pos", product_id, "1", pushed=pushed, actor=actor)
