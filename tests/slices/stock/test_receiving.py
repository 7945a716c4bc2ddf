"""Goods arrive: what is damaged is held, each total counts once, and the source gives what lies free there."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.events import CLI
from hub.stock.rules.levels import Standing
from hub.stock.service.receiving import Arrival, Delivery, Draw, receive
from hub.stock.tables import level, movement
from tests.slices.stock.goods import Goods


def comes(goods: Goods, *arrivals: Arrival, draws: tuple[Draw, ...] = (), source: str = "") -> dict[str, int]:
    source_id = goods.named[source] if source else None
    given = Delivery(goods.named["KL"], arrivals, source_id=source_id, draws=draws)
    with goods.database.writing() as db:
        return receive(db, goods.merchant, given, actor=CLI)


def test_good_units_may_be_sold_and_damaged_ones_are_there_and_held(goods: Goods) -> None:
    goods.sells("TEE-M")
    goods.builds("KL")

    comes(goods, Arrival(goods.named["TEE-M"], 7, 2, "inbound:1:1:7+2", "torn"))

    assert goods.standing("TEE-M", at="KL") == Standing(9, 0, 2)
    assert goods.moved("TEE-M") == [("receipt", 9)]


def test_the_same_total_counts_once_and_a_larger_one_adds_its_difference(goods: Goods) -> None:
    goods.sells("TEE-M")
    goods.builds("KL")
    first = Arrival(goods.named["TEE-M"], 7, 2, "inbound:1:1:7+2")

    comes(goods, first)
    comes(goods, first)
    comes(goods, Arrival(goods.named["TEE-M"], 0, 1, "inbound:1:1:7+3"))

    assert goods.standing("TEE-M", at="KL") == Standing(10, 0, 3)
    assert goods.moved("TEE-M") == [("receipt", 9), ("receipt", 1)]


def test_the_source_gives_what_lies_free_there_and_nothing_that_is_promised(goods: Goods) -> None:
    goods.sells("TEE-M", "TEE-L")
    goods.builds("KL")
    goods.adjusts("TEE-M", 10)
    with goods.database.writing() as db:
        db.execute(sa.update(level).values(reserved=6))
    ids = goods.named["TEE-M"], goods.named["TEE-L"]

    came = tuple(Arrival(one, 5, 0, f"inbound:1:{n}:5+0") for n, one in enumerate(ids))
    draws = tuple(Draw(one, 5, 0, f"inbound:1:{n}:from") for n, one in enumerate(ids))
    taken = comes(goods, *came, draws=draws, source="main")

    assert taken == {ids[0]: 4}
    assert (goods.standing("TEE-M"), goods.standing("TEE-L")) == (Standing(6, 6, 0), None)
    assert (goods.standing("TEE-M", at="KL"), goods.standing("TEE-L", at="KL")) == ((5, 0, 0), (5, 0, 0))
    with goods.database.reading() as db:
        causes = set(db.execute(sa.select(movement.c.cause).where(movement.c.kind == "transfer_out")).scalars())
    assert causes == {"inbound:1:0:from:4"}
