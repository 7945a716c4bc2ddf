"""Which warehouse gives what lines want: all of an order from one where that can be, else each line from the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from hub.stock.rules.levels import Place


class Wish(NamedTuple):
    """What a line wants, in base units by product, and the warehouses that may give it, the best first."""

    line_id: str
    order_id: str
    needs: Mapping[str, int]
    candidates: tuple[str, ...]


def allot(free: dict[Place, int], wishes: Sequence[Wish]) -> dict[str, str]:
    """The warehouse of each line that gets all it wants, by line; what it gets is taken out of `free`.

    Wishes of one order stand together. Those that come first get first; a line gets all from one warehouse, or nothing.
    """
    found: dict[str, str] = {}
    for _, group in groupby(wishes, key=lambda wish: wish.order_id):
        found |= _of_order(free, list(group))
    return found


def lacking(free: Mapping[Place, int], wish: Wish) -> dict[str, int]:
    """What the candidate that comes nearest has free of each product that it lacks, by product."""
    at_each = [
        {product: free.get((one, product), 0) for product in wish.needs if not _has(free, one, _only(wish, product))}
        for one in wish.candidates
    ]
    if not at_each:
        return dict.fromkeys(wish.needs, 0)
    return min(at_each, key=lambda found: sum(wish.needs[product] - count for product, count in found.items()))


def _only(wish: Wish, product: str) -> dict[str, int]:
    return {product: wish.needs[product]}


def _of_order(free: dict[Place, int], wishes: list[Wish]) -> dict[str, str]:
    total: dict[str, int] = {}
    for wish in wishes:
        for product, need in wish.needs.items():
            total[product] = total.get(product, 0) + need
    for one in _common(wishes):
        if _has(free, one, total):
            _take(free, one, total)
            return {wish.line_id: one for wish in wishes}
    return dict(_one_by_one(free, wishes))


def _one_by_one(free: dict[Place, int], wishes: list[Wish]) -> Iterator[tuple[str, str]]:
    for wish in wishes:
        found = next((one for one in wish.candidates if _has(free, one, wish.needs)), None)
        if found is not None:
            _take(free, found, wish.needs)
            yield wish.line_id, found


def _common(wishes: list[Wish]) -> list[str]:
    return [one for one in wishes[0].candidates if all(one in wish.candidates for wish in wishes)]


def _has(free: Mapping[Place, int], warehouse_id: str, needs: Mapping[str, int]) -> bool:
    return all(free.get((warehouse_id, product), 0) >= need for product, need in needs.items())


def _take(free: dict[Place, int], warehouse_id: str, needs: Mapping[str, int]) -> None:
    for product, need in needs.items():
        free[warehouse_id, product] -= need
