"""What imports see of figures that were told: the net below everything else that keeps `expected` right.

It also finds what nobody was going to tell: a figure that was refused, of which nothing is expected and nothing is due,
is told again where the channel shows another one than is offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub_hookspecs import StockReading

from hub.channels import store as channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.service import offering
from hub.stock.service.pushing import moment
from hub.stock.service.touching import ask
from hub.stock.store import due, marking, told
from hub.stock.store.due import Marked, Outlet


def page_seen(db: Transaction, account_id: str, figure_of: Mapping[str, int], asked_at: datetime) -> None:
    """A page that was asked for at `asked_at` showed so many of these linked listings, in the channel's own units.

    Whatever differs from what was expected is due, and from what is offered where nothing was. One statement where
    nothing differs, a dozen where something does, however many there are; the caller has the page in the same
    transaction.
    """
    seen = told.differing(db, account_id, figure_of, seen_at=asked_at)
    if seen:
        _take_up(db, account_id, seen, asked_at, cause="import")


def levels_seen(db: Transaction, account_id: str, read: Iterable[StockReading], asked_at: datetime) -> None:
    """The channel was asked at `asked_at` how many it shows, listing by listing and place by place.

    As a page of an import, and for every place that is mapped: whatever differs from what was expected is due.
    """
    figures = {(one.listing_ref, one.place_ref): one.good for one in read if one.listing_ref}
    _take_up(db, account_id, told.named(db, account_id, figures), asked_at, cause="sync")


def _take_up(
    db: Transaction, account_id: str, seen: Mapping[Outlet, int], asked_at: datetime, *, cause: str
) -> None:  # fmt: skip
    """Keep what was seen of these but for those touched since, and let what we believed wrongly be due."""
    rows = told.lock(db, account_id, seen)
    # Looked at under the lock: a push or an order may have come between, and what was seen is from before it.
    before = {outlet: row for outlet, row in rows.items() if row.touched_at is None or row.touched_at < asked_at}
    after = {outlet: telling.synced(row, seen[outlet], page_asked_at=asked_at) for outlet, row in before.items()}
    wrong = {outlet: row for outlet, row in after.items() if row != before[outlet]}
    told.write(db, wrong)
    told.display(db, {outlet: seen[outlet] for outlet in before}, at=asked_at)
    unknown = {outlet: row for outlet, row in before.items() if row.expected is None}
    if not (wrong or unknown):
        return
    account = channels.accounts.expect(db, account_id)
    again = {*wrong, *_forgotten(db, account, unknown, seen, asked_at)}
    if again:
        marking.mark_again(db, Marked(account.merchant_id, account_id), again, cause=cause, at=moment(db))
        ask(db, account.merchant_id, account_id)


def _forgotten(
    db: Transaction, account: AccountRow, unknown: Mapping[Outlet, Told], seen: Mapping[Outlet, int], asked_at: datetime
) -> list[Outlet]:  # fmt: skip
    """Those of which nothing is expected and nothing is due, and that show something else than is offered."""
    waiting = due.of(db, account.id, unknown) if unknown else {}
    rest = [outlet for outlet in unknown if outlet not in waiting]
    offers = offering.offers_of(db, account, rest) if rest else {}
    return [
        outlet
        for outlet, each in offers.items()
        if each.offer is not None
        and telling.is_forgotten(unknown[outlet], seen[outlet], each.offer.figure, page_asked_at=asked_at)
    ]
