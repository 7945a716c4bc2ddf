"""How many units of its product one unit of a listing is."""

from __future__ import annotations

from hub.catalog.service.retelling import retell
from hub.catalog.store import listings
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.kernel.events import Actor, Subject, record


def set_pack(db: Transaction, merchant_id: str, listing_id: str, pack: int, *, actor: Actor) -> None:
    """Let one unit of the listing be `pack` of its product; an import never changes it. Undone by setting it back."""
    db.serialise(f"catalog:{merchant_id}")
    old = listings.pack_of(db, merchant_id, listing_id)
    if old is None:
        raise NotFound("listing")
    if old == pack:
        return
    listings.set_pack(db, listing_id, pack)
    for one in listings.waiting(db, merchant_id, [listing_id]):
        if one.product_id:
            retell(db, merchant_id, one.product_id)
    subject = Subject(kind="listing", id=listing_id)
    before, after = {"pack": old}, {"pack": pack}
    record(
        db, "listing.pack_changed", subject=subject, actor=actor, merchant_id=merchant_id, before=before, after=after
    )  # fmt: skip
