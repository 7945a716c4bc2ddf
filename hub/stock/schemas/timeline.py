"""What happened to a product, and how it stood at an instant, as the API shows it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.kernel.events import Actor, Event
from hub.kernel.paging import position
from hub.kernel.types import EPOCH, MICROSECOND, microseconds
from hub.stock.rules import wording
from hub.stock.rules.timeline import Kind, Position, promised_by
from hub.stock.service.timeline import Names, Story
from hub.stock.store.agreements import Agreement
from hub.stock.store.movements import Movement
from hub.stock.store.pushes import Push
from hub.stock.store.timeline import Entry, Promise

LATEST = 250_000_000_000_000_000  # microseconds: a cursor that was tampered with must not leave the calendar


class CauseView(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was done: in words, and what is behind it where that is one thing.

    `order_id`: the order; `movement_id`: what people or a warehouse moved; `ref`: as it stands in the log of pushes.
    """

    text: str
    ref: str
    order_id: str | None
    movement_id: str | None


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; `at` is when the hub learned of it, and `text` says it in a sentence.

    `quantity`: of goods the base units that came, went or are promised; of listings the figure in the channel's units.
    Of a movement, a push and a change all that is kept stands under that name.
    """

    id: str
    at: datetime
    kind: Kind
    text: str
    quantity: int | None = None
    warehouse_id: str | None = None
    order_id: str | None = None
    account_id: str | None = None
    listing_id: str | None = None
    place_ref: str | None = None
    actor: Actor | None = None
    cause: CauseView | None = None
    movement: Movement | None = None
    push: Push | None = None
    change: Event | None = None


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a product, the newest first; pushes of before `pushes_since` are not kept any more."""

    product_id: str
    sku: str
    pushes_since: datetime
    items: list[TimelineEntry]
    next: str | None


def timeline_view(story: Story, entries: list[Entry], following: str | None) -> Timeline:
    return Timeline(
        product_id=story.product.id, sku=story.product.sku, pushes_since=story.pushes_since,
        items=[entry_view(one, story.names, story.product.id) for one in entries], next=following,
    )  # fmt: skip


def entry_view(entry: Entry, names: Names, product_id: str) -> TimelineEntry:
    match entry.what:
        case Movement():
            return _movement(entry, entry.what, names)
        case Promise():
            return _promise(entry, entry.what, names)
        case Push():
            return _push(entry, entry.what, names)
        case Agreement():
            return _agreed(entry, entry.what, names)
        case _:
            return _change(entry, entry.what, names, product_id)


def cause_view(ref: str, names: Names) -> CauseView:
    """Why a figure was looked at."""
    kind, _, rest = ref.partition(":")
    moved = names.moved.get(ref)
    if moved is None:
        text = wording.cause(kind)
    else:
        text = wording.cause(
            kind, moved=moved.kind.value, quantity=moved.quantity, reason=moved.reason, note=moved.note
        )  # fmt: skip
    return CauseView(
        text=text, ref=ref, order_id=rest if kind == "order" else None, movement_id=moved.id if moved else None
    )


def where(listing_id: str, place_ref: str, names: Names) -> str:
    """A listing as people know it: by its channel and shop."""
    one = names.outposts.get(listing_id)
    shop = f"{one.plugin} ({one.account})" if one else f"listing {listing_id}"
    return f"{shop} at {place_ref}" if place_ref else shop


def _movement(entry: Entry, what: Movement, names: Names) -> TimelineEntry:
    warehouse = names.warehouses.get(what.warehouse_id, what.warehouse_id)
    text = wording.movement(
        what.kind.value, what.quantity, warehouse=warehouse, reason=what.reason, note=what.note
    )  # fmt: skip
    return TimelineEntry(
        id=entry.id, at=entry.at, kind=entry.kind, text=text, quantity=what.quantity, warehouse_id=what.warehouse_id,
        order_id=names.orders.get(promised_by(what.cause)), actor=what.actor, movement=what,
    )  # fmt: skip


def _promise(entry: Entry, what: Promise, names: Names) -> TimelineEntry:
    warehouse = names.warehouses.get(what.warehouse_id, what.warehouse_id)
    text = wording.promise(entry.kind.value, what.quantity, was=what.was, warehouse=warehouse)
    return TimelineEntry(
        id=entry.id, at=entry.at, kind=entry.kind, text=text, quantity=what.quantity, warehouse_id=what.warehouse_id,
        order_id=what.order_id,
    )  # fmt: skip


def _push(entry: Entry, what: Push, names: Names) -> TimelineEntry:
    cause = cause_view(what.cause, names)
    text = wording.push(
        where(what.listing_id, what.place_ref, names), what.quantity, expected=what.expected, why=cause.text,
        status=what.status.value, actual=what.actual, reason=what.reason,
    )  # fmt: skip
    return TimelineEntry(
        id=entry.id, at=entry.at, kind=entry.kind, text=text, quantity=what.quantity, order_id=cause.order_id,
        account_id=what.account_id, listing_id=what.listing_id, place_ref=what.place_ref, cause=cause, push=what,
    )  # fmt: skip


def _agreed(entry: Entry, what: Agreement, names: Names) -> TimelineEntry:
    cause = cause_view(what.cause, names)
    text = wording.agreed(where(what.listing_id, what.place_ref, names), what.figure, why=cause.text)
    return TimelineEntry(
        id=entry.id, at=entry.at, kind=entry.kind, text=text, quantity=what.figure, order_id=cause.order_id,
        account_id=what.account_id, listing_id=what.listing_id, place_ref=what.place_ref, cause=cause,
    )  # fmt: skip


def _change(entry: Entry, what: Event, names: Names, product_id: str) -> TimelineEntry:
    before, after = what.before or {}, what.after or {}
    listing = names.outposts.get(what.subject.id)
    account_id = listing.account_id if listing else after.get("account_id")
    account_id = what.subject.id if what.subject.kind == "account" else account_id
    shops = {one.account_id: f"{one.plugin} ({one.account})" for one in names.outposts.values()}
    text = wording.change(what.kind, product_id, before, after, where=shops.get(account_id or "", "the account"))
    return TimelineEntry(
        id=entry.id, at=entry.at, kind=entry.kind, text=text, account_id=account_id,
        listing_id=listing.listing_id if listing else None, actor=what.actor, change=what,
    )  # fmt: skip


def key_of(at: Position) -> tuple[int, str, str]:
    """A position as a cursor keeps it."""
    return microseconds(at.at), at.kind, at.id


def position_of(cursor: str | None) -> Position | None:
    """The entry behind which to go on."""
    found = instant_of(cursor)
    return None if found is None else Position(*found)


def instant_of(cursor: str | None) -> tuple[datetime, str, str] | None:
    """The instant and the two keys behind which to go on."""
    found = position(cursor, int, str, str)
    if found is None:
        return None
    at = max(0, min(int(found[0]), LATEST))
    return EPOCH + at * MICROSECOND, str(found[1]), str(found[2])
