"""Orders of two channels come in at the same moment, told twice, with their lines in any order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hub_hookspecs import Order

from hub.stock.rules.levels import Standing
from tests.slices.orders.counter import CANCELLED, Counter, line

BATCHES = 12
UNITS = 40


def test_nothing_is_sold_twice_or_lost_whoever_comes_at_the_same_moment(counter: Counter) -> None:
    counter.fair.offers("north", TEE=UNITS, CAP=UNITS)
    counter.fair.offers("south", TEE=UNITS, CAP=UNITS)
    barrier = Barrier(4)

    def order(kiosk: str, n: int) -> Order:
        skus = ("TEE", "CAP") if n % 2 else ("CAP", "TEE")
        return counter.order(f"{kiosk}-{n}", *(line(sku) for sku in skus))

    def tell(kiosk: str, orders: list[Order]) -> None:
        barrier.wait(10)
        for n in range(0, len(orders), 4):
            counter.tells(*orders[n : n + 4], kiosk=kiosk)

    told = {kiosk: [order(kiosk, n) for n in range(BATCHES * 4)] for kiosk in ("north", "south")}
    with ThreadPoolExecutor(4) as pool:  # each channel's twice, as a poll and a hint would
        done = [pool.submit(tell, kiosk, orders) for kiosk, orders in told.items() for _ in range(2)]
        for each in done:
            each.result(60)

    stands = [set(counter.stands(one.ref, kiosk).values()) for kiosk, orders in told.items() for one in orders]
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(UNITS, UNITS, 0), Standing(UNITS, UNITS, 0))
    assert stands.count({"reserved"}) + stands.count({"reserved", "short"}) >= UNITS
    for kiosk, orders in told.items():
        counter.tells(*(counter.order(one.ref, *one.lines, state=CANCELLED) for one in orders), kiosk=kiosk)
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(UNITS, 0, 0), Standing(UNITS, 0, 0))
