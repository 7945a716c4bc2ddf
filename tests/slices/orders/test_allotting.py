"""Which warehouse gives what lines want."""

from __future__ import annotations

from hub.orders.rules.allotting import Wish, allot, lacking
from hub.stock.rules.levels import Place


def wish(line: str, *candidates: str, order: str = "one", **needs: int) -> Wish:
    return Wish(line, order, needs, candidates)


def test_all_lines_of_an_order_come_from_one_warehouse_where_that_can_be() -> None:
    free: dict[Place, int] = {("near", "TEE"): 5, ("far", "TEE"): 5, ("far", "CAP"): 1}

    found = allot(free, [wish("1", "near", "far", TEE=2), wish("2", "near", "far", CAP=1)])

    assert found == {"1": "far", "2": "far"}
    assert free == {("near", "TEE"): 5, ("far", "TEE"): 3, ("far", "CAP"): 0}


def test_else_each_line_comes_from_the_first_that_has_all_of_it() -> None:
    free: dict[Place, int] = {("near", "TEE"): 5, ("far", "CAP"): 1}

    found = allot(free, [wish("1", "near", "far", TEE=2), wish("2", "near", "far", CAP=1), wish("3", "far", CAP=1)])

    assert found == {"1": "near", "2": "far"}


def test_two_lines_of_one_product_need_their_sum_and_a_bundle_all_of_its_parts() -> None:
    free: dict[Place, int] = {("near", "TEE"): 3, ("near", "CAP"): 9}

    assert allot(dict(free), [wish("1", "near", TEE=2), wish("2", "near", TEE=2)]) == {"1": "near"}
    assert allot(dict(free), [wish("1", "near", TEE=4, CAP=4)]) == {}


def test_the_order_that_comes_first_gets_the_last_unit() -> None:
    free: dict[Place, int] = {("near", "TEE"): 1}

    found = allot(free, [wish("1", "near", order="one", TEE=1), wish("2", "near", order="two", TEE=1)])

    assert found == {"1": "near"}


def test_what_is_lacking_is_told_of_the_warehouse_that_comes_nearest() -> None:
    free: dict[Place, int] = {("near", "TEE"): 1, ("far", "TEE"): 3, ("far", "CAP"): 2}

    assert lacking(free, wish("1", "near", "far", TEE=4, CAP=2)) == {"TEE": 3}
    assert lacking(free, wish("1", TEE=4)) == {"TEE": 0}


def test_what_several_warehouses_give_one_order_the_next_one_does_not_get_too() -> None:
    free: dict[Place, int] = {("near", "TEE"): 1, ("far", "CAP"): 1}
    split = [wish("1", "near", TEE=1)._replace(others=("third",)), wish("2", "far", CAP=1)]

    found = allot(free, [*split, wish("3", "near", order="two", TEE=1)])

    assert found == {"1": "near", "2": "far"}
    assert free == {("near", "TEE"): 0, ("far", "CAP"): 0}
