"""Who looks at orders again dies at any statement, or does it beside others: nothing is held twice or forgotten."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from types import ModuleType

import pytest
from hub_hookspecs import Capability, OrderState

from hub.kernel import jobs
from hub.kernel.events import CLI
from hub.linking.service import relinking
from hub.merchants.service import RECHECK_UNPAID
from hub.orders.service import holding
from hub.orders.store import waiting
from hub.stock.rules.levels import Standing
from hub.stock.service import rechecking, reserving
from tests.dying import dying_at
from tests.slices.dropping import LOST, works_twice
from tests.slices.orders.books import Rest, faults_of_the_books
from tests.slices.orders.counter import CANCELLED, Counter, line

ROUNDS = 6


@pytest.fixture(autouse=True)
def stocked(counter: Counter) -> None:
    for kiosk in counter.fair.kiosks.values():
        kiosk.lacks = {Capability.PUSH_STOCK: "nobody is told here"}
    counter.fair.offers("north", TEE=10, CAP=4)
    counter.fair.offers("south", TEE=10, CAP=4)
    counter.fair.works()


def sound(counter: Counter) -> None:
    fair = counter.fair
    assert faults_of_the_books(fair.database) == []
    assert Rest(fair.database, fair.goods.merchant).faults() == []


def test_an_unpaid_order_that_comes_while_the_merchant_has_them_hold_stock_is_not_forgotten(counter: Counter) -> None:
    for n in range(ROUNDS):
        told = [counter.order(f"{n}-{m}", line("TEE"), state=OrderState.UNPAID) for m in range(3)]

        at_once(
            partial(counter.fair.holds_unpaid, n % 2 == 0), *(partial(counter.tells, one) for one in told),
            counter.fair.works,
        )  # fmt: skip
        counter.fair.works()

        counts = Rest(counter.fair.database, counter.fair.goods.merchant, holds_unpaid=n % 2 == 0).faults()
        assert (counts, faults_of_the_books(counter.fair.database)) == ([], [])


def heals(counter: Counter) -> None:
    """The lease of the dead ends, and somebody else goes on."""
    counter.fair.passes(LOST)
    jobs.sweep(counter.fair.database)
    counter.fair.works()


def test_who_dies_at_any_statement_has_held_nothing_twice_and_the_next_goes_on(counter: Counter) -> None:
    counter.tells(counter.order("all", line("CAP", 4)))
    counter.fair.works()
    step = (
        1 if counter.fair.database.embedded else 5
    )  # what is written is the same on both, and the larger one is slower
    for statements in range(0, 200, step):
        counter.fair.lists("north", **{f"S{statements}": 1})
        counter.tells(
            counter.order(f"{statements}", line("CAP"), line(f"S{statements}")),
            counter.order(f"{statements}-late", line("CAP")),
        )
        counter.fair.confirms("north", f"S{statements}")
        counter.fair.goods.adjusts("CAP", 2)

        with dying_at(counter.fair.database, statements) as life:
            counter.fair.works()

        assert faults_of_the_books(counter.fair.database) == []
        heals(counter)
        sound(counter)
        assert set(counter.stands(f"{statements}").values()) == {"reserved"}
        if not life.over:
            break

    assert statements > 30


def test_each_that_dies_before_it_is_settled_is_done_once_more_and_nothing_twice(counter: Counter) -> None:
    counter.tells(counter.order("all", line("CAP", 4)))
    counter.tells(counter.order("1", line("CAP", 2)), counter.order("2", line("CAP", 2)))
    counter.tells(counter.order("unpaid", line("TEE", 3), state=OrderState.UNPAID))
    counter.fair.goods.adjusts("CAP", 3)
    counter.fair.holds_unpaid()

    kinds = works_twice(counter.fair.work, counter.fair.unfinished)

    assert kinds >= {rechecking.RECHECK.name, RECHECK_UNPAID.name}
    assert (counter.stands("1"), counter.stands("2")) == ({"CAP": "reserved"}, {"CAP": "short"})
    assert (counter.stands("unpaid"), counter.stock("TEE")) == ({"TEE": "reserved"}, Standing(10, 3, 0))
    assert faults_of_the_books(counter.fair.database) == []


def at_once(*acts: Callable[[], object]) -> None:
    barrier = Barrier(len(acts))

    def act(one: Callable[[], object]) -> None:
        barrier.wait(10)
        one()

    with ThreadPoolExecutor(len(acts)) as pool:
        for each in [pool.submit(act, one) for one in acts]:
            each.result(60)


def test_two_that_look_at_the_same_orders_at_once_hold_each_once(counter: Counter) -> None:
    counter.tells(counter.order("all", line("CAP", 4), line("TEE", 10)))
    for n in range(ROUNDS):
        told = [counter.order(f"{n}-{m}", line("CAP"), line("TEE")) for m in range(4)]
        counter.tells(*told[:2])
        counter.tells(*told[2:], kiosk="south")
        counter.fair.goods.adjusts_all([("CAP", 2), ("TEE", 3)])

        at_once(counter.fair.works, counter.fair.works, counter.fair.works)
        counter.fair.works()

        sound(counter)
    assert (counter.stock("CAP"), counter.stock("TEE")) == (
        Standing(4 + 2 * ROUNDS, 4 + 2 * ROUNDS, 0), Standing(10 + 3 * ROUNDS, 10 + 3 * ROUNDS, 0),
    )  # fmt: skip


def test_the_last_piece_goes_to_who_waits_or_to_who_comes_and_never_to_both(counter: Counter) -> None:
    counter.tells(counter.order("all", line("CAP", 4)))
    for n in range(ROUNDS):
        counter.tells(counter.order(f"{n}", line("CAP")))
        counter.fair.goods.adjusts("CAP", 1)
        new = counter.order(f"{n}", line("CAP"))

        at_once(counter.fair.works, partial(counter.tells, new, kiosk="south"), counter.fair.works)
        counter.fair.works()

        sound(counter)
    assert counter.stock("CAP") == Standing(4 + ROUNDS, 4 + ROUNDS, 0)


def test_an_order_that_comes_while_its_listing_is_linked_is_not_forgotten(counter: Counter) -> None:
    for n in range(ROUNDS):
        sku = f"S{n}"
        counter.fair.lists("north", **{sku: 5})
        told = [counter.order(f"{n}-{m}", line(sku)) for m in range(3)]

        at_once(
            partial(counter.fair.confirms, "north", sku), *(partial(counter.tells, one) for one in told),
            counter.fair.works,
        )  # fmt: skip
        counter.fair.works()

        sound(counter)
        assert counter.stock(sku) == Standing(5, 3, 0)


def test_stock_of_which_nobody_knew_comes_while_an_order_does(counter: Counter) -> None:
    for n in range(ROUNDS):
        sku = f"S{n}"
        counter.fair.lists("north", **{sku: None})
        counter.fair.confirms("north", sku)
        counter.fair.works()

        at_once(
            partial(counter.fair.goods.adjusts, sku, 1), partial(counter.tells, counter.order(sku, line(sku))),
            counter.fair.works,
        )  # fmt: skip
        counter.fair.works()

        sound(counter)
        assert counter.stands(sku) == {sku: "reserved"}


def test_many_orders_are_looked_at_in_batches_from_where_the_last_one_ended(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.orders.jobs.rechecking.AT_ONCE", 3)
    monkeypatch.setattr("hub.orders.jobs.rechecking.LOOKED", 5)
    counter.tells(counter.order("all", line("CAP", 4)))
    hour = counter.now() + timedelta(hours=1)
    for n in range(12):
        counter.tells(counter.order(f"{n}", line("CAP"), placed_at=hour), kiosk=("north", "south")[n % 2])
    counter.fair.goods.adjusts("CAP", 12)

    counter.fair.works()

    sound(counter)
    assert counter.flagged() == 0


@pytest.mark.parametrize(
    ("place", "name", "answer", "seen"),
    [
        pytest.param(waiting, "concerned", [], {"next CAP is short", "moved TEE is reserved"}, id="orders that wait"),
        pytest.param(reserving, "may_serve", None, {"next CAP is short"}, id="what was freed"),
        pytest.param(holding, "_exchanged", (), {"moved TEE is reserved"}, id="another product"),
    ],
)
def test_a_hub_that_forgets_is_seen_to(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, place: ModuleType, name: str, answer: object, seen: set[str]
) -> None:
    monkeypatch.setattr(place, name, lambda *given, **named: answer)
    fair = counter.fair
    counter.tells(counter.order("all", line("CAP", 4)), counter.order("next", line("CAP")))
    counter.tells(counter.order("moved", line("TEE", 2)))
    fair.goods.sells("TOPI")
    fair.goods.adjusts("TOPI", 2)

    counter.tells(counter.order("all", line("CAP", 4), state=CANCELLED))
    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, fair.listing("north", "TEE"), fair.goods.named["TOPI"], actor=CLI)
    fair.works()

    faults = Rest(fair.database, fair.goods.merchant).faults()
    assert {fault for fault in faults if "waits for" not in fault} == seen
