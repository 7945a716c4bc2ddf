"""What a bundle may contain: the merchant's own products, never itself, no deeper than can be overseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hub.catalog import rules
from hub.catalog.service.retelling import retell
from hub.catalog.store import bundles
from hub.catalog.store.bundles import Component, Reach
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid


def set_components(db: Transaction, merchant_id: str, bundle_id: str, parts: Sequence[Component]) -> None:
    """Let a product consist of exactly these; without any it is an ordinary product.

    The caller has taken the merchant's turn (`db.serialise`): A into B and B into A at once would each look harmless.
    """
    below = bundles.below(db, merchant_id, [one.product_id for one in parts], bundle_id=bundle_id)
    above = bundles.levels_above(db, bundle_id)
    named = Counter(one.product_id for one in parts)
    faults = [_fault(below.get(one.product_id), above, times=named[one.product_id]) for one in parts]
    errors = tuple(
        FieldError(field=f"components[{place}].product_id", message=fault)
        for place, fault in enumerate(faults)
        if fault
    )
    if errors:
        raise Invalid(f"{len(errors)} component(s) cannot go into this bundle", errors=errors)
    bundles.replace(db, bundle_id, parts)
    retell(db, merchant_id, bundle_id)


def _fault(reach: Reach | None, above: int, *, times: int) -> str | None:
    if reach is None:
        return "no such product"
    if times > 1:
        return "stands here more than once; add the quantities up"
    return rules.component_fault(levels_below=reach.levels, levels_above=above, meets=reach.meets)
