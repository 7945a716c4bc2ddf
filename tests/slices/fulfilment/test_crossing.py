"""News of what left or came crosses with what the warehouse says lies there: whichever is first, it moves once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import Capability, OrderState, TaskKind

from hub.channels.tables import warehouse
from hub.fulfilment.service import counting
from hub.fulfilment.service import syncs as service
from hub.fulfilment.service.stopping import READ_TASKS
from hub.fulfilment.store import readings, syncs
from hub.fulfilment.store.inbounds import InboundRow
from hub.fulfilment.tables import stock_sync, stock_sync_line
from hub.kernel import bulk
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.stock.rules.levels import Standing
from hub.stock.tables import movement
from tests.plugins.granary import OFFERED, Granary
from tests.slices.fulfilment.quay import Quay, a_quay
from tests.slices.fulfilment.test_syncs import knows, outcomes, syncs_now, syncs_of
from tests.slices.fulfilment.wharf import Wharf, a_wharf
from tests.slices.kernel.test_bulk import plan
from tests.slices.stock.goods import statements

LONG_AGO, JUST_NOW = timedelta(minutes=10), timedelta(0)
ROUND = timedelta(minutes=11)  # longer than until what may have been counted is counted


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary(offers=OFFERED | {Capability.SYNC_STOCK})) as wharf:
        knows(wharf, TEE=None)
        yield wharf


@pytest.fixture
def quay(database: Database) -> Iterator[Quay]:
    with a_quay(database, counts=True) as quay:
        yield quay


def hears(wharf: Wharf, order: str, ago: timedelta | None, **units: int) -> None:
    """The granary says by now that so much of an order, all unless told, had left that long ago; nothing else runs."""
    document = wharf.document(order)
    wharf.granary.ships(wharf.outbounds(order)[-1].code, **units)
    document.at = None if ago is None else wharf.database.clock.now() - ago
    wharf.asks_to_look(order)
    wharf.tries(READ_TASKS)


def balance(wharf: Wharf | Quay, sku: str, house: str) -> int:
    """What all movements of a product in a warehouse come to."""
    mine = (movement.c.product_id == wharf.goods.named[sku], movement.c.warehouse_id == wharf.goods.named[house])
    with wharf.database.reading() as db:
        return int(db.execute(sa.select(sa.func.sum(movement.c.quantity)).where(*mine)).scalar_one())


@pytest.mark.row("B-02")
@pytest.mark.row("F-67")
@pytest.mark.parametrize(
    ("reading", "ago", "after"),
    [
        pytest.param((96, 0, 0), LONG_AGO, Standing(96, 0, 0), id="counted off already"),
        pytest.param((94, 2, 0), LONG_AGO, Standing(96, 0, 2), id="and what is frozen is for others after all"),
        pytest.param((90, 6, 0), LONG_AGO, Standing(96, 0, 6), id="of which some was held before"),
        pytest.param((96, 4, 0), JUST_NOW, Standing(96, 0, 0), id="left after it was read"),
        pytest.param((96, 4, 0), None, Standing(96, 0, 0), id="without a time it left after it was read"),
        pytest.param((96, 4, 0), timedelta(minutes=1), Standing(96, 0, 0), id="in doubt it left afterwards"),
    ],
)
def test_what_is_told_to_have_left_after_its_warehouse_was_read_is_counted_off_once(
    wharf: Wharf, reading: tuple[int, int, int], ago: timedelta | None, after: Standing
) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    done = syncs_now(wharf, TEE=reading)
    read = wharf.stock()

    hears(wharf, order, ago)

    assert (outcomes(wharf, done), read.on_hand, read.reserved) in (
        ({"TEE": "adopted"}, sum(reading), 4), ({"TEE": "same"}, 100, 4),
    )  # fmt: skip
    assert wharf.stock() == after
    assert wharf.standing(order) == {"TEE": "shipped"}
    assert balance(wharf, "TEE", "G1") == after.on_hand
    hears(wharf, order, ago)
    assert wharf.stock() == after, "the same news again"


@pytest.mark.row("B-02")
def test_news_that_came_before_the_reading_is_no_news_to_it(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()

    hears(wharf, order, LONG_AGO)
    told = wharf.stock()
    done = syncs_now(wharf, TEE=(96, 0, 0))

    assert (told, outcomes(wharf, done), wharf.stock()) == (Standing(96, 0, 0), {"TEE": "same"}, Standing(96, 0, 0))


def test_parts_that_left_before_and_after_the_reading_are_told_apart(wharf: Wharf) -> None:
    order = wharf.tells("1", 10)
    wharf.works()
    syncs_now(wharf, TEE=(90, 7, 0))  # three had left

    hears(wharf, order, LONG_AGO, TEE=3)
    early = wharf.stock()
    hears(wharf, order, JUST_NOW, TEE=7)

    assert (early, wharf.stock()) == (Standing(97, 7, 0), Standing(90, 0, 0))
    assert balance(wharf, "TEE", "G1") == 90


def test_two_that_share_what_is_frozen_make_it_others_only_once(wharf: Wharf) -> None:
    first, second = wharf.tells("1", 4), wharf.tells("2", 6)
    wharf.works()
    syncs_now(wharf, TEE=(80, 5, 0))  # both had left, and five are frozen for somebody else

    hears(wharf, first, LONG_AGO)
    between = wharf.stock()
    hears(wharf, second, LONG_AGO)

    assert (between, wharf.stock()) == (Standing(85, 6, 0), Standing(85, 0, 5))


def test_what_reads_as_the_hub_has_it_counts_as_read(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    done = syncs_now(wharf, TEE=(100, 0, 0))  # four had left, and four that nobody told of had come

    hears(wharf, order, LONG_AGO)

    assert (outcomes(wharf, done), wharf.stock()) == ({"TEE": "same"}, Standing(100, 0, 0))


def test_what_left_although_its_order_had_let_go_of_it_is_counted_off_once(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    wharf.tells("1", 4, state=OrderState.CANCELLED)
    wharf.works()
    syncs_now(wharf, TEE=(96, 0, 0))
    free = wharf.stock()

    hears(wharf, order, LONG_AGO)

    assert (free, wharf.stock()) == (Standing(96, 0, 0), Standing(96, 0, 0))
    assert "left_unknown" not in wharf.counter.waits("1")


def test_news_that_the_reading_had_counted_has_the_warehouse_read_again_at_once(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    syncs_now(wharf, TEE=(94, 2, 0))

    hears(wharf, order, LONG_AGO)
    wharf.granary.shelves["TEE"] = (96, 0, 0)
    wharf.works()

    newest, _ = syncs_of(wharf)
    assert (newest.cause, newest.state.value, wharf.stock()) == ("news", "done", Standing(96, 0, 0))


# -- what came


def reads(quay: Quay, **shelves: tuple[int, int, int]) -> None:
    """The cellar has that lying there, and is asked."""
    quay.cellar.shelves = dict(shelves)
    with quay.database.writing() as db:
        service.ask(db, quay.goods.merchant, quay.goods.named["KL1"], actor=CLI)
    quay.works()


def comes(quay: Quay, one: InboundRow, ago: timedelta | None, *, damaged: int = 0, TEE: int) -> None:  # noqa: N803 - a SKU
    quay.cellar.receives(one.code, damaged=damaged, TEE=TEE)
    quay.document(one).at = None if ago is None else quay.database.clock.now() - ago
    quay.hears(one)


@pytest.mark.row("B-02")
def test_of_an_inbound_that_is_half_received_what_the_reading_had_counted_rises_once(quay: Quay) -> None:
    one = quay.known(quay.line("TEE", 10))
    comes(quay, one, LONG_AGO, TEE=5)
    quay.works()
    reads(quay, TEE=(8, 0, 0))  # three more had come
    read = quay.stock()

    comes(quay, one, JUST_NOW, TEE=8)
    known = quay.stock()
    quay.passes(ROUND)
    comes(quay, one, JUST_NOW, TEE=10)

    assert (read, known, quay.stock()) == (Standing(8, 0, 0), Standing(8, 0, 0), Standing(10, 0, 0))
    line = quay.lines(one)["TEE"]
    assert (line.good, line.damaged, balance(quay, "TEE", "KL1")) == (10, 0, 10)


def test_damaged_goods_that_a_reading_had_counted_are_held_once(quay: Quay) -> None:
    one = quay.known(quay.line("TEE", 10))
    reads(quay, TEE=(7, 0, 3))

    comes(quay, one, LONG_AGO, damaged=3, TEE=7)

    assert quay.stock() == Standing(10, 0, 3)


@pytest.mark.row("B-02")
def test_what_comes_without_a_time_rises_by_the_next_reading_where_its_inbound_was_open_then(quay: Quay) -> None:
    one = quay.known(quay.line("TEE", 10))
    reads(quay, TEE=(0, 0, 0))

    comes(quay, one, None, TEE=6)
    doubted = quay.stock()
    quay.cellar.shelves = {"TEE": (6, 0, 0)}
    quay.works()
    early = quay.stock()
    quay.passes(ROUND)
    quay.works()

    assert (doubted, early, quay.stock()) == (Standing(0, 0, 0), Standing(0, 0, 0), Standing(6, 0, 0))


def test_what_is_announced_after_a_reading_was_not_in_it(quay: Quay) -> None:
    reads(quay, TEE=(1, 0, 0))
    one = quay.known(quay.line("TEE", 10))

    comes(quay, one, None, TEE=6)

    assert quay.stock() == Standing(7, 0, 0)


def test_goods_leave_their_own_warehouse_although_a_reading_had_counted_their_arrival(quay: Quay) -> None:
    quay.goods.adjusts("TEE", 20)
    one = quay.known(quay.line("TEE", 10), source="main")
    reads(quay, TEE=(10, 0, 0))

    comes(quay, one, LONG_AGO, TEE=10)

    assert (quay.stock(), quay.stock(at="main")) == (Standing(10, 0, 0), Standing(10, 0, 0))


def test_a_sync_that_is_asked_for_by_news_is_not_done_twice(quay: Quay) -> None:
    one = quay.known(quay.line("TEE", 10))
    reads(quay, TEE=(0, 0, 0))
    comes(quay, one, None, TEE=6)
    reads(quay, TEE=(6, 0, 0))  # a person was quicker

    with quay.database.reading() as db:
        found = syncs.page(db, quay.goods.named["KL1"], limit=10)
    assert [row.cause for row in found] == ["hand", "hand"]
    assert quay.stock() == Standing(6, 0, 0)


# -- at size


def test_documents_are_looked_up_in_as_many_statements_however_many_are_asked_for(wharf: Wharf) -> None:
    def looked_up() -> tuple[int, int]:
        with wharf.database.reading() as db, statements(wharf.database) as done:
            (one, *_) = syncs.page(db, wharf.house, limit=1)
            found = counting.tasks_of(db, one, TaskKind.OUTBOUND, after="", limit=50)
        return len(found), len(done)

    syncs_now(wharf, TEE=(100, 0, 0))
    wharf.tells("1")
    wharf.works()
    one = looked_up()
    for n in range(2, 6):
        wharf.tells(str(n))
    wharf.works()

    assert (one[0], looked_up()) == (1, (5, one[1]))


SYNCS, SKUS = 40, 2_000


def test_what_a_product_stands_by_is_found_by_an_index_however_many_syncs_there_were(database: Database) -> None:
    houses = ("w0", "w1")
    with database.writing() as db:
        for house in houses:
            db.execute(sa.insert(warehouse), a_house(house))
        at = database.clock.now()
        for n in range(SYNCS):
            one = {"id": f"s{n:03}", "merchant_id": "m", "warehouse_id": houses[n % 2], "account_id": "a",
                   "cause": "daily", "state": "done", "phase": "adopting", "cursor": "", "counts": {}, "reason": "",
                   "created_at": at, "read_from": at, "read_until": at}  # fmt: skip
            db.execute(sa.insert(stock_sync), one)
            lines = [
                (f"s{n:03}", f"K{i}", f"p{i}", n, 0, 0, n, 0, 1, 0, "", "same" if i % 7 else "changed", "")
                for i in range(SKUS)
            ]
            bulk.upsert(db, stock_sync_line, LINE, lines, conflict=("sync_id", "sku"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))

    told = plan(database, readings._seen, warehouse="w1", products=["p1", "p2", "p7"])
    with database.reading() as db:
        found = {seen.product_id: seen.sync_id for seen in readings.newest(db, "w1", ["p1", "p2", "p7", "p"])}

    assert "ix_stock_sync_line_reading" in told, told
    assert not re.search(r"Seq Scan on stock_sync_line|SCAN stock_sync_line|SCAN line", told), told
    assert found == {"p1": f"s{SYNCS - 1:03}", "p2": f"s{SYNCS - 1:03}"}, "what was not taken over is no ground"


LINE = ("sync_id", "sku", "product_id", "good", "frozen", "damaged", "before", "held_before", "turn", "accepted",
        "mark", "outcome", "reason")  # fmt: skip


def a_house(house: str) -> dict[str, object]:
    return {
        "id": house, "merchant_id": "m", "kind": "third_party", "name": house, "name_key": house, "code": "",
        "country": "", "timezone": "", "address": {}, "is_default": False, "account_id": "a", "place_ref": house,
        "created_at": datetime.now(UTC), "changed_at": datetime.now(UTC),
    }  # fmt: skip
