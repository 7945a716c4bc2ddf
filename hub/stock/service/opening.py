"""The first stock that is known of a product: what the listing that was linked first had when an import saw it.

A product without a movement is never pushed: no level is not zero. Later listings add nothing, and whatever becomes of
the listing, the opening stays.
"""

from __future__ import annotations

from collections.abc import Collection

from hub.channels.service import warehouses
from hub.channels.service.places import DEFAULT, NONE
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules import telling
from hub.stock.rules.levels import MovementKind
from hub.stock.rules.telling import Told
from hub.stock.service import booking
from hub.stock.service.pushing import moment
from hub.stock.service.touching import touch
from hub.stock.store import openings, told
from hub.stock.store.due import Outlet
from hub.stock.store.movements import Booking
from hub.stock.store.openings import Opening


def linked(db: Transaction, merchant_id: str, listing_ids: Collection[str], *, actor: Actor) -> None:
    """Listings were just put on products: open those of which nothing is known, and let the channels be told.

    A constant number of statements, however many there are. The caller keeps the merchant's catalogue from others.
    """
    if not listing_ids:
        return
    found = openings.of_listings(db, listing_ids)
    _book(db, merchant_id, found, actor)
    _seed(db, found)
    touch(db, {one.product_id for one in found}, cause="linked")


def _book(db: Transaction, merchant_id: str, found: Collection[Opening], actor: Actor) -> None:
    first: dict[str, Opening] = {}
    for one in found:
        if not (one.known or one.bundle or one.quantity is None or one.warehouse == NONE):
            first.setdefault(one.product_id, one)
    if not first:
        return
    default = ""
    if any(one.warehouse == DEFAULT for one in first.values()):
        default = warehouses.default_of(db, merchant_id).id
    bookings = [
        Booking(
            warehouse_id=default if one.warehouse == DEFAULT else one.warehouse, product_id=product_id,
            kind=MovementKind.OPENING, quantity=(one.quantity or 0) * one.pack, cause=f"opening:{product_id}",
            note=f"listing {one.id}", occurred_at=one.seen_at,
        )
        for product_id, one in sorted(first.items())
    ]  # fmt: skip
    booking.book(db, merchant_id, bookings, actor=actor)


def _seed(db: Transaction, found: Collection[Opening]) -> None:
    """What the import saw is a reading: where it is what we offer, nothing need be sent."""
    at = moment(db)
    seeds = {(one.id, one.place): one for one in found if one.place is not None and one.quantity is not None}
    accounts: dict[str, list[tuple[str, str]]] = {}
    for outlet, one in seeds.items():
        accounts.setdefault(one.account_id, []).append(outlet)
    rows: dict[Outlet, Told] = {}
    for account_id, outlets in sorted(accounts.items()):
        rows |= told.lock(db, account_id, outlets)
    told.write(
        db,
        {
            outlet: telling.seeded(row, seeds[outlet].quantity or 0, page_asked_at=seeds[outlet].seen_at, at=at)
            for outlet, row in rows.items()
        },
    )
    if seeds:
        figures = {outlet: one.quantity for outlet, one in seeds.items() if one.quantity is not None}
        told.display(db, figures, at=min(one.seen_at for one in seeds.values()))
