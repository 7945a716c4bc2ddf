"""Which warehouse gives what lines want: all of an order from one where that can be, else each line from the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from hub.stock.rules.levels import Place


class Wish(NamedTuple):
    """What a line wants, in base units by product, and the warehouses that may give it, the best first.

    `others` may not, and nothing leaves them like this: it is held there all the same before it is sold once more.
    """

    line_id: str
    order_id: str
    needs: Mapping[str, int]
    candidates: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def everywhere(self) -> tuple[str, ...]:
        return self.candidates + self.others


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
        for one in wish.everywhere
    ]
    if not at_each:
        return dict.fromkeys(wish.needs, 0)
    return min(at_each, key=lambda found: sum(wish.needs[product] - count for product, count in found.items()))


def _only(wish: Wish, product: str) -> dict[str, int]:
    return {product: wish.needs[product]}


def _of_order(free: dict[Place, int], wishes: list[Wish]) -> dict[str, str]:
    """All from one warehouse that may send it; else each line from one that may; else from wherever it lies."""
    total: dict[str, int] = {}
    for wish in wishes:
        for product, need in wish.needs.items():
            total[product] = total.get(product, 0) + need
    able = [wish.candidates for wish in wishes]
    if (found := _whole(free, wishes, able, total)) is not None:
        return found
    if any(wish.others for wish in wishes):
        left = dict(free)
        found = dict(_one_by_one(left, wishes, able))
        if len(found) == len(wishes):
            free.update(left)
            return found
        able = [wish.everywhere for wish in wishes]
        if (whole := _whole(free, wishes, able, total)) is not None:
            return whole
    return dict(_one_by_one(free, wishes, able))


def _whole(
    free: dict[Place, int], wishes: Sequence[Wish], able: Sequence[tuple[str, ...]], total: Mapping[str, int]
) -> dict[str, str] | None:  # fmt: skip
    """All lines from the first warehouse that each of them may come from, and that has all of it."""
    for one in able[0]:
        if all(one in each for each in able) and _has(free, one, total):
            _take(free, one, total)
            return {wish.line_id: one for wish in wishes}
    return None


def _one_by_one(
    free: dict[Place, int], wishes: Sequence[Wish], able: Sequence[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:  # fmt: skip
    for wish, places in zip(wishes, able, strict=True):
        found = next((one for one in places if _has(free, one, wish.needs)), None)
        if found is not None:
            _take(free, found, wish.needs)
            yield wish.line_id, found


def _has(free: Mapping[Place, int], warehouse_id: str, needs: Mapping[str, int]) -> bool:
    return all(free.get((warehouse_id, product), 0) >= need for product, need in needs.items())


def _take(free: dict[Place, int], warehouse_id: str, needs: Mapping[str, int]) -> None:
    for product, need in needs.items():
        free[warehouse_id, product] -= need
