"""Three products that everybody wants, bundles of them, two warehouses, a point of sale, and a shop that is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hub_tokopedia.sandbox import TokopediaSandbox

from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.merchants import service as merchants
from tests.acceptance.crosslisting.steps import opens_a_point_of_sale
from tests.slices.orders.till import RECIPIENT, list_at
from tests.slices.stock.goods import Goods
from tests.world import Hub, Json

HOT = ("KAOS-A", "KAOS-B", "KAOS-C")
BUNDLES: dict[str, dict[str, int]] = {"PAKET-AB": {"KAOS-A": 1, "KAOS-B": 1}, "PAKET-CB": {"KAOS-C": 2, "KAOS-B": 1}}
WAREHOUSES = ("main", "annex")
Lines = tuple[tuple[str, int], ...]  # SKU and quantity, in the order of the order


def exploded(lines: Iterable[tuple[str, int]]) -> Counter[str]:
    """The units of hot products that these lines take."""
    units: Counter[str] = Counter()
    for sku, quantity in lines:
        for part, count in BUNDLES.get(sku, {sku: 1}).items():
            units[part] += count * quantity
    return units


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where it all happens; `named` are ids by SKU and by name of warehouse."""

    merchant: str
    account: str
    keys: tuple[str, ...]  # one for each client, so that none is slowed for being fast
    named: dict[str, str]
    refs: dict[str, int]  # of the shop's listings, by SKU

    def order(self, lines: Lines) -> Json:
        named = [{"product_id": self.named[sku], "quantity": quantity} for sku, quantity in lines]
        return {"account_id": self.account, "source": "WhatsApp", "recipient": RECIPIENT, "lines": named}


def prepare(hub: Hub, shop: TokopediaSandbox, *, clients: int, supply: int) -> Scene:
    """Make it all; the shop sells the hot products as well, and is told how many there are."""
    merchant = hub.merchant("Toko Larasati", "tokopedia", "pos")
    goods = Goods(hub.runtime.database, merchant.id)
    goods.sells(*HOT)
    for bundle, parts in BUNDLES.items():
        goods.sells(bundle, **parts)
    goods.builds("annex")
    for where in WAREHOUSES:
        goods.adjusts_all([(sku, supply) for sku in HOT], at=where)
    account = opens_a_point_of_sale(merchant)
    list_at(goods.database, merchant.id, account["id"], *HOT, *BUNDLES)
    refs = {sku: int(shop.add(f"Kaos {sku}", sku, stock=1)) for sku in HOT}
    stall = merchant.connects(shop)
    for each in (account, stall):
        place = {"ref": (each["places"] or [{"ref": ""}])[0]["ref"], "shared": True}
        mapping = [place | {"warehouses": [goods.named[where] for where in WAREHOUSES]}]
        merchant.call("PUT", f"/accounts/{each['id']}/places", {"places": mapping})
    for sku in HOT:
        merchant.confirms(merchant.listing(sku, stall))
    keys = tuple(_key(goods.database, n) for n in range(clients))
    return Scene(merchant=merchant.id, account=account["id"], keys=keys, named=goods.named, refs=refs)


def _key(database: Database, n: int) -> str:
    with database.writing() as db:
        _, text = merchants.create_key(
            db, f"client {n}", environment="dev", merchants=None, access=Access.ADMIN, expires_at=None, actor=CLI
        )
    return text
