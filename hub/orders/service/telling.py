"""What channels are believed to show, now that they sold this: kept line by line, as the rules of stock want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Capability, Channel

from hub.channels.rules.places import present
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.orders.store.orders import LineRow
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.store import told
from hub.stock.store.due import Outlet


class News(NamedTuple):
    """What was seen of a line for the first time: so many units sold, or that some are wanted no more."""

    listing_id: str
    place_ref: str
    units: int
    cancelled: bool
    placed_at: datetime


def news(before: LineRow | None, after: LineRow, *, placed_at: datetime) -> News | None:
    """What is new of a line; None: nothing that a channel's figure would show, or a line of no listing of ours.

    The channel sold all units at first, those too that were cancelled by the time we heard of it.
    """
    known, cancelled = (before.quantity + before.cancelled, before.cancelled) if before else (0, 0)
    units = after.quantity + after.cancelled - known
    is_cancelled = after.cancelled != cancelled or units < 0
    if after.listing_id is None or not (units > 0 or is_cancelled):
        return None
    return News(after.listing_id, after.place_ref, max(units, 0), is_cancelled, placed_at)


def tell(
    db: Transaction, account: AccountRow, channel: Channel, mapped: Sequence[str], found: Sequence[News], *,
    at: datetime,
) -> None:  # fmt: skip
    """Take in what is new of these lines; `mapped` are the places of the account with warehouses behind them.

    Three statements, however many lines. A channel that is never told stock is not believed to show any.
    """
    places = [ref for ref in present(account.places) if ref in mapped]
    if not (found and places and Capability.PUSH_STOCK in channel.offers):
        return
    rows = dict(told.lock(db, account.id, {outlet for one in found for outlet in _outlets(one, places)}))
    for one in found:
        rows |= dict(_taken(one, rows, places, channel, at))
    told.write(db, rows)


def _outlets(one: News, places: Sequence[str]) -> list[Outlet]:
    """Where a line may have been taken from: the place that it names, else any."""
    return [(one.listing_id, ref) for ref in ([one.place_ref] if one.place_ref in places else places)]


def _taken(
    one: News, rows: Mapping[Outlet, Told], places: Sequence[str], channel: Channel, at: datetime
) -> Iterator[tuple[Outlet, Told]]:
    outlets = _outlets(one, places)
    for outlet in outlets:
        row = rows[outlet]
        if one.units:
            row = telling.line_taken(
                row, one.units, placed_at=one.placed_at, at=at, compare_and_set=channel.compare_and_set,
                everywhere=len(outlets) > 1,
            )  # fmt: skip
        yield outlet, telling.cancel_seen(row, at=at) if one.cancelled else row
