"""Opening stock: booked once, by the listing linked first, and kept whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hub.channels.service import mapping
from hub.channels.service.places import choose_opening
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding, merging, relinking, undoing
from hub.stock.tables import level, movement
from tests.plugins.kiosk import Kiosk
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.goods import statements


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        yield fair


def test_the_listing_confirmed_first_opens_the_stock_and_later_ones_add_nothing(fair: Fair) -> None:
    fair.offers("north", TEE=7)
    fair.offers("south", TEE=30)

    assert fair.goods.standing("TEE") == (7, 0, 0)
    assert fair.goods.moved("TEE") == [("opening", 7)]


def test_what_was_counted_before_its_listing_was_linked_gets_no_opening_on_top(fair: Fair) -> None:
    fair.goods.sells("TEE")
    fair.goods.adjusts("TEE", 5)

    fair.offers("north", TEE=7)
    fair.offers("south", TEE=30)

    assert fair.goods.standing("TEE") == (5, 0, 0)
    assert fair.goods.moved("TEE") == [("adjustment", 5)]
    assert [fair.kiosks[kiosk].shown["TEE", ""] for kiosk in ("north", "south")] == [5, 5]


def test_it_occurred_when_the_listing_was_seen_and_counts_packs(fair: Fair) -> None:
    fair.joins("north")
    fair.lists("north", 6, TEE=2)
    fair.confirms("north", "TEE")

    assert fair.goods.moved("TEE") == [("opening", 12)]
    with fair.database.reading() as db:
        occurred = db.execute(sa.select(movement.c.occurred_at)).scalar_one()
        opened = db.execute(sa.select(level.c.opened_at)).scalar_one()
        seen = db.execute(sa.text("SELECT seen_at FROM listing")).scalar_one()
    assert occurred == opened
    assert int(occurred.timestamp() * 1_000_000) == pytest.approx(seen, abs=1)


def test_nothing_in_stock_is_known_too(fair: Fair) -> None:
    fair.joins("north")
    fair.lists("north", TEE=5)
    with fair.database.writing() as db:
        db.execute(sa.text("UPDATE listing SET quantity = 0"))
    fair.confirms("north", "TEE")

    assert (fair.goods.standing("TEE"), fair.goods.moved("TEE")) == ((0, 0, 0), [("opening", 0)])


def test_what_is_not_tracked_opens_nothing_and_the_next_listing_may(fair: Fair) -> None:
    fair.offers("north", TEE=None)
    untold = fair.goods.moved("TEE")
    fair.offers("south", TEE=4)

    assert untold == []
    assert fair.goods.moved("TEE") == [("opening", 4)]


def test_an_account_may_open_none(fair: Fair) -> None:
    account = fair.joins("north")
    with fair.database.writing() as db:
        choose_opening(db, mapping.locked(db, fair.goods.merchant, account), "none", actor=CLI)
    fair.lists("north", TEE=7)
    fair.confirms("north", "TEE")
    fair.works()

    assert fair.goods.standing("TEE") is None
    assert fair.kiosks["north"].calls == []


def test_it_may_open_in_another_warehouse(fair: Fair) -> None:
    account = fair.joins("north")
    fair.goods.builds("Gudang")
    with fair.database.writing() as db:
        row = mapping.locked(db, fair.goods.merchant, account)
        choose_opening(db, row, fair.goods.named["Gudang"], actor=CLI)
    fair.lists("north", TEE=7)
    fair.confirms("north", "TEE")

    assert (fair.goods.standing("TEE"), fair.goods.standing("TEE", at="Gudang")) == (None, (7, 0, 0))


def test_unlinking_undoing_and_doing_again_leave_the_opening_alone(fair: Fair) -> None:
    fair.offers("north", TEE=7)
    one, merchant = fair.listing("north", "TEE"), fair.goods.merchant

    with fair.database.writing() as db:
        step = db.execute(sa.text("SELECT decision FROM listing")).scalar_one()
        undone = undoing.undo(db, merchant, step, actor=CLI)
        assert isinstance(undone, str)
    with fair.database.writing() as db:
        undoing.undo(db, merchant, undone, actor=CLI)
    with fair.database.writing() as db:
        deciding.unlink(db, merchant, one, actor=CLI)
    fair.confirms("north", "TEE")

    assert (fair.goods.standing("TEE"), fair.goods.moved("TEE")) == ((7, 0, 0), [("opening", 7)])


def test_a_listing_that_is_moved_opens_the_other_product_only_where_nothing_is_known(fair: Fair) -> None:
    fair.offers("north", TEE=7, CAP=3)
    fair.goods.sells("NEW")
    tee, cap = fair.listing("north", "TEE"), fair.listing("north", "CAP")

    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, tee, fair.goods.named["NEW"], actor=CLI)
    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, cap, fair.goods.named["TEE"], actor=CLI)

    assert [fair.goods.moved(sku) for sku in ("NEW", "TEE", "CAP")] == [[("opening", each)] for each in (7, 7, 3)]


def test_products_that_are_merged_add_nothing_up(fair: Fair) -> None:
    fair.offers("north", TEE=7)
    fair.offers("south", KAOS=9)

    with fair.database.writing() as db:
        named = fair.goods.named
        merging.merge(db, fair.goods.merchant, named["KAOS"], named["TEE"], actor=CLI)
    fair.works()

    assert fair.goods.standing("TEE") == (7, 0, 0)
    assert fair.kiosks["south"].shown["KAOS", ""] == 7


def test_hundreds_of_listings_are_opened_by_as_many_statements_as_one(fair: Fair) -> None:
    fair.joins("north")
    fair.lists("north", **{f"S{n}": n + 1 for n in range(201)})

    def confirmed(*skus: str) -> int:
        ids = [fair.listing("north", sku) for sku in skus]
        with statements(fair.database) as asked, fair.database.writing() as db:
            deciding.confirm(db, fair.goods.merchant, ids, actor=CLI, cause="step")
        return len([each for each in asked if "product_parent" not in each])

    assert confirmed("S0") == confirmed(*(f"S{n}" for n in range(1, 201)))
