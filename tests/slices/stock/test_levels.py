"""Levels move by differences, for a cause that counts once, and never below what is promised or held."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub.kernel.db import Database
from hub.kernel.errors import Invalid, Refused
from hub.kernel.events import CLI
from hub.stock.rules.levels import MovementKind, Reason
from hub.stock.service import booking, levels
from hub.stock.service.levels import Line, Said
from hub.stock.store import levels as stored
from hub.stock.store.movements import Booking
from hub.stock.tables import level, movement
from tests.slices.kernel.test_bulk import plan
from tests.slices.stock.goods import COUNTED, Goods, statements


def test_a_level_is_what_its_movements_come_to(goods: Goods) -> None:
    goods.sells("TEE-M")
    unknown = goods.standing("TEE-M")

    goods.adjusts("TEE-M", 5)
    goods.adjusts("TEE-M", -2, said=Said(Reason.LOST, "behind the shelf"))

    assert unknown is None
    assert goods.standing("TEE-M") == (3, 0, 0)
    assert goods.moved("TEE-M") == [("adjustment", 5), ("adjustment", -2)]


def test_nothing_leaves_that_is_not_there_and_then_no_line_counts(goods: Goods) -> None:
    goods.sells("TEE-M", "TEE-L")
    goods.adjusts("TEE-M", 5)

    with pytest.raises(Refused) as refused:
        goods.adjusts_all([("TEE-M", 1), ("TEE-L", -1)])

    assert refused.value.errors[0].field == "lines[1].quantity"
    assert "takes 1, and 0 are free" in refused.value.errors[0].message
    assert (goods.standing("TEE-M"), goods.standing("TEE-L")) == ((5, 0, 0), None)


def test_what_is_promised_stays(goods: Goods) -> None:
    goods.sells("TEE-M")
    goods.adjusts("TEE-M", 5)
    with goods.database.writing() as db:
        db.execute(sa.update(level).values(reserved=2, held=1))

    with pytest.raises(Refused, match="promised"):
        goods.adjusts("TEE-M", -3)
    goods.adjusts("TEE-M", -2)

    assert goods.standing("TEE-M") == (3, 2, 1)


def test_the_same_reference_moves_nothing_twice_and_means_one_thing(goods: Goods) -> None:
    goods.sells("TEE-M", "TEE-L")
    said = Said(Reason.COUNTED, "", "count-2026-11")

    goods.adjusts("TEE-M", 5, said=said)
    goods.adjusts("TEE-M", 5, said=said)
    with pytest.raises(Refused, match="used for other lines"):
        goods.adjusts("TEE-M", 6, said=said)
    with pytest.raises(Refused, match="used for other lines"):
        goods.adjusts_all([("TEE-M", 5), ("TEE-L", 1)], said=said)

    assert (goods.standing("TEE-M"), goods.standing("TEE-L")) == ((5, 0, 0), None)


def test_goods_that_are_transferred_are_in_one_place(goods: Goods) -> None:
    goods.sells("TEE-M")
    goods.builds("Gudang Bandung")
    goods.adjusts("TEE-M", 5)

    with goods.database.writing() as db:
        lines = [Line(goods.named["TEE-M"], 2)]
        here, there = goods.named["main"], goods.named["Gudang Bandung"]
        levels.transfer(db, goods.merchant, here, there, lines, COUNTED, actor=CLI)

    assert (goods.standing("TEE-M"), goods.standing("TEE-M", at="Gudang Bandung")) == ((3, 0, 0), (2, 0, 0))
    assert goods.moved("TEE-M") == [("adjustment", 5), ("transfer_out", -2), ("transfer_in", 2)]


def test_a_bundle_has_no_stock_of_its_own(goods: Goods) -> None:
    goods.sells("TEE-M")
    goods.sells("PACK", **{"TEE-M": 3})

    with pytest.raises(Invalid) as refused:
        goods.adjusts("PACK", 1)

    assert "name its components" in refused.value.errors[0].message


@pytest.mark.parametrize("change", [sa.update(movement).values(quantity=9), sa.delete(movement)])
def test_a_movement_is_kept_for_ever(goods: Goods, change: sa.Executable) -> None:
    goods.sells("TEE-M")
    goods.adjusts("TEE-M", 5)

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), goods.database.writing() as db:
        db.execute(change)


@pytest.mark.parametrize(
    "figures", [{"reserved": -1}, {"held": -1}, {"reserved": 3, "held": 3}], ids=["promised", "held", "both"]
)
def test_the_database_itself_refuses_a_level_that_cannot_be(goods: Goods, figures: dict[str, int]) -> None:
    goods.sells("TEE-M")
    goods.adjusts("TEE-M", 5)

    with pytest.raises(sa.exc.IntegrityError), goods.database.writing() as db:
        db.execute(sa.update(level).values(**figures))


def test_hundreds_of_movements_are_as_many_statements_as_one(goods: Goods) -> None:
    goods.sells(*(f"S-{n}" for n in range(200)))

    def booked(count: int, step: str) -> int:
        bookings = [
            Booking(
                warehouse_id=goods.named["main"], product_id=goods.named[f"S-{n}"], kind=MovementKind.IMPORT,
                quantity=n + 1, cause=f"{step}:{n}",
            )
            for n in range(count)
        ]  # fmt: skip
        with goods.database.writing() as db, statements(goods.database) as asked:
            booking.book(db, goods.merchant, bookings, actor=CLI)
        return len(asked)

    assert booked(1, "one") == booked(200, "many") == 4
    assert goods.standing("S-199") == (200, 0, 0)


def test_levels_are_found_by_their_index(goods: Goods, database: Database) -> None:
    """Else a shop with a million levels would read them all for one adjustment."""
    goods.sells("TEE-M")
    place: Any = (goods.named["main"], goods.named["TEE-M"], 1, 0, None)

    told = plan(database, stored._change, changes=[place], products=[place[1]])

    assert "Seq Scan on level" not in told, told
    assert "SCAN level" not in told, told
