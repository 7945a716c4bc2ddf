"""Orders reserve: never more than there is, freed and shipped once each, whoever comes at the same moment."""

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
from hub.stock.service.reserving import Book, Held, open_book
from hub.stock.store import reservations
from hub.stock.tables import level, reservation
from tests.plugins.kiosk import Kiosk
from tests.slices.stock.fair import a_fair
from tests.slices.stock.goods import Goods, statements

ROUNDS = 12
UNITS = 100


def held(goods: Goods, order: str, sku: str, count: int, at: str = "main") -> Held:
    return Held(f"line:{order}:0:{sku}", order, goods.named[at], goods.named[sku], count)


def written(goods: Goods, db: Transaction, book: Book) -> None:
    book.write(db, goods.merchant, at=goods.database.clock.now(), actor=CLI)


def reserves(goods: Goods, order: str, /, **units: int) -> bool:
    """Promise all of it where all of it is free."""
    wanted = [held(goods, order, sku, count) for sku, count in units.items()]
    with goods.database.writing() as db:
        book = open_book(db, [], [], wanted)
        if any(book.free.get(one.place, 0) < one.quantity for one in wanted):
            return False
        for one in wanted:
            book.promise(one)
        written(goods, db, book)
    return True


def opened(goods: Goods, db: Transaction, order: str, *skus: str) -> tuple[Book, list[Held]]:
    ids = {goods.named[sku] for sku in skus}
    found = [one for one in reservations.of_orders(db, [order]) if one.product_id in ids]
    return open_book(db, [], [], found), found


def releases(goods: Goods, order: str, *skus: str) -> int:
    with goods.database.writing() as db:
        book, found = opened(goods, db, order, *skus)
        book.release(found)
        written(goods, db, book)
    return len(found)


def ships(goods: Goods, order: str, *skus: str) -> int:
    with goods.database.writing() as db:
        book, found = opened(goods, db, order, *skus)
        book.ship(found, left_at=None)
        written(goods, db, book)
    return len(found)


def test_what_is_promised_is_free_no_more(goods: Goods) -> None:
    goods.sells("TEE", "CAP")
    goods.adjusts_all([("TEE", 5), ("CAP", 1)])

    got = [reserves(goods, "one", TEE=2, CAP=1), reserves(goods, "two", TEE=2, CAP=1), reserves(goods, "three", TEE=3)]

    assert got == [True, False, True]
    assert (goods.standing("TEE"), goods.standing("CAP")) == ((5, 5, 0), (1, 1, 0))


def test_what_one_frees_in_a_batch_is_there_for_the_next(goods: Goods) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 4)
    reserves(goods, "one", TEE=4)

    with goods.database.writing() as db:
        book, found = opened(goods, db, "one", "TEE")
        book.release(found)
        left = book.free[found[0].place]
        book.promise(held(goods, "two", "TEE", 3))
        written(goods, db, book)

    assert (left, goods.standing("TEE")) == (4, (4, 3, 0))


def test_what_is_promised_may_become_less_and_more(goods: Goods) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    reserves(goods, "one", TEE=4)
    stood = []

    for quantity in (1, 5):
        with goods.database.writing() as db:
            book, found = opened(goods, db, "one", "TEE")
            book.resize(found[0], quantity)
            written(goods, db, book)
        stood.append(goods.standing("TEE"))

    assert stood == [(5, 1, 0), (5, 5, 0)]


def test_more_than_is_free_is_promised_to_nobody(goods: Goods) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 1)

    def promises(db: Transaction) -> None:
        book = open_book(db, [], [], [held(goods, "one", "TEE", 2)])
        book.promise(held(goods, "one", "TEE", 2))
        written(goods, db, book)

    with pytest.raises(RuntimeError, match="than was free"), goods.database.writing() as db:
        promises(db)

    assert goods.standing("TEE") == (1, 0, 0)


def test_a_cause_that_has_reserved_reserves_nothing_again(goods: Goods) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    reserves(goods, "one", TEE=2)

    with pytest.raises(sa.exc.IntegrityError):
        reserves(goods, "one", TEE=2)

    assert goods.standing("TEE") == (5, 2, 0)


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


def test_what_was_closed_by_another_meanwhile_is_seen(goods: Goods) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    reserves(goods, "one", TEE=2)
    stale = held(goods, "one", "TEE", 2)
    releases(goods, "one", "TEE")
    reserves(goods, "two", TEE=2)

    def frees(db: Transaction) -> None:
        book = open_book(db, [], [], [stale])
        book.release([stale])
        written(goods, db, book)

    with pytest.raises(RuntimeError, match="not promised any more"), goods.database.writing() as db:
        frees(db)

    assert goods.standing("TEE") == (5, 2, 0)


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
        with statements(goods.database) as found:
            reserves(goods, order, **units)
        return len(found)

    assert asked("one", S0=1) == asked("many", **{f"S{n}": 1 for n in range(30)}) == 4


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

        assert got.count(True) == 1
    assert goods.standing("TEE") == (ROUNDS, ROUNDS, 0)


def test_products_in_both_orders_never_stand_in_each_others_way(goods: Goods, crowd: Crowd) -> None:
    goods.sells("TEE", "CAP")
    goods.adjusts_all([("TEE", 400), ("CAP", 400)])

    def order(*skus: str) -> Callable[[], object]:
        name = new_id()

        def act() -> object:
            reserves(goods, name, **dict.fromkeys(skus, 1))
            return releases(goods, name, *reversed(skus))

        return act

    for _ in range(ROUNDS):
        got = crowd([order(*(("TEE", "CAP") if n % 2 else ("CAP", "TEE"))) for n in range(12)])

        assert got == [2] * 12
    assert (goods.standing("TEE"), goods.standing("CAP")) == ((400, 0, 0), (400, 0, 0))


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

    assert not reserves(goods, "one", TEE=1)
