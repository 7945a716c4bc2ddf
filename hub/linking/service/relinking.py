"""Links a listing to a product that a person chose, whatever the codes say, or moves it there from another."""

from __future__ import annotations

from hub.catalog.store import gone
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, Refused
from hub.kernel.events import Actor
from hub.linking import rules
from hub.linking.rules import Kind
from hub.linking.service import steps
from hub.linking.service.steps import Move, on


def link(db: Transaction, merchant_id: str, listing_id: str, product_id: str, *, actor: Actor) -> None:
    """Put a listing on this product; where it is there already, its present SKU is acknowledged."""
    one = steps.one_of(db, merchant_id, listing_id)
    require_product(db, merchant_id, product_id, field="product_id")
    made_here = one.pushed_key is not None
    if found := rules.obstacle(
        state=one.state, current=one.current, sku_class=one.sku_class, made_here=made_here
    ):  # fmt: skip
        raise steps.refuse(found)
    to = on(product_id, one.sku_key)
    if (one.product_id, one.linked_sku) != (to.product_id, to.linked_sku):
        kind = Kind.MOVED if one.product_id else Kind.LINKED
        steps.take(db, merchant_id, kind, [Move(one, to)], actor=actor)


def require_product(db: Transaction, merchant_id: str, product_id: str, *, field: str) -> None:
    """Refuse a product that a body names wrongly, or that is no longer in the catalogue."""
    found = gone.kept(db, merchant_id, [product_id]).get(product_id)
    if found is None:
        wrong = FieldError(field=field, message="is no product of this merchant; list the products to find it")
        raise Invalid(f"{field}: no such product", errors=(wrong,))
    if found.gone_by:
        where = f"; it was merged into {found.merged_into}" if found.merged_into else ""
        raise Refused(f"the product is no longer in the catalogue{where}: name another one", code="product_gone")
