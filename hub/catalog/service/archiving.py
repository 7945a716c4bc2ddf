"""Takes products that nothing uses out of the catalogue, and puts them back: nothing is ever deleted."""

from __future__ import annotations

from hub.catalog.rules import sku_key
from hub.catalog.service import variants
from hub.catalog.service.products import Whole, find
from hub.catalog.store import classes, gone, products
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Refused
from hub.kernel.events import Actor, Change, Subject

ARCHIVED = "product.archived"


def archive(db: Transaction, merchant_id: str, product_id: str, *, actor: Actor) -> Whole:
    """Take a product out; its SKU is free, its row and all that ever referred to it stay. Twice changes nothing."""
    old = find(db, merchant_id, product_id, for_change=True, gone=True)
    if _is_archived(db, old):
        return old
    if old.product.gone_by:
        raise Refused("the product is no longer in the catalogue already", code="product_gone")
    _require_unused(db, product_id)
    change = _record(db, ARCHIVED, old, actor, sku=old.product.sku)
    gone.take_away(db, {product_id: change.id})
    variants.went(db, merchant_id, product_id, change.id, actor=actor)
    classes.reclassify(db, merchant_id, {sku_key(old.product.sku)})
    return find(db, merchant_id, product_id)


def restore(db: Transaction, merchant_id: str, product_id: str, *, actor: Actor) -> Whole:
    """Put an archived product back under its SKU, which must be free; one that is in the catalogue stays as it is."""
    old = find(db, merchant_id, product_id, for_change=True, gone=True)
    if old.product.gone_by is None:
        return old
    if not _is_archived(db, old):
        raise Refused("the product was not archived: undo the step that took it out", code="product_gone")
    key = sku_key(old.product.sku)
    if holder := products.by_key(db, merchant_id, {key}).get(key):
        taken = FieldError(field="sku", message=f"is the SKU of product {holder} now; give that one another")
        raise Refused("another product has the SKU by now", code="sku_taken", errors=(taken,))
    gone.bring_back(db, {product_id: old.product.sku})
    change = _record(db, "product.restored", old, actor, sku=old.product.sku)
    variants.came(db, merchant_id, product_id, change.id, actor=actor)
    classes.reclassify(db, merchant_id, {key})
    return find(db, merchant_id, product_id)


def _is_archived(db: Transaction, whole: Whole) -> bool:
    if whole.product.gone_by is None:
        return False
    event = events.find(db, whole.product.merchant_id, whole.product.gone_by)
    return event is not None and event.kind == ARCHIVED


def _require_unused(db: Transaction, product_id: str) -> None:
    if gone.with_listings(db, [product_id], except_for=()):
        raise Refused("listings are linked to the product: unlink or move them first", code="product_listed")
    if gone.bundles(db, [product_id]):
        raise Refused("the product is a bundle: take its components out of it first", code="product_is_bundle")
    if gone.components(db, [product_id]):
        raise Refused("the product is a component of a bundle: take it out of that first", code="in_bundle")


def _record(db: Transaction, kind: str, whole: Whole, actor: Actor, *, sku: str) -> Change:
    standing = ({"archived": False, "sku": sku}, {"archived": True, "sku": sku})
    before, after = standing if kind == ARCHIVED else reversed(standing)
    subject = Subject(kind="product", id=whole.product.id)
    change = Change(kind=kind, subject=subject, before=before, after=after)
    events.record_all(db, whole.product.merchant_id, [change], actor=actor)
    return change
