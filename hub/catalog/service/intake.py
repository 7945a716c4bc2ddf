"""Takes in what a channel lists: page by page, then the end of the run; each in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from hub_hookspecs import Channel, Item

from hub.catalog import rules
from hub.catalog.rules import Group, SkuClass
from hub.catalog.service.items import Seen, beside, row
from hub.catalog.service.tallies import Tally, tally
from hub.catalog.store import classes, listings
from hub.kernel.db import Transaction
from hub.kernel.types import microseconds

FiguresSeen = Callable[[Transaction, str, Mapping[str, int], datetime], None]


def nobody_asks(db: Transaction, account_id: str, figures: Mapping[str, int], asked_at: datetime) -> None:
    return None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Whose listings these are, and by which rules the channel's items are admitted.

    `figures_seen` is called in the transaction of each page that shows how many there are of linked listings, with
    these figures by listing and the instant before the page was asked for.
    """

    merchant_id: str
    account_id: str
    channel: Channel
    figures_seen: FiguresSeen = nobody_asks


def take_page(db: Transaction, source: Source, items: Iterable[Item], *, run: str, seen_at: datetime) -> Tally:
    """Take in one page: new and changed listings are written, the rest is marked as seen, classes and counts follow."""
    db.serialise(f"catalog:{source.merchant_id}")  # two accounts may list one SKU at the same moment
    page = list(items)
    latest = {item.ref: item for item in page}
    known = listings.known(db, source.account_id, latest)
    seen = [beside(source.channel, item, known.get(item.ref)) for item in latest.values()]
    kept = [one for one in seen if one.admitted or one.known]
    _write(db, source, kept, run=run, seen_at=seen_at)
    if figures := _figures(kept):
        source.figures_seen(db, source.account_id, figures, seen_at)
    return tally(page, seen, run=run)


def _figures(kept: list[Seen]) -> dict[str, int]:
    """How many the page shows of listings that a person has linked."""
    return {
        one.known.id: one.item.quantity
        for one in kept
        if one.known and one.known.state == "linked" and one.item.quantity is not None
    }


def _write(db: Transaction, source: Source, kept: list[Seen], *, run: str, seen_at: datetime) -> None:
    changed = [one for one in kept if one.changed]
    listings.touch(db, (one.known.id for one in kept if one.known and not one.changed), seen_at=seen_at, seen_run=run)
    if not changed:
        return
    users = _users(db, source, changed)
    judged = [_class_of(one, users) for one in changed]
    stamp = (microseconds(seen_at), run)
    listings.record(
        db,
        [row(source.merchant_id, source.account_id, one, cls, stamp) for one, cls in zip(changed, judged, strict=True)],
    )
    classes.add_counts(db, source.merchant_id, _count_changes(source.account_id, changed, judged))
    grown = max(users.joined.values(), default=0)
    classes.reclassify(db, source.merchant_id, users.shifted(), grown=grown)


class Users(NamedTuple):
    """Who uses the SKUs of a page: the groups before it, and by how many listings it changes this account's part."""

    before: Mapping[str, Group]
    joined: Mapping[str, int]
    left: Mapping[str, int]

    def after(self, key: str) -> Group:
        group = self.before.get(key, NOBODY)
        return Group(group.own + self.joined.get(key, 0) - self.left.get(key, 0), group.elsewhere, group.product)

    def shifted(self) -> set[str]:
        """The SKUs whose users outside this page change class by it."""
        return {
            key
            for key, group in self.before.items()
            if (group.own > self.left.get(key, 0) or group.elsewhere)
            and rules.shifts_others(group.own, self.after(key).own)
        }


NOBODY = Group()


def _users(db: Transaction, source: Source, changed: list[Seen]) -> Users:
    joined = Counter([one.key for one in changed if one.admitted and one.key])
    left = Counter([one.known.sku_key for one in changed if one.known and one.known.current and one.known.sku_key])
    keys = joined.keys() | left.keys()
    before = classes.sku_groups(db, merchant_id=source.merchant_id, account_id=source.account_id, keys=keys)
    return Users(before, dict(joined), dict(left))


def _class_of(one: Seen, users: Users) -> SkuClass | None:
    if not one.admitted or (one.known and one.known.state == "linked"):
        return None
    return rules.classify(one.key, users.after(one.key))


def _count_changes(account_id: str, changed: list[Seen], judged: list[SkuClass | None]) -> Counter[tuple[str, str]]:
    deltas: Counter[tuple[str, str]] = Counter()
    for one, cls in zip(changed, judged, strict=True):
        if not one.pending:
            continue
        if one.known and one.known.sku_class:
            deltas[account_id, one.known.sku_class] -= 1
        if cls:
            deltas[account_id, cls] += 1
    return deltas


RETIRE_BATCH = 500


def retire_unseen(
    db: Transaction, merchant_id: str, account_id: str, *, run: str, before: datetime, after: str
) -> str | None:
    """Retire a batch of listings that a finished run did not meet; gives the ref to go on after, None at the end.

    Absence never deletes: a retired listing keeps its row and its link, it only no longer counts as current. What a
    newer import has met since this one began (`before`) stays.
    """
    db.serialise(f"catalog:{merchant_id}")
    batch = listings.unseen(db, account_id, run=run, before=before, after=after, limit=RETIRE_BATCH)
    listings.retire(db, [one.id for one in batch])
    gone = Counter((account_id, one.sku_class) for one in batch if one.sku_class and one.state == "pending")
    classes.add_counts(db, merchant_id, {key: -count for key, count in gone.items()})
    classes.reclassify(db, merchant_id, {one.sku_key for one in batch})
    return batch[-1].ref if len(batch) == RETIRE_BATCH else None
