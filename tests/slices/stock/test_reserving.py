"""Orders reserve: all or nothing, never more than there is, each cause once, whoever comes at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
import sqlalchemy as sa

from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.stock.service import reserving
from hub.stock.service.reserving import Shortage, Want
from hub.stock.tables import level, reservation
from tests.plugins.kiosk import Kiosk
from tests.slices.stock.fair import a_fair
from tests.slices.stock.goods import Goods, statements

ROUNDS = 12
UNITS = 100


def wants(goods: Goods, order: str, **units: int) -> list[Want]:
    return [Want(f"line:{order}:{sku}", goods.named[sku], count) for sku, count in units.items()]


def reserves(goods: Goods, order: str, at: tuple[str, ...] = ("main",), /, **units: int) -> str | Shortage:
    """Gives the name of the warehouse."""
    with goods.database.writing() as db:
        candidates = [goods.named[each] for each in at]
        found = reserving.reserve(db, goods.merchant, order, wants(goods, order, **units), candidates)
    names = {id_: name for name, id_ in goods.named.items()}
    return found if isinstance(found, Shortage) else names[found]


def releases(goods: Goods, order: str, *skus: str) -> int:
    with goods.database.writing() as db:
        return len(reserving.release(db, [f"line:{order}:{sku}" for sku in skus], cause=f"cancel:{order}"))


def ships(goods: Goods, order: str, *skus: str) -> int:
    with goods.database.writing() as db:
        causes = [f"line:{order}:{sku}" for sku in skus]
        return len(reserving.ship(db, goods.merchant, causes, cause=f"outbound:{order}", actor=CLI))


def test_an_order_reserves_all_or_nothing(goods: Goods) -> None:
    goods.sells("TEE", "CAP")
    goods.adjusts_all([("TEE", 5), ("CAP", 1)])

    first = reserves(goods, "one", TEE=2, CAP=1)
    second = reserves(goods, "two", TEE=2, CAP=1)

    assert first == "main"
    assert isinstance(second, Shortage)
    assert [(lack.product_id, lack.wanted, lack.free) for lack in second.lacks] == [(goods.named["CAP"], 1, 0)]
    assert (goods.standing("TEE"), goods.standing("CAP")) == ((5, 2, 0), (1, 1, 0))


def test_the_first_warehouse_that_has_all_of_it_gives_all_of_it(goods: Goods) -> None:
    goods.sells("TEE", "CAP")
    goods.builds("Gudang")
    goods.adjusts_all([("TEE", 5)])
    goods.adjusts_all([("TEE", 2), ("CAP", 2)], at="Gudang")

    assert reserves(goods, "one", ("main", "Gudang"), TEE=1, CAP=1) == "Gudang"
    assert reserves(goods, "two", ("main", "Gudang"), TEE=1) == "main"
    assert isinstance(reserves(goods, "three", ("main", "Gudang"), TEE=4, CAP=1), Shortage)


def test_two_lines_of_one_product_need_their_sum(goods: Goods) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 3)
    lines = [Want("line:1", goods.named["TEE"], 2), Want("line:2", goods.named["TEE"], 2)]

    with goods.database.writing() as db:
        found = reserving.reserve(db, goods.merchant, "one", lines, [goods.named["main"]])

    assert isinstance(found, Shortage)
    assert goods.standing("TEE") == (3, 0, 0)


def test_the_same_order_again_reserves_nothing_again(goods: Goods) -> None:
    goods.sells("TEE", "CAP")
    goods.builds("Gudang")
    goods.adjusts("TEE", 3)
    goods.adjusts_all([("TEE", 3), ("CAP", 3)], at="Gudang")
    reserves(goods, "one", ("Gudang",), TEE=2)

    assert reserves(goods, "one", ("main", "Gudang"), TEE=2) == "Gudang"
    assert reserves(goods, "one", ("main", "Gudang"), TEE=2, CAP=1) == "Gudang"
    assert (goods.standing("TEE", at="Gudang"), goods.standing("CAP", at="Gudang")) == ((3, 2, 0), (3, 1, 0))


def test_what_is_released_is_free_again_and_what_ships_has_left_each_once(goods: Goods) -> None:
    goods.sells("TEE", "CAP")
    goods.adjusts_all([("TEE", 5), ("CAP", 5)])
    reserves(goods, "one", TEE=2, CAP=1)

    done = (
        releases(goods, "one", "CAP"), releases(goods, "one", "CAP"), ships(goods, "one", "TEE", "CAP"),
        ships(goods, "one", "TEE"), releases(goods, "one", "TEE"),
    )  # fmt: skip

    assert done == (1, 0, 1, 0, 0)
    assert (goods.standing("TEE"), goods.standing("CAP")) == ((3, 0, 0), (5, 0, 0))
    assert goods.moved("TEE") == [("adjustment", 5), ("shipment", -2)]


def test_orders_are_told_to_every_kiosk_and_leaving_changes_no_figure(database: Database) -> None:
    with a_fair(database, north=Kiosk()) as fair:
        fair.offers("north", TEE=7)
        reserves(fair.goods, "one", TEE=2)
        fair.works()
        ships(fair.goods, "one", "TEE")
        fair.works()

        assert fair.kiosks["north"].told == [("TEE", 5)]


def test_an_order_of_many_lines_is_as_many_statements_as_one_of_one(goods: Goods) -> None:
    goods.sells(*(f"S{n}" for n in range(30)))
    goods.adjusts_all([(f"S{n}", 5) for n in range(30)])

    def asked(order: str, **units: int) -> int:
        with statements(goods.database) as found, goods.database.writing() as db:
            reserving.reserve(db, goods.merchant, order, wants(goods, order, **units), [goods.named["main"]])
        return len(found)

    assert asked("one", S0=1) == asked("many", **{f"S{n}": 1 for n in range(30)}) == 5


@pytest.fixture
def crowd() -> Iterator[Callable[[list[Callable[[], object]]], list[object]]]:
    """Does several things at the same moment."""
    with ThreadPoolExecutor(16) as pool:

        def together(acts: list[Callable[[], object]]) -> list[object]:
            barrier = Barrier(len(acts))

            def act(one: Callable[[], object]) -> object:
                barrier.wait(10)
                return one()

            return [each.result(60) for each in [pool.submit(act, one) for one in acts]]

        yield together


Crowd = Callable[[list[Callable[[], object]]], list[object]]


def test_the_last_unit_is_sold_once(goods: Goods, crowd: Crowd) -> None:
    goods.sells("TEE")
    for _ in range(ROUNDS):
        goods.adjusts("TEE", 1)

        got = crowd([partial(reserves, goods, new_id(), TEE=1) for _ in range(8)])

        assert [each for each in got if each == "main"] == ["main"]
    assert goods.standing("TEE") == (ROUNDS, ROUNDS, 0)


def test_products_in_both_orders_never_stand_in_each_others_way(goods: Goods, crowd: Crowd) -> None:
    goods.sells("TEE", "CAP")
    goods.adjusts_all([("TEE", 400), ("CAP", 400)])

    def order(*skus: str) -> Callable[[], object]:
        name = new_id()

        def act() -> object:
            reserves(goods, name, ("main",), **dict.fromkeys(skus, 1))
            return releases(goods, name, *reversed(skus))

        return act

    for _ in range(ROUNDS):
        got = crowd([order(*(("TEE", "CAP") if n % 2 else ("CAP", "TEE"))) for n in range(12)])

        assert got == [2] * 12
    assert (goods.standing("TEE"), goods.standing("CAP")) == ((400, 0, 0), (400, 0, 0))


def test_the_same_order_twice_at_once_reserves_once(goods: Goods, crowd: Crowd) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 100)

    for n in range(ROUNDS):
        crowd([partial(reserves, goods, f"order-{n}", TEE=1)] * 6)

    assert goods.standing("TEE") == (100, ROUNDS, 0)


def naive(db: Transaction, goods: Goods) -> bool:
    """What everybody writes first: read, decide, write."""
    here = level.c.product_id == goods.named["TEE"]
    reserved: int = db.execute(sa.select(level.c.reserved).where(here)).scalar_one()
    if reserved >= UNITS:
        return False
    db.execute(sa.update(level).where(here).values(reserved=reserved + 1))
    db.execute(
        sa.insert(reservation).values(
            id=new_id(), merchant_id=goods.merchant, cause=new_id(), order_id=new_id(), quantity=1, state="open",
            warehouse_id=goods.named["main"], product_id=goods.named["TEE"], created_at=goods.database.clock.now(),
        )
    )  # fmt: skip
    return True


def test_reading_before_writing_sells_what_is_not_there(
    postgres_url: str, crowd: Crowd
) -> None:  # the control: the harness sees an oversale where there is one
    database = Database(postgres_url)
    goods = Goods(database)
    goods.sells("TEE")
    goods.adjusts("TEE", UNITS)

    def act() -> bool:
        with database.writing() as db:
            return naive(db, goods)

    sold = sum(sum(map(bool, crowd([act] * 8))) for _ in range(10))

    with database.reading() as db:
        promised = db.execute(sa.select(level.c.reserved)).scalar_one()
    database.dispose()
    assert promised < sold


def test_a_warehouse_without_a_level_has_nothing(goods: Goods) -> None:
    goods.sells("TEE")

    found = reserves(goods, "one", TEE=1)

    assert isinstance(found, Shortage)
    assert found.lacks[0].free == 0
