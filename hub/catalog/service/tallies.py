"""Counts what an import brings: every item once, as a listing or by the reason it was skipped."""

from __future__ import annotations

from collections import Counter

import msgspec
from hub_hookspecs import Item

from hub.catalog.rules import LONGEST_REF, Skip
from hub.catalog.service.items import Seen


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What one page, or a whole run, brought: every item is counted once, as a listing or as skipped."""

    items_seen: int = 0
    listings: int = 0
    new: int = 0
    changed: int = 0
    skipped: dict[str, int] = {}

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            items_seen=self.items_seen + other.items_seen,
            listings=self.listings + other.listings,
            new=self.new + other.new,
            changed=self.changed + other.changed,
            skipped=dict(Counter(self.skipped) + Counter(other.skipped)),
        )


def tally(page: list[Item], seen: list[Seen], *, run: str) -> Tally:
    repeats = len(page) - len(seen) + sum(1 for one in seen if one.known and one.known.seen_run == run)
    fresh = [one for one in seen if not (one.known and one.known.seen_run == run)]
    admitted = [one for one in fresh if one.admitted]
    skipped = Counter(_reason(one.item) for one in fresh if not one.admitted)
    if repeats:
        skipped[Skip.REPEAT] = repeats
    return Tally(
        items_seen=len(page),
        listings=len(admitted),
        new=sum(1 for one in admitted if not one.known),
        changed=sum(1 for one in fresh if one.known and one.changed),
        skipped={str(reason): count for reason, count in skipped.items()},
    )


def _reason(item: Item) -> Skip:
    if len(item.ref) > LONGEST_REF:
        return Skip.REF_TOO_LONG
    return Skip.SOLD_OUT if item.active else Skip.INACTIVE
