"""Takes in what a channel lists: page by page, then the end of the run; each in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from hub_hookspecs import Channel, Item

from hub.catalog import rules
from hub.catalog.rules import Group, Skip, SkuClass
from hub.catalog.store import classes, listings
from hub.catalog.store.listings import Known
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Transaction
from hub.kernel.ids import new_id
from hub.kernel.types import microseconds

_encoder = msgspec.msgpack.Encoder(decimal_format="string", order="deterministic")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Whose listings these are, and by which rules the channel's items are admitted."""

    merchant_id: str
    account_id: str
    channel: Channel


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


class Seen(NamedTuple):
    """One item of a page beside what the hub had of it."""

    item: Item
    digest: int
    key: str
    known: Known | None
    admitted: bool

    @property
    def changed(self) -> bool:
        return self.known is None or self.known.digest != self.digest or self.known.current != self.admitted

    @property
    def pending(self) -> bool:
        return self.known is None or self.known.state == "pending"


def take_page(db: Transaction, source: Source, items: Iterable[Item], *, run: str, seen_at: datetime) -> Tally:
    """Take in one page: new and changed listings are written, the rest is marked as seen, classes and counts follow."""
    db.serialise(f"catalog:{source.merchant_id}")  # two accounts may list one SKU at the same moment
    page = list(items)
    latest = {item.ref: item for item in page}
    known = listings.known(db, source.account_id, latest)
    seen = [_beside(source.channel, item, known.get(item.ref)) for item in latest.values()]
    kept = [one for one in seen if one.admitted or one.known]
    _write(db, source, kept, run=run, seen_at=seen_at)
    return _tally(page, seen, run=run)


def _beside(channel: Channel, item: Item, known: Known | None) -> Seen:
    digest = int.from_bytes(hashlib.blake2b(_encoder.encode(item), digest_size=8).digest(), signed=True)
    return Seen(item, digest, rules.sku_key(item.sku), known, rules.skip_reason(channel, item) is None)


def _write(db: Transaction, source: Source, kept: list[Seen], *, run: str, seen_at: datetime) -> None:
    changed = [one for one in kept if one.changed]
    listings.touch(db, (one.known.id for one in kept if one.known and not one.changed), seen_at=seen_at, seen_run=run)
    if not changed:
        return
    groups, shifted = _regroup(db, source, changed)
    judged = [_class_of(one, groups) for one in changed]
    stamp = (microseconds(seen_at), run)
    listings.record(db, [_row(source, one, cls, stamp) for one, cls in zip(changed, judged, strict=True)])
    classes.add_counts(db, source.merchant_id, _count_changes(source.account_id, changed, judged))
    classes.reclassify(db, source.merchant_id, shifted)


def _regroup(db: Transaction, source: Source, changed: list[Seen]) -> tuple[dict[str, Group], set[str]]:
    """Give each SKU's group as it will be after this page, and the SKUs whose other users change class by it."""
    joined = Counter(one.key for one in changed if one.admitted and one.key)
    left = Counter(one.known.sku_key for one in changed if one.known and one.known.current and one.known.sku_key)
    keys = joined.keys() | left.keys()
    before = classes.sku_groups(db, merchant_id=source.merchant_id, account_id=source.account_id, keys=keys)
    after = {key: group._replace(own=group.own - left[key] + joined[key]) for key, group in before.items()}
    shifted = {
        key
        for key, group in before.items()
        if (group.own > left[key] or group.elsewhere) and rules.shifts_others(group.own, after[key].own)
    }
    return after, shifted


def _class_of(one: Seen, groups: Mapping[str, Group]) -> SkuClass | None:
    if not one.admitted or (one.known and one.known.state == "linked"):
        return None
    return rules.classify(one.key, groups.get(one.key, Group()))


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


def _row(source: Source, one: Seen, cls: SkuClass | None, stamp: tuple[int, str]) -> StorageRow:
    item, (seen_at, run) = one.item, stamp
    return (
        one.known.id if one.known else new_id(), source.merchant_id, source.account_id, item.ref, item.parent_ref,
        item.sku, one.key, item.name, rules.name_key(item.name),
        str(item.price.amount) if item.price else None, item.price.currency if item.price else None,
        item.active, item.quantity, _details(item), one.digest, "pending",
        cls, one.admitted, seen_at, run, seen_at,
    )  # fmt: skip


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a channel says of a listing beyond what the hub sorts and searches by."""

    barcode: str = ""
    image_urls: tuple[str, ...] = ()
    options: Mapping[str, str] = {}
    weight_g: int | None = None
    description: str = ""
    category_ref: str = ""
    url: str = ""
    raw_status: str = ""
    updated_at: datetime | None = None


_json = msgspec.json.Encoder()


def _details(item: Item) -> str:
    return _json.encode(Details(**{name: getattr(item, name) for name in Details.__struct_fields__})).decode()


def _tally(page: list[Item], seen: list[Seen], *, run: str) -> Tally:
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
    return Skip.SOLD_OUT if item.active else Skip.INACTIVE


RETIRE_BATCH = 500


def retire_unseen(db: Transaction, source: Source, *, run: str, after: str) -> str | None:
    """Retire a batch of listings that a finished run did not meet; gives the ref to go on after, None at the end.

    Absence never deletes: a retired listing keeps its row and its link, it only no longer counts as current.
    """
    db.serialise(f"catalog:{source.merchant_id}")
    batch = listings.unseen(db, source.account_id, run=run, after=after, limit=RETIRE_BATCH)
    listings.retire(db, [one.id for one in batch])
    gone = Counter((source.account_id, one.sku_class) for one in batch if one.sku_class and one.state == "pending")
    classes.add_counts(db, source.merchant_id, {key: -count for key, count in gone.items()})
    classes.reclassify(db, source.merchant_id, {one.sku_key for one in batch})
    return batch[-1].ref if len(batch) == RETIRE_BATCH else None
