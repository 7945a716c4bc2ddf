"""Products as people make and change them; what a channel says later never overwrites them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hub.catalog.rules import sku_key
from hub.catalog.service.bundles import set_components
from hub.catalog.service.retelling import TOLD, replace
from hub.catalog.store import bundles, classes, links, parents, products
from hub.catalog.store.bundles import Component
from hub.catalog.store.products import Product, ProductData
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id

Fields = dict[str, Any]  # Any: what changed, by field


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A product with what it contains."""

    product: Product
    components: tuple[Component, ...]


def find(db: Transaction, merchant_id: str, product_id: str, *, for_change: bool = False, gone: bool = False) -> Whole:
    """The product as it stands; `for_change` takes the merchant's turn first, and refuses it unless `gone` will do."""
    if for_change:
        db.serialise(f"catalog:{merchant_id}")
    found = products.find(db, merchant_id, product_id)
    if found is None:
        raise NotFound("product")
    if for_change and found.gone_by and not gone:
        raise Refused("the product is no longer in the catalogue: undo what took it out first", code="product_gone")
    parts = bundles.components(db, [product_id]) if found.bundle else {}
    return Whole(product=found, components=parts.get(product_id, ()))


def create(
    db: Transaction, merchant_id: str, data: ProductData, *, components: Sequence[Component] = (), actor: Actor
) -> Whole:
    """Make a product by hand; listings with its SKU match it from now on."""
    db.serialise(f"catalog:{merchant_id}")
    _check(db, merchant_id, data)
    product_id = new_id()
    products.insert(db, merchant_id, product_id, data)
    parents.keep(db, _named(data.parent_id))
    if components:
        set_components(db, merchant_id, product_id, components)
    classes.reclassify(db, merchant_id, {sku_key(data.sku)})
    made = find(db, merchant_id, product_id)
    _record(db, "product.created", made, actor, before=None, after=_told(made))
    return made


def change(
    db: Transaction, old: Whole, data: ProductData, *, components: Sequence[Component] | None = None, actor: Actor
) -> Whole:
    """Let a product, found for this change, have these data; `components` None leaves what it contains."""
    merchant_id, product_id = old.product.merchant_id, old.product.id
    _check(db, merchant_id, data, own_id=product_id)
    products.change(db, old.product, data)
    if old.product.parent_id != data.parent_id:
        links.forget_parents(db, product_id)
        parents.keep(db, _named(old.product.parent_id, data.parent_id))
    if components is not None:
        set_components(db, merchant_id, product_id, components)
    keys = {sku_key(old.product.sku), sku_key(data.sku)}
    if len(keys) > 1:
        classes.reclassify(db, merchant_id, keys)
    new = find(db, merchant_id, product_id)
    was, now = _told(old), _told(new)
    differing = [name for name in now if was[name] != now[name]]
    if differing:
        before, after = ({name: side[name] for name in differing} for side in (was, now))
        _record(db, "product.changed", new, actor, before=before, after=after)
    if not TOLD.isdisjoint(differing):
        replace(db, merchant_id, product_id)
    return new


def _check(db: Transaction, merchant_id: str, data: ProductData, *, own_id: str = "") -> None:
    key = sku_key(data.sku)
    holder = products.by_key(db, merchant_id, {key}).get(key, own_id)
    if holder != own_id:
        taken = FieldError(field="sku", message=f"is the SKU of product {holder}; give this one another")
        raise Refused("two products of a merchant cannot share a SKU", code="sku_taken", errors=(taken,))
    if data.parent_id is not None and parents.find(db, merchant_id, data.parent_id) is None:
        raise Invalid(
            "there is no such parent", errors=(FieldError(field="parent_id", message="no such parent"),)
        )  # fmt: skip


def _named(*parent_ids: str | None) -> set[str]:
    return {parent_id for parent_id in parent_ids if parent_id}


def _told(whole: Whole) -> Fields:
    fields = {name: getattr(whole.product, name) for name in ProductData.__struct_fields__}
    told: Fields = msgspec.to_builtins({**fields, "components": whole.components})
    return told


def _record(
    db: Transaction, kind: str, whole: Whole, actor: Actor, *, before: Fields | None, after: Fields
) -> None:  # fmt: skip
    product = whole.product
    subject = Subject(kind="product", id=product.id)
    events.record(db, kind, subject=subject, actor=actor, merchant_id=product.merchant_id, before=before, after=after)
