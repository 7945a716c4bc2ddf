"""What a merchant has, as simply as it can be said: units by warehouse, and what each order holds of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.stock.rules.offered import Rule

Place = tuple[str, str]  # warehouse and SKU
Lines = Sequence[tuple[str, int]]


@dataclass
class Model:
    """`parts` are the units of each product that one of a SKU consists of; `where` the warehouses, the best first."""

    parts: Mapping[str, Mapping[str, int]]
    where: Sequence[str]
    packs: Mapping[str, int]
    there: Counter[Place] = field(default_factory=Counter)
    orders: list[Counter[Place]] = field(default_factory=list)  # what each holds; nothing once it is cancelled
    rules: dict[str, Rule] = field(default_factory=dict)  # by SKU; "" for all that have none

    def free(self, place: Place) -> int:
        return self.there[place] - self.promised(place)

    def promised(self, place: Place) -> int:
        return sum(each[place] for each in self.orders)

    def sells(self, lines: Lines) -> bool:
        """Take all lines from one warehouse, the first that has them; else each line from the first that has it."""
        held = self._from_one(lines) or self._line_by_line(lines)
        if held:
            self.orders.append(held)
        return bool(held)

    def moves(self, changes: Mapping[Place, int]) -> bool:
        """Change levels, all or none; what is promised never leaves."""
        if any(self.free(place) + change < 0 for place, change in changes.items()):
            return False
        self.there.update(changes)
        return True

    def figure(self, sku: str) -> int:
        """What a channel is offered of it."""
        free = min(
            sum(self.free((one, part)) for one in self.where) // count for part, count in self.parts[sku].items()
        )
        rule = self.rules.get(sku, self.rules.get("", Rule()))
        left = free - (rule.buffer or 0)
        left = left if rule.percent is None else left * rule.percent // 100
        left = left if rule.cap is None else min(left, rule.cap)
        return max(0, left if rule.fixed is None else rule.fixed) // self.packs.get(sku, 1)

    def _from_one(self, lines: Lines) -> Counter[Place]:
        for one in self.where:
            wanted = self._wanted(one, lines)
            if all(self.free(place) >= count for place, count in wanted.items()):
                return wanted
        return Counter()

    def _line_by_line(self, lines: Lines) -> Counter[Place]:
        held: Counter[Place] = Counter()
        for line in lines:
            wants = (self._wanted(one, [line]) for one in self.where)
            fits = [
                each for each in wants if all(self.free(at) - held[at] >= count for at, count in each.items())
            ]  # fmt: skip
            if not fits:
                return Counter()
            held.update(fits[0])
        return held

    def _wanted(self, one: str, lines: Lines) -> Counter[Place]:
        wanted: Counter[Place] = Counter()
        for sku, quantity in lines:
            for part, count in self.parts[sku].items():
                wanted[one, part] += count * quantity
        return wanted
