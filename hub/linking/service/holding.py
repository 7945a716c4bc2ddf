"""Products that come and go with the steps that put listings on them.

A product that was made from a listing is in the catalogue while any step that put a listing on it stands, whichever was
the first, and whatever was done after it. One that a person has spoken of, or that is used otherwise, stays by itself.
"""

from __future__ import annotations

from collections.abc import Collection

from hub.catalog.rules import sku_key
from hub.catalog.store import gone, links, products
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.linking import rules
from hub.linking.rules import CODE_TAKEN, PRODUCT_GONE, Obstacle


def returning(db: Transaction, merchant_id: str, ids: Collection[str]) -> tuple[dict[str, str], dict[str, Obstacle]]:
    """The SKUs, by id, of those of these products that come back when used again; why others that are gone do not."""
    lost = {id_: one for id_, one in gone.kept(db, merchant_id, ids).items() if one.gone_by}
    if not lost:
        return {}, {}
    undone = gone.taken_by(db, lost, kinds=rules.BACKWARD)
    taken = set(products.by_key(db, merchant_id, {sku_key(lost[id_].sku) for id_ in undone}))
    skus: dict[str, str] = {}
    stuck: dict[str, Obstacle] = {}
    for id_, one in sorted(lost.items()):
        if id_ not in undone:
            stuck[id_] = PRODUCT_GONE
        elif sku_key(one.sku) in taken:
            stuck[id_] = CODE_TAKEN
        else:
            skus[id_] = one.sku
            taken.add(sku_key(one.sku))  # two that are gone may have had the same
    return skus, stuck


def left_over(db: Transaction, merchant_id: str, ids: Collection[str], *, leaving: Collection[str]) -> dict[str, str]:
    """The SKUs, by id, of those of these products that nothing needs once these listings have left."""
    unheld = links.unheld(db, ids)
    if not unheld:
        return {}
    used = gone.with_listings(db, unheld, except_for=leaving) | gone.bundles(db, unheld) | gone.components(db, unheld)
    used |= gone.took_others(db, unheld)
    spoken_of = events.told_of(db, "product", unheld - used, but=rules.MERGES)
    return {id_: one.sku for id_, one in gone.kept(db, merchant_id, unheld - used - spoken_of).items()}
