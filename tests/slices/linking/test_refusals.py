"""What linking refuses, with the reason and what to do instead."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.catalog.service import archiving, products
from hub.catalog.store.pages import ListingFilter
from hub.catalog.store.products import ProductData
from hub.catalog.tables import listing, product, product_component
from hub.kernel import events
from hub.kernel.db import Database
from hub.kernel.errors import HubError, Invalid, NotFound
from hub.kernel.events import CLI, Subject
from hub.linking.schemas import Confirmation, Selection
from hub.linking.service import deciding, merging, relinking, selecting, undoing
from tests.slices.catalog.test_intake import an_item, take

M = "merchant"
ABSENT = "01900000-0000-7000-8000-000000000000"


def listings(database: Database) -> dict[str, sa.Row[tuple[object, ...]]]:
    """By account and SKU."""
    with database.reading() as db:
        return {f"{row.account_id}/{row.sku}": row for row in db.execute(sa.select(listing))}


def confirm(database: Database, *names: str) -> list[deciding.Answer]:
    known = listings(database)
    with database.writing() as db:
        return deciding.confirm(db, M, [known[name].id for name in names], actor=CLI)


def refusal(database: Database, act: object, *given: str) -> HubError:
    with pytest.raises(HubError) as refused, database.writing() as db:
        act(db, M, *given, actor=CLI)  # type: ignore[operator]  # one of the services
    return refused.value


def decision(database: Database, name: str) -> str:
    return str(listings(database)[name].decision)


def undo(database: Database, event_id: str) -> str:
    with database.writing() as db:
        return str(undoing.undo(db, M, event_id, actor=CLI))


@pytest.mark.parametrize("q", ["", "  ", "\u00a0\t"], ids=["nothing", "blanks", "other blanks"])
def test_a_blank_search_does_not_confirm_everything(q: str) -> None:
    confirmation = Confirmation(filter=Selection(q=q))

    with pytest.raises(Invalid) as refused:
        confirmation.check()

    assert [error.field for error in refused.value.errors] == ["filter.q"]


def test_a_product_of_nobody_is_refused_by_the_field_that_names_it(database: Database) -> None:
    take(database, "one", [an_item(1, "A")])
    one = listings(database)["one/A"].id

    refused = refusal(database, relinking.link, one, ABSENT)

    assert isinstance(refused, Invalid)
    assert refused.errors[0].field == "product_id"


def test_a_product_that_was_merged_is_refused_with_where_it_went(database: Database) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, "B"), an_item(3, "C")])
    a, b = confirm(database, "one/A", "one/B")
    with database.writing() as db:
        merging.merge(db, M, str(a.product_id), str(b.product_id), actor=CLI)

    refused = refusal(database, relinking.link, str(listings(database)["one/C"].id), str(a.product_id))

    assert refused.code == "product_gone"
    assert f"merged into {b.product_id}" in str(refused)
    assert isinstance(refusal(database, merging.merge, str(a.product_id), str(b.product_id)), NotFound)


@pytest.mark.parametrize(("part", "code"), [("bundle_id", "product_is_bundle"), ("product_id", "in_bundle")])
def test_a_bundle_and_its_components_are_not_merged_away(database: Database, part: str, code: str) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, "B")])
    a, b = (str(answer.product_id) for answer in confirm(database, "one/A", "one/B"))
    bundle = {"bundle_id": a, "product_id": b} if part == "bundle_id" else {"bundle_id": b, "product_id": a}
    with database.writing() as db:
        db.execute(sa.insert(product_component).values(**bundle, quantity=2))

    assert refusal(database, merging.merge, a, b).code == code


def test_a_product_is_not_merged_into_itself(database: Database) -> None:
    take(database, "one", [an_item(1, "A")])
    (a,) = confirm(database, "one/A")

    assert isinstance(refusal(database, merging.merge, str(a.product_id), str(a.product_id)), Invalid)


def test_a_code_that_leads_to_two_products_is_confirmed_by_hand_only(database: Database) -> None:
    take(database, "one", [an_item(1, "X"), an_item(2, "P")])
    take(database, "two", [an_item(1, "X"), an_item(2, "Q")])
    p, q = (str(answer.product_id) for answer in confirm(database, "one/P", "two/Q"))
    known = listings(database)
    with database.writing() as db:
        relinking.link(db, M, str(known["one/X"].id), p, actor=CLI)
        relinking.link(db, M, str(known["two/X"].id), q, actor=CLI)
    take(database, "three", [an_item(1, "X")])

    (answer,) = confirm(database, "three/X")

    assert (answer.outcome, answer.code) == ("refused", "several_products")
    assert "by hand" in answer.remedy


def test_undoing_a_confirmation_takes_the_product_with_it_only_where_nothing_else_uses_it(database: Database) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, "B")])
    a, b = (str(answer.product_id) for answer in confirm(database, "one/A", "one/B"))
    with database.writing() as db:
        events.record(db, "product.changed", subject=Subject(kind="product", id=b), actor=CLI, merchant_id=M)

    undone, _ = (undo(database, decision(database, name)) for name in ("one/A", "one/B"))

    with database.reading() as db:
        gone = {row.id: row.gone_by for row in db.execute(sa.select(product))}
    assert (gone[a], gone[b]) == (undone, None)
    assert {name: row.sku_class for name, row in listings(database).items()} == {
        "one/A": "unmatched", "one/B": "matched",
    }  # fmt: skip


def test_what_would_come_back_under_a_code_that_is_taken_is_refused(database: Database) -> None:
    take(database, "one", [an_item(1, "A")])
    confirm(database, "one/A")
    undone = undo(database, decision(database, "one/A"))
    take(database, "two", [an_item(1, "A")])
    confirm(database, "two/A")

    refused = refusal(database, undoing.undo, undone)

    assert refused.code == "sku_taken"


def test_a_listing_does_not_go_back_to_a_product_that_is_gone(database: Database) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, "B")])
    a, b = (str(answer.product_id) for answer in confirm(database, "one/A", "one/B"))
    with database.writing() as db:
        deciding.unlink(db, M, str(listings(database)["one/A"].id), actor=CLI)
    with database.writing() as db:
        merging.merge(db, M, a, b, actor=CLI)

    refused = refusal(database, undoing.undo, decision(database, "one/A"))

    assert refused.code == "product_gone"


def test_a_merge_is_not_undone_while_one_of_its_listings_stands_elsewhere(database: Database) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, "B")])
    a, b = (str(answer.product_id) for answer in confirm(database, "one/A", "one/B"))
    with database.writing() as db:
        merged = merging.merge(db, M, a, b, actor=CLI)
    with database.writing() as db:
        deciding.unlink(db, M, str(listings(database)["one/A"].id), actor=CLI)

    assert refusal(database, undoing.undo, merged).code == "changed_since"
    undo(database, decision(database, "one/A"))
    undo(database, merged)
    assert {name: row.product_id for name, row in listings(database).items()} == {"one/A": a, "one/B": b}


def test_a_step_that_is_undone_is_not_undone_again_and_says_which_event_undid_it(database: Database) -> None:
    take(database, "one", [an_item(1, "A"), an_item(2, "B")])
    a, b = (str(answer.product_id) for answer in confirm(database, "one/A", "one/B"))
    with database.writing() as db:
        relinking.link(db, M, str(listings(database)["one/A"].id), b, actor=CLI)
    moved = decision(database, "one/A")
    with database.writing() as db:
        merged = merging.merge(db, M, b, a, actor=CLI)
    twice = {}

    for step in (merged, moved):
        undone = undo(database, step)
        twice[step] = (undone, refusal(database, undoing.undo, step))
    confirmed = decision(database, "one/A")
    undo(database, confirmed)

    assert [refused.code for _, refused in twice.values()] == ["undone_already", "undone_already"]
    assert all(undone in str(refused) for undone, refused in twice.values())
    assert refusal(database, undoing.undo, confirmed).code == "undone_already"


def a_product(database: Database, sku: str) -> str:
    with database.writing() as db:
        return products.create(db, M, ProductData(sku=sku, name=sku), actor=CLI).product.id


def test_a_merge_is_not_made_again_into_a_product_that_is_gone(database: Database) -> None:
    a, b, c, d = (a_product(database, sku) for sku in "ABCD")
    unmerged = []
    for one, into in ((a, b), (c, d)):
        with database.writing() as db:
            merged = merging.merge(db, M, one, into, actor=CLI)
        unmerged.append(undo(database, merged))
    with database.writing() as db:
        merging.merge(db, M, b, a, actor=CLI)
        archiving.archive(db, M, d, actor=CLI)

    refused = [refusal(database, undoing.undo, step) for step in unmerged]

    assert [each.code for each in refused] == ["product_gone", "product_gone"]
    with database.reading() as db:
        here = set(db.execute(sa.select(product.c.id).where(product.c.gone_by.is_(None))).scalars())
    assert here == {a, c}


def test_only_steps_of_linking_are_undone_and_only_ones_own(database: Database) -> None:
    with database.writing() as db:
        events.record(db, "account.paused", subject=Subject(kind="account", id="a"), actor=CLI, merchant_id=M)
    with database.reading() as db:
        (paused,) = events.listing(db, M, limit=1)

    assert refusal(database, undoing.undo, paused.id).code == "not_undoable"
    assert isinstance(refusal(database, undoing.undo, ABSENT), NotFound)
    with pytest.raises(NotFound), database.writing() as db:
        undoing.undo(db, "another merchant", paused.id, actor=CLI)


def test_a_bulk_step_is_not_undone_while_it_runs(database: Database) -> None:
    take(database, "one", [an_item(1, "A")])
    with database.writing() as db:
        ticket = selecting.confirm_all(db, M, ListingFilter(), actor=CLI)
        db.flush()
        step = ticket.row["payload"]["step"]
        change = events.Change(
            id=step, kind="listings.confirmed", subject=Subject(kind="merchant", id=M), before={}, after={}
        )
        events.record_all(db, M, [change], actor=CLI)

    assert refusal(database, undoing.undo, step).code == "still_running"
