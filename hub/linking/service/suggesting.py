"""Says which codes may be mistyped: what looks like a listing, with the evidence; a person decides."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import SkuClass, plain_sku, sku_fold
from hub.catalog.store import gone, pages
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.linking import rules, store
from hub.linking.rules import WEIGHTS, Rule, Traits
from hub.linking.store import Alike

MOST = 20


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One reason: the rule, and the two texts that it compared."""

    rule: Rule
    ours: str
    theirs: str


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What may be the same: a product, to link to; or a listing that waits, to confirm first or to correct.

    `strength` is the sum of the weights of its evidence: barcode 100, code but for punctuation and case 60, code but
    for signs that look alike 40, name 15.
    """

    product_id: str | None
    listing_id: str | None
    account_id: str | None
    sku: str
    name: str
    strength: int
    evidence: list[Evidence]


class Found(NamedTuple):
    """A page of listings, and the id behind which the next one begins."""

    rows: list[sa.RowMapping]
    following: str | None


def suggestions(db: Transaction, merchant_id: str, listing_id: str) -> list[Suggestion]:
    """What may be the same as this listing under another code, the strongest first."""
    one = pages.listing_of(db, merchant_id, listing_id)
    if one is None:
        raise NotFound("listing")
    ours = _traits(one["sku"], one["barcode_key"], one["name_key"])
    proofs: dict[tuple[str, str], tuple[Alike, dict[Rule, Evidence]]] = {}
    for alike in store.alike(db, one):
        target = ("product", alike.product_id) if alike.product_id else ("listing", alike.listing_id or "")
        known, found = proofs.setdefault(target, (alike, {}))
        if alike.listing_id is None and known.listing_id is not None:
            proofs[target] = (alike, found)  # the product itself tells its name better than a listing of it
        theirs = _traits(alike.sku, alike.barcode_key, alike.name_key)
        for rule, mine, other in rules.evidence(ours, theirs):
            found.setdefault(rule, Evidence(rule=rule, ours=mine, theirs=other))
    proofs.pop(("product", one["product_id"] or ""), None)
    made = [_suggestion(alike, found) for alike, found in proofs.values() if found]
    shown = sorted(made, key=lambda each: (-each.strength, each.sku, each.product_id or "", each.listing_id or ""))
    return _with_products(db, merchant_id, shown[:MOST])


def suggested(
    db: Transaction, merchant_id: str, *, sku_class: SkuClass, account_id: str | None, limit: int, after: str
) -> Found:
    """Listings that wait in this class and have suggestions by code or barcode, from the one after `after` on."""
    rows, end = store.window(db, merchant_id, sku_class=sku_class.value, account_id=account_id, after=after)
    if len(rows) > limit:
        return Found(rows[:limit], rows[limit - 1]["id"])
    return Found(rows, end)


def _traits(sku: str, barcode: str, name: str) -> Traits:
    return Traits(sku, plain_sku(sku), sku_fold(sku), barcode, name)


def _suggestion(alike: Alike, found: dict[Rule, Evidence]) -> Suggestion:
    return Suggestion(
        product_id=alike.product_id,
        listing_id=None if alike.product_id else alike.listing_id,
        account_id=None if alike.product_id else alike.account_id,
        sku=alike.sku,
        name=alike.name,
        strength=sum(WEIGHTS[rule] for rule in found),
        evidence=sorted(found.values(), key=lambda each: -WEIGHTS[each.rule]),
    )


def _with_products(db: Transaction, merchant_id: str, shown: list[Suggestion]) -> list[Suggestion]:
    """A product found by a listing of it is told by its own SKU."""
    known = gone.kept(db, merchant_id, {each.product_id for each in shown if each.product_id})
    return [
        msgspec.structs.replace(each, sku=known[each.product_id].sku) if each.product_id else each for each in shown
    ]
