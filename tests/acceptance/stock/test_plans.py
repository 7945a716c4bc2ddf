"""Row B-06: only figures that were approved are told, and one that changed meanwhile costs no other."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.acceptance.stock.test_stocktakes import counts
from tests.acceptance.stock.test_telling import confirms, joins, shows
from tests.world import Merchant


@pytest.mark.row("B-06")
def test_a_shop_is_told_the_figures_that_were_approved_and_no_others(merchant: Merchant, market: Market) -> None:
    shop = market()
    refs = {sku: shop.add(f"Kaos {sku}", sku, stock=10) for sku in ("A", "B", "C")}
    account = joins(merchant, shop)
    listed = {sku: confirms(merchant, sku, account) for sku in refs}
    here = f"/accounts/{account['id']}"
    merchant.call("PUT", f"{here}/stock-mode", {"approved_only": True})
    counts(merchant, A=7, B=8, C=9)
    untouched = figures(shop, refs)

    merchant.call("POST", f"{here}/plan", status=202)
    merchant.settles()
    plan = merchant.call("GET", f"{here}/plan")
    planned = {one["listing_id"]: one for one in merchant.all(f"{here}/plan/rows")}
    counts(merchant, B=6)
    rows = [{"listing_id": listed[sku]["id"], "place_ref": account["places"][0]["ref"]} for sku in ("A", "B")]
    answer = merchant.call("POST", f"{here}/plan/approve", {"plan_id": plan["id"], "rows": rows}, status=202)
    merchant.settles()

    assert untouched == {"A": 10, "B": 10, "C": 10}
    first = planned[listed["A"]["id"]]
    assert (first["offered"], first["live"], first["difference"], plan["no_reading"]) == (7, 10, -3, "")
    assert [one["outcome"] for one in answer["items"]] == ["approved", "changed"]
    assert figures(shop, refs) == {"A": 7, "B": 10, "C": 10}


def figures(shop: TokopediaSandbox, refs: dict[str, int]) -> dict[str, int]:
    return {sku: shows(shop, ref) for sku, ref in refs.items()}
