"""Works out what an account is offered now: from levels, rules, packs and bundles, a handful of statements for many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from hub.channels.service import places
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.stock.rules import offered
from hub.stock.rules.levels import Standing
from hub.stock.rules.offered import NO_RULE, Offer, Rule
from hub.stock.store import levels, offers
from hub.stock.store.due import Outlet
from hub.stock.store.offers import Listed


class Explained(NamedTuple):
    """What a listing is offered at a place: the offer, by which rule, of what lies where; or why nothing is told."""

    listed: Listed
    offer: Offer | None
    rule: Rule
    rule_of: str  # "product", "account" or "" for none
    stock: Mapping[tuple[str, str], Standing]  # by warehouse and product, of what it consists of
    needs: Mapping[str, int]
    why_not: str = ""


def offers_of(db: Transaction, account: AccountRow, outlets: Collection[Outlet]) -> dict[Outlet, Explained]:
    """What each of these listings is offered at each of these places; a listing that is gone is not in the answer."""
    listed = offers.listed(db, {listing_id for listing_id, _ in outlets})
    products = {one.product_id for one in listed.values() if one.product_id}
    parts = offers.parts(db, {one.product_id for one in listed.values() if one.product_id and one.bundle})
    needs = {product: offered.exploded(product, parts) for product in products}
    found = levels.of_products(db, {leaf for each in needs.values() for leaf in each})
    stands = {(one.warehouse_id, one.product_id): one.standing for one in found}
    free: dict[str, dict[str, int]] = {}
    for (warehouse_id, product_id), standing in stands.items():
        free.setdefault(product_id, {})[warehouse_id] = standing.free
    rules = offers.rules(db, account.id, products)
    shown = places.behind(db, account)
    return {
        (listing_id, ref): _explained(account, listed[listing_id], shown.get(ref), needs, free, stands, rules)
        for listing_id, ref in outlets
        if listing_id in listed
    }


def _explained(
    account: AccountRow, one: Listed, warehouses: tuple[str, ...] | None, needs: Mapping[str, dict[str, int]],
    free: Mapping[str, Mapping[str, int]], stands: Mapping[tuple[str, str], Standing], rules: Mapping[str, Rule],
) -> Explained:  # fmt: skip
    product = one.product_id or ""
    rule_of = "product" if product and product in rules else "account" if "" in rules else ""
    rule = rules.get(product or "", rules.get("", NO_RULE))
    consists = needs.get(product, {})
    places_ = ((warehouse_id, leaf) for leaf in consists for warehouse_id in warehouses or ())
    stock = {place: stands[place] for place in places_ if place in stands}
    count = offered.free_of(consists, free, warehouses or ())
    why_not = _why_not(account, one, warehouses, count)
    offer = None if why_not or count is None else offered.offer(count, rule, one.pack)
    return Explained(one, offer, rule, rule_of, stock, consists, why_not)


def _why_not(account: AccountRow, one: Listed, warehouses: tuple[str, ...] | None, count: int | None) -> str:
    """Why nothing is told; "" where it is."""
    if not account.tells_stock:
        return "the account is not told of stock: its channel, its check or the merchant's switch takes it away"
    if one.product_id is None or one.account_id != account.id:
        return "the listing is not linked to a product: confirm it first"
    if warehouses is None:
        return "the place is not mapped to a warehouse, or it is gone: map it first"
    if count is None:
        what = "one of the components has" if one.bundle else "the product has"
        return f"{what} no stock known yet, which is not zero: adjust it, or confirm a listing that tells how many"
    return ""
