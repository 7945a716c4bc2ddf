"""What the shop lists now: the seeded goods, and whatever a test or the demo changed, added or removed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from hub_tokopedia.sandbox.goods import Entry, Goods, Unit
from hub_tokopedia.sandbox.wire import Codec, Product

# Every 97th place of the listing is taken by something that is not shown, so pages are short in mid-listing.
_CYCLE, _HOLE = 97, 41


class Expected(NamedTuple):
    """What an undisturbed import must count; parents are not seen."""

    seen: int
    admitted: int
    skipped: dict[str, int]


class Catalogue:
    """Places 0, 1, 2 … of the listing, each filled or not; reading a page never walks the whole."""

    def __init__(self, seed: int, size: int, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._hidden: dict[int, datetime] = {}  # what has been made and shows only from then on
        self._goods = Goods(seed, size)
        self._lock = threading.Lock()
        self._changes: dict[int, dict[str, Any]] = {}  # Any: values of the fields of `Unit`
        self._removed: set[int] = set()
        self._added: list[Unit] = []
        self._seeded_places = _place(self._goods.entries)

    @property
    def places(self) -> int:
        return self._seeded_places + len(self._added)

    def place_of(self, ref: int) -> int | None:
        """Where the listing shows this product; removed ones keep their place, variants have none."""
        added = ref - self._goods.end_ref
        if added >= 0:
            return self._seeded_places + added if added < len(self._added) else None
        entry = self._goods.entry_of_ref(ref)
        return None if entry is None else _place(entry)

    def shown_at(self, place: int, codec: Codec) -> Product | None:
        """What the listing shows at a place: a plain product, a parent, or nothing."""
        if place >= self._seeded_places:
            return self._shown(self._added[place - self._seeded_places], codec)
        if place % _CYCLE == _HOLE:
            return None
        entry = self._goods.entry(place - _holes_before(place))
        if entry.grouped:
            return None if entry.ref in self._removed else codec.parent(entry, self._children(entry))
        return self._shown(self._goods.unit(entry.units.start), codec)

    def by_ref(self, ref: int, codec: Codec) -> Product | None:
        """One product by its id: plain, parent, variant or added."""
        place = self.place_of(ref)
        if place is not None:
            return self.shown_at(place, codec)
        number = self._goods.unit_of_ref(ref)
        return None if number is None else self._shown(self._goods.unit(number), codec)

    def by_sku(self, sku: str) -> Iterator[Unit]:
        """Every unit with exactly this code."""
        near = map(self._goods.unit, self._goods.near(sku))
        changed = (self._unit_of(ref) for ref in list(self._changes))
        everyone = {unit.ref: unit for unit in chain(near, changed, list(self._added)) if unit}
        return (unit for unit in map(self._current, everyone.values()) if unit and unit.sku == sku)

    def now(self, ref: int) -> Unit | None:
        """A sellable unit as it is now; None for parents, for what is gone, and for what was never there."""
        unit = self._unit_of(ref)
        return unit and self._current(unit)

    def units(self) -> Iterator[Unit]:
        """Every sellable unit as it is now, active or not, in no order that means anything."""
        for unit in chain(map(self._goods.unit, range(self._goods.size)), self._added):
            current = self._current(unit)
            if current:
                yield current

    def expected(self) -> Expected:
        skipped: Counter[str] = Counter()
        seen = 0
        for unit in self.units():
            seen += 1
            if not unit.active:
                skipped["inactive"] += 1
            elif unit.quantity == 0:
                skipped["sold_out"] += 1
        return Expected(seen, seen - skipped.total(), dict(skipped))

    def change(self, ref: int, fields: dict[str, Any]) -> None:  # Any: values of the fields of `Unit`
        with self._lock:
            if self._goods.unit_of_ref(ref) is None and self.place_of(ref) is None:
                raise KeyError(ref)
            self._changes[ref] = {**self._changes.get(ref, {}), **fields}

    def alter(self, ref: int, changed: Callable[[Unit], dict[str, Any]]) -> Unit | None:
        """Change a sellable unit by what it is now, in one step; None where it is gone. Gives what it was."""
        with self._lock:  # Any: values of the fields of `Unit`
            unit = self.now(ref)
            if unit is not None:
                self._changes[ref] = {**self._changes.get(ref, {}), **changed(unit)}
            return unit

    def add(self, name: str, sku: str | None, *, hidden_for: timedelta = timedelta(0), **fields: Any) -> int:
        with self._lock:  # Any: values of the fields of `Unit`
            ref = self._goods.end_ref + len(self._added)
            self._added.append(Unit(ref=ref, name=name, sku=sku, **fields))
            if hidden_for:
                self._hidden[ref] = self._clock() + hidden_for
            return ref

    def remove(self, ref: int) -> None:
        with self._lock:
            self._removed.add(ref)

    def _children(self, entry: Entry) -> tuple[int, ...]:
        refs = map(self._goods.ref_of_unit, entry.units)
        return tuple(ref for ref in refs if ref not in self._removed)

    def _shown(self, unit: Unit, codec: Codec) -> Product | None:
        current = self._current(unit)
        return codec.unit(current) if current else None

    def _unit_of(self, ref: int) -> Unit | None:
        added = ref - self._goods.end_ref
        if added >= 0:
            return self._added[added] if added < len(self._added) else None
        number = self._goods.unit_of_ref(ref)
        return None if number is None else self._goods.unit(number)

    def _current(self, unit: Unit) -> Unit | None:
        if unit.ref in self._removed or unit.parent in self._removed:
            return None
        if unit.ref in self._hidden and self._clock() < self._hidden[unit.ref]:
            return None
        changes = self._changes.get(unit.ref)
        return unit._replace(**changes) if changes else unit


def _place(entry: int) -> int:
    """Where the n-th entry stands once the holes before it are counted in."""
    return entry + max(entry + _CYCLE - 1 - _HOLE, 0) // (_CYCLE - 1)


def _holes_before(place: int) -> int:
    return (place + _CYCLE - 1 - _HOLE) // _CYCLE
