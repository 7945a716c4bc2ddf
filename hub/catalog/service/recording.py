"""Keeps the listing of a product that was just pushed to a channel: linked at once, whatever an import says later."""

from __future__ import annotations

from datetime import datetime

import hub_hookspecs
import msgspec
import sqlalchemy as sa
from hub_hookspecs import Item

from hub.catalog.rules import LONGEST_REF
from hub.catalog.service import items
from hub.catalog.service.items import Seen
from hub.catalog.store import classes, links, listings, pages, products
from hub.catalog.store.listings import Waiting
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Change, Subject, record_all
from hub.kernel.types import microseconds


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel was told, and what it said of the listing that came of it."""

    told: hub_hookspecs.Product
    seen_at: datetime  # the instant before the push was asked: an import that began later may know more
    parent_ref: str = ""
    url: str = ""
    quantity: int | None = None  # that a new listing shows; None: nobody knows
    active: bool = True  # whether buyers see a new listing
    as_of: datetime | None = None  # what the product said then is what was told, or changed on purpose; None: just now


def record_listing(
    db: Transaction, merchant_id: str, account_id: str, product_id: str, ref: str, *, pushed: Pushed, actor: Actor
) -> str:
    """Make or update the listing `ref` of this product, current and linked, and give its id.

    Of a listing that is known only what the push can have changed is written. The same call twice changes nothing. A
    later import of the ref meets this row and updates it like any other.
    Refused where a person has linked the ref to another product, or where the ref is longer than the hub can keep;
    `NotFound` where the merchant has no such product.
    """
    if len(ref) > LONGEST_REF:
        message = f"the channel names the listing by {len(ref)} characters, and the hub keeps {LONGEST_REF} at most"
        raise Refused(message, code="ref_too_long")
    db.serialise(f"catalog:{merchant_id}")
    if product_id not in products.of_ids(db, merchant_id, [product_id]):
        raise NotFound("product")
    known = listings.known(db, account_id, [ref]).get(ref)
    before = listings.waiting(db, merchant_id, [known.id])[0] if known else None
    if before and before.product_id not in (None, product_id):
        message = f"the listing {ref} is linked to another product ({before.product_id}): move it to this one first"
        raise Refused(message, code="listing_of_another_product")
    row = pages.listing_of(db, merchant_id, known.id) if known else None
    item = _new(ref, pushed) if row is None else _updated(items.item_of(row), pushed)
    # Admitted whatever the import's policy says: what the merchant lists here is current, sold out or not.
    one = items.seen(item, known, admitted=True)
    if before and before.product_id == product_id and not one.changed:
        listing_id = before.id  # an import and a person were quicker than the answer
    else:
        stored = items.row(merchant_id, account_id, one, None, _seen(row, pushed))
        listing_id = _keep(db, merchant_id, account_id, product_id, one, before, stored, pushed, actor)
    if not pushed.told.listing_ref:
        listings.made_under(db, listing_id, pushed.told.key)
    return listing_id


def _seen(row: sa.RowMapping | None, pushed: Pushed) -> tuple[int, str]:
    """When and by which import the listing was seen last: an answer that comes late takes no import's mark away."""
    asked_at = microseconds(pushed.seen_at)
    return (asked_at, "") if row is None else (max(asked_at, microseconds(row["seen_at"])), row["seen_run"])


def _keep(
    db: Transaction, merchant_id: str, account_id: str, product_id: str, one: Seen, before: Waiting | None,
    stored: StorageRow, pushed: Pushed, actor: Actor,
) -> str:  # fmt: skip
    listings.record(db, [stored])
    listing_id = str(stored[0])
    was = None if before is None else {"state": before.state, "sku": before.sku, "product_id": before.product_id}
    after = {
        "account_id": account_id, "ref": one.item.ref, "sku": one.item.sku, "product_id": product_id,
        "as_of": pushed.as_of or pushed.seen_at,
    }  # fmt: skip
    subject = Subject(kind="listing", id=listing_id)
    told = Change(kind="listing.recorded", subject=subject, before=was, after=after)
    record_all(db, merchant_id, [told], actor=actor)
    # Linked by the code that we told the channel; one that was linked before stands by the step that linked it.
    decision: str | None = told.id
    linked_sku: str | None = one.key
    if before and before.product_id:
        decision = before.decision
        linked_sku = before.linked_sku if one.key == before.sku_key else one.key  # whether the seller changed it stays
    if decision == told.id:
        links.add(db, {told.id: product_id})
    listings.stand(db, [(listing_id, "linked", product_id, linked_sku, decision, None)])
    if before and before.state == "pending" and before.sku_class:
        classes.add_counts(db, merchant_id, {(account_id, before.sku_class): -1})
    classes.reclassify(db, merchant_id, {one.key} | ({before.sku_key} if before else set()), grown=1)
    return listing_id


def _new(ref: str, pushed: Pushed) -> Item:
    told = pushed.told
    return Item(
        ref=ref,
        sku=told.sku,
        name=told.name,
        active=pushed.active,
        quantity=pushed.quantity,
        parent_ref=pushed.parent_ref,
        price=told.price,
        barcode=told.barcode,
        image_urls=told.image_urls,
        options=told.options,
        weight_g=told.weight_g,
        description=told.description,
        category_ref=told.category_ref,
        url=pushed.url,
    )


def _updated(shown: Item, pushed: Pushed) -> Item:
    """The listing after an update: what was not told stays, and so do stock, status and pictures that are there.

    No update writes these: stock has hooks of its own, and a channel's pictures belong to whoever added them there.
    """
    told = pushed.told
    return msgspec.structs.replace(
        shown,
        sku=told.sku,
        name=told.name,
        parent_ref=pushed.parent_ref or shown.parent_ref,
        price=shown.price if told.price in (None, shown.price) else told.price,  # 75000 is 75000.00, as it was written
        barcode=told.barcode or shown.barcode,
        image_urls=shown.image_urls or told.image_urls,
        options=told.options or shown.options,
        weight_g=shown.weight_g if told.weight_g is None else told.weight_g,
        description=told.description or shown.description,
        category_ref=told.category_ref or shown.category_ref,
        url=pushed.url or shown.url,
    )
