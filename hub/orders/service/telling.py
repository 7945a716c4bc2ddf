"""What channels are believed to show, now that they sold this: kept line by line, as the rules of stock want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Capability, Channel

from hub.channels.rules.places import IMPLIED, present
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.orders.store.orders import LineRow
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.store import told
from hub.stock.store.due import Outlet


class News(NamedTuple):
    """What was seen of a line for the first time: so many units sold at a place.

    `unsure`: some are wanted no more, or it is taken from another place; nobody knows what this one shows for that.
    """

    listing_id: str
    place_ref: str
    units: int
    unsure: bool
    placed_at: datetime


def news(before: LineRow | None, after: LineRow, *, placed_at: datetime) -> Iterator[News]:
    """What is new of a line; nothing where no channel's figure would show it, or the line is of no listing of ours.

    The channel sold all units at first, those too that were cancelled by the time we heard of it. Where it has taken a
    line to another of its places, with all of its units or some, the one has them back and the other has not.
    """
    known, cancelled = (before.quantity + before.cancelled, before.cancelled) if before else (0, 0)
    units = after.quantity + after.cancelled - known
    left = before.place_ref if before else after.place_ref
    unsure = after.cancelled != cancelled or units < 0 or left != after.place_ref
    if after.listing_id is None or not (units > 0 or unsure):
        return
    yield News(after.listing_id, after.place_ref, max(units, 0), unsure, placed_at)
    if left != after.place_ref:
        yield News(after.listing_id, left, 0, True, placed_at)


def tell(
    db: Transaction, account: AccountRow, channel: Channel, mapped: Sequence[str], found: Sequence[News], *,
    at: datetime,
) -> None:  # fmt: skip
    """Take in what is new of these lines; `mapped` are the places of the account with warehouses behind them.

    Three statements, however many lines. A channel that is never told stock is not believed to show any. A place that
    is mapped no more may be again: what is believed of it stays true meanwhile.
    """
    there = present(account.places)
    if not (found and Capability.PUSH_STOCK in channel.offers):
        return
    outlets = {(one.listing_id, ref) for one in found for ref in _where(one, there)}
    rows = dict(told.lock(db, account.id, {one for one in outlets if one[1] in mapped}, known=outlets))
    for one in found:
        rows |= dict(_taken(one, rows, _where(one, there), channel, at))
    told.write(db, rows)


def _where(one: News, there: Sequence[str]) -> Sequence[str]:
    """The places that a line may have been taken from: the one that it names, else any that its account has now.

    One that they are not, gone or not seen by a check yet, is one more. An account without places is one itself.
    """
    if one.place_ref in there:
        return (one.place_ref,)
    return there if IMPLIED in (one.place_ref, *there) else (*there, one.place_ref)


def _taken(
    one: News, rows: Mapping[Outlet, Told], where: Sequence[str], channel: Channel, at: datetime
) -> Iterator[tuple[Outlet, Told]]:
    for outlet in ((one.listing_id, ref) for ref in where):
        row = rows.get(outlet)
        if row is None:  # it was never told there, and nothing is believed of it
            continue
        if one.units:
            row = telling.line_taken(
                row, one.units, placed_at=one.placed_at, at=at, compare_and_set=channel.compare_and_set,
                everywhere=len(where) > 1,
            )  # fmt: skip
        yield outlet, telling.cancel_seen(row, at=at) if one.unsure else row
