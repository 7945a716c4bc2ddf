"""Stock as rows of a wire: one SKU whose figures cannot be read costs no other."""

import logging
from collections.abc import Callable, Iterable

from hub_fastock_my.port import Heap, Unreadable

_log = logging.getLogger(__name__)


def readable(rows: Iterable[tuple[str, Callable[[], tuple[Heap, ...]]]]) -> tuple[Heap, ...]:
    """Read each SKU's rows; where one cannot be read the SKU is left out whole, for half of its stock is wrong."""
    found: list[Heap] = []
    broken: dict[str, str] = {}
    for code, read in rows:
        try:
            found += read()
        except Unreadable as error:
            broken[code] = str(error)
    for code, why in broken.items():
        _log.warning("the stock of the SKU %r is left out: %s", code, why)
    return tuple(heap for heap in found if heap.code not in broken)
