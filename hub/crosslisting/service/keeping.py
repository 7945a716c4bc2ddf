"""What a listing keeps of its own when its product is sent there again, and what the product has to say since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import hub_hookspecs
import msgspec

from hub.catalog.rules import sku_key
from hub.catalog.store.products import Product
from hub.crosslisting.store import agreed, targets
from hub.crosslisting.store.agreed import Agreed
from hub.crosslisting.store.targets import Target
from hub.kernel.db import Transaction

FIELDS = ("name", "price", "barcode", "weight_g", "description", "options")


class Beside(NamedTuple):
    """A product beside its listing. `sku`: the code that the listing keeps; "": it has, or gets, the product's.

    `changed`: what a person has changed of the product since the two agreed.
    """

    listed: Target
    sku: str
    changed: frozenset[str]


def beside(
    db: Transaction, account_id: str, merchant_id: str, pairs: Sequence[tuple[Product, Target]]
) -> Mapping[str, Beside]:
    """Each product beside the listing that it would be sent to, by the product's id."""
    when = agreed.agreed(db, [listed.id for _, listed in pairs])
    holders = targets.holders(db, merchant_id, account_id, {sku_key(product.sku) for product, _ in pairs})
    found = {}
    for product, listed in pairs:
        since = when[listed.id]
        changed = frozenset(name for name, at in product.changed_at.items() if at > since.at)
        holder = holders.get(sku_key(product.sku))
        taken = holder is not None and holder.ref != listed.ref
        found[product.id] = Beside(listed, _own_sku(product, listed, since, changed, taken=taken), changed)
    return found


def _own_sku(product: Product, listed: Target, since: Agreed, changed: frozenset[str], *, taken: bool) -> str:
    """The code that stays: one of the seller's own, or any where another listing has the product's.

    One that the hub told is the product's to change; one that it told of another product, and a person moved, still has
    the code of that one, which needs it.
    """
    is_ours = bool(listed.pushed_key) and (
        not targets.is_of(listed.pushed_key or "", product.id) or listed.sku == since.sku or "sku" in changed
    )
    return "" if listed.sku == product.sku or (is_ours and not taken) else listed.sku


def as_listed(told: hub_hookspecs.Product, found: Beside) -> tuple[hub_hookspecs.Product, tuple[str, ...]]:
    """What the listing is told if nobody touches the workbook, and the fields in which that is not the product's."""
    own = {name: _own(told, found, name) for name in FIELDS}
    differing = tuple(name for name in FIELDS if own[name] != getattr(told, name))
    return msgspec.structs.replace(told, **own), (("sku",) if found.sku else ()) + differing


def _own(told: hub_hookspecs.Product, found: Beside, name: str) -> object:
    """The listing's own, which takes no seller's words away, unless the product says something new since."""
    ours, shown = getattr(told, name), getattr(found.listed, name)
    return ours if ours and (name in found.changed or not shown) else shown or ours
