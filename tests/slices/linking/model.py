"""What linking must do, by brute force over plain dictionaries; nothing of the hub is used but its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

Place = tuple[str, int | None]  # state, and the product by the number that the model gave it


ARCHIVED = -1  # no step: a person took the product out


@dataclass
class Listed:
    """A listing as the channel shows it and as people put it; `step` is the one it stands by, 0 the import."""

    account: str
    key: str
    current: bool
    place: Place = ("pending", None)
    step: int = 0


@dataclass
class Made:
    """A product, the merge that took it out, if one or a person did, and whether a person made it or spoke of it."""

    key: str
    gone_by: int = 0
    ours: bool = False


@dataclass
class Step:
    """What one step did to listings, by their refs; `was` and `led_to` are what one stood by."""

    moved: list[tuple[str, Place, Place]] = field(default_factory=list)
    was: int = 0
    led_to: int = 0
    children: list[int] = field(default_factory=list)
    key: str = ""  # what the listing had
    merge: tuple[int, int] | None = None  # emptied, into; `was` and `led_to` are what the emptied one is gone by


@dataclass
class Model:
    """One merchant's catalogue."""

    listings: dict[str, Listed] = field(default_factory=dict)
    products: list[Made] = field(default_factory=list)
    steps: list[Step] = field(default_factory=lambda: [Step()])

    def place(self) -> Hashable:
        """Where all steps have led: whatever way it came here, the catalogue is the same."""
        return frozenset((ref, one.step) for ref, one in self.listings.items()), tuple(
            (made.gone_by, made.ours) for made in self.products
        )

    def sku_class(self, one: Listed) -> str | None:
        if not one.current or one.place[0] == "linked":
            return None
        if not one.key:
            return "empty"
        users = [each for each in self.listings.values() if each.current and each.key == one.key]
        if sum(each.account == one.account for each in users) > 1:
            return "duplicate"
        known = self.by_key(one.key) is not None or any(each.account != one.account for each in users)
        return "matched" if known else "unmatched"

    def counts(self) -> Counter[tuple[str, str]]:
        waiting = (one for one in self.listings.values() if one.place[0] == "pending")
        return Counter((one.account, cls) for one in waiting if (cls := self.sku_class(one)))

    def here(self, product: int) -> bool:
        """Whether a product is in the catalogue: a step that put a listing on it, or a product into it, stands."""
        made = self.products[product]
        held = any(product in self.led_by(ref) for ref in self.listings) or product in self.takers()
        return not made.gone_by and (made.ours or held)

    def takers(self) -> set[int]:
        """The products that others are merged into."""
        merges = (self.steps[made.gone_by].merge for made in self.products if made.gone_by > 0)
        return {merge[1] for merge in merges if merge}

    def led_by(self, ref: str) -> Iterator[int | None]:
        """The products that the steps put a listing on by which it came where it is, the last one first."""
        for number in self.chain(ref):
            yield self.steps[number].moved[0][2][1]

    def chain(self, ref: str) -> Iterator[int]:
        """The steps by which a listing came where it is, the last one first."""
        number = self.listings[ref].step
        while number:
            yield number
            number = self.steps[number].was

    def by_key(self, key: str) -> int | None:
        return next((n for n, made in enumerate(self.products) if made.key == key and self.here(n)), None)

    def may_link(self, one: Listed) -> bool:
        return one.place[0] == "pending" and self.sku_class(one) in ("matched", "unmatched")

    def target(self, key: str) -> int | set[int] | None:
        found = self.by_key(key)
        if found is not None:
            return found
        used = {
            one.place[1]
            for one in self.listings.values()
            if one.current and one.key == key and one.place[1] is not None
        }
        return used.pop() if len(used) == 1 else used or None

    def put(self, ref: str, to: Place, *, back: int | None = None) -> int:
        """Gives the step; the listing stands by it from now on, or by `back`."""
        one, number = self.listings[ref], len(self.steps)
        led_to = number if back is None else back
        self.steps.append(Step([(ref, one.place, to)], was=one.step, led_to=led_to, key=one.key))
        one.place, one.step = to, led_to
        return number

    def confirm(self, refs: list[str]) -> tuple[int | None, dict[str, bool]]:
        """Confirm in this order; gives the step of all where they were several, and what became of each."""
        free = [ref for ref in refs if self.may_link(self.listings[ref])]
        targets = {ref: self.target(self.listings[ref].key) for ref in free}
        free = [ref for ref in free if not isinstance(targets[ref], set)]
        children = [self._confirm_one(ref, targets[ref]) for ref in free]
        if len(children) > 1:
            self.steps.append(Step(children=children))
            return len(self.steps) - 1, {ref: self.listings[ref].place[0] == "linked" for ref in refs}
        return None, {ref: self.listings[ref].place[0] == "linked" for ref in refs}

    def _confirm_one(self, ref: str, target: int | set[int] | None) -> int:
        key = self.listings[ref].key
        found = target if isinstance(target, int) else self.by_key(key)
        if found is None:
            self.products.append(Made(key))
            return self.put(ref, ("linked", len(self.products) - 1))
        return self.put(ref, ("linked", found))

    def merge(self, emptied: int, into: int) -> int:
        moved = [ref for ref, one in self.listings.items() if one.place[1] == emptied]
        children = [self.put(ref, ("linked", into)) for ref in moved]
        return self._merged(emptied, into, children, gone_by=len(self.steps))

    def _merged(self, emptied: int, into: int, children: list[int], *, gone_by: int) -> int:
        made = self.products[emptied]
        self.steps.append(Step(children=children, merge=(emptied, into), was=made.gone_by, led_to=gone_by))
        made.gone_by = gone_by
        return len(self.steps) - 1

    def unmerge(self, number: int) -> int | None:
        """Undo a merge, or the undoing of one."""
        step = self.steps[number]
        assert step.merge is not None
        emptied, into = step.merge
        made = self.products[emptied]
        apart = bool(made.gone_by)
        standing = all(self.stands(child) for child in step.children)
        if made.gone_by != step.led_to or not standing or not (apart or self.here(emptied)):
            return None
        on_it = sum(one.place[1] == emptied for one in self.listings.values())
        if (apart and self.by_key(made.key) is not None) or (not apart and on_it > len(step.children)):
            return None
        if not apart and not self.may_return(into):
            return None
        was, made.gone_by = made.gone_by, 0
        undone = [self.undo(child) for child in reversed(step.children)]
        made.gone_by = was
        return self._merged(emptied, into, [each for each in undone if each is not None], gone_by=step.was)

    def stands(self, number: int) -> bool:
        """Whether the listing that a step moved stands by what the step led to."""
        ((ref, *_),) = self.steps[number].moved
        return self.listings[ref].step == self.steps[number].led_to

    def undone(self, number: int) -> bool:
        """Whether undoing a step would say again what was said last of the step that it put in force, or out of it."""
        step = self.steps[number]
        if step.merge:
            gone_by = self.products[step.merge[0]].gone_by
            return gone_by != step.led_to if step.led_to else gone_by == step.was
        ((ref, *_),) = step.moved
        return (step.was in self.chain(ref)) if self.back(number) else (step.led_to not in self.chain(ref))

    def back(self, number: int) -> bool:
        """Whether a step put the one before it out of force."""
        step = self.steps[number]
        return bool(step.was) and self.steps[step.was].was == step.led_to

    def may_return(self, product: int) -> bool:
        """Whether a listing may go back to a product: one that went because steps were undone comes back with it."""
        made = self.products[product]
        return self.here(product) or (not made.gone_by and self.by_key(made.key) is None)

    def undo(self, number: int) -> int | None:
        """Undo a step of one listing; None where it cannot be."""
        step = self.steps[number]
        ((ref, before, _),) = step.moved
        if not self.stands(number) or (before[1] is not None and not self.may_return(before[1])):
            return None
        one = self.listings[ref]
        anew = self.back(number) and (one.place[0], before[0]) == ("pending", "linked")
        if anew and not (self.may_link(one) and one.key == self.steps[step.was].key):
            return None
        return self.put(ref, before, back=step.was)

    def undo_all(self, number: int) -> int:
        """Undo a step of many, the last listing first; what changed since stays."""
        undone = [self.undo(child) for child in reversed(self.steps[number].children)]
        self.steps.append(Step(children=[child for child in undone if child is not None]))
        return len(self.steps) - 1
