"""Rows F-73 to F-77, B-05 and B-06: what Fastock says lies there is what the hub has."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hub_fastock_my.sandbox import FastockSandbox

from tests.world import Json, Merchant

MEASURED = {"weight_g": 200, "size_mm": {"length": 300, "width": 200, "height": 20}}  # one dialect wants both
BOTH = pytest.mark.parametrize("dialect", ["qimen", "json"])


class AtFastock:
    """A merchant's warehouse at Fastock, where these SKUs are known."""

    def __init__(self, merchant: Merchant, fastock: FastockSandbox, *skus: str, dialect: str = "qimen") -> None:
        self.merchant, self.fastock = merchant, fastock
        merchant.asks_to_connect(fastock, "fastock_my", warehouse_numbers="MYKL01", dialect=dialect)
        (house,) = [each for each in merchant.all("/warehouses") if each["kind"] == "third_party"]
        self.path = f"/warehouses/{house['id']}"
        for sku in skus:
            new = {"product": {"sku": sku, "name": f"Baju {sku}", **MEASURED}}
            merchant.call("POST", f"{self.path}/new-products", new, status=202)
        merchant.settles()

    def rows(self) -> dict[str, Json]:
        return {row["sku"]: row for row in self.merchant.all(f"{self.path}/products")}

    def syncs(self) -> Json:
        """Have it synchronised by hand, and wait for how that ends."""
        asked = self.merchant.call("POST", f"{self.path}/syncs", status=202)
        return self.ended(asked)

    def ended(self, sync: Json) -> Json:
        self.merchant.settles()
        return self.merchant.call("GET", f"{self.path}/syncs/{sync['id']}")

    def lines(self, sync: Json) -> dict[str, Json]:
        return {line["sku"]: line for line in self.merchant.all(f"{self.path}/syncs/{sync['id']}/lines")}


@pytest.mark.row("F-73")
@pytest.mark.row("F-74")
@pytest.mark.row("F-77")
@pytest.mark.row("B-06")
@BOTH
def test_a_sync_by_hand_takes_over_all_skus_and_says_of_each_what_became_of_it(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    there = AtFastock(merchant, warehouse, "KURUNG", "SONGKOK", dialect=dialect)
    warehouse.stock("KURUNG", 12, CC=3)
    warehouse.stock("STRANGE", 4)

    done = there.syncs()

    lines = there.lines(done)
    shown = there.rows()["KURUNG"]
    assert {sku: line["outcome"] for sku, line in lines.items()} == {
        "KURUNG": "adopted", "SONGKOK": "same", "STRANGE": "unknown",
    }  # fmt: skip
    assert (done["state"], done["cause"], done["counts"]["read"]) == ("done", "hand", 3)
    assert (shown["on_hand"], shown["available"]) == (15, 12)
    assert "place the one" in lines["STRANGE"]["reason"]
    assert [one["id"] for one in merchant.all(f"{there.path}/syncs")] == [done["id"]]


@pytest.mark.row("B-05")
def test_what_would_empty_the_warehouse_waits_for_a_person(merchant: Merchant, warehouse: FastockSandbox) -> None:
    there = AtFastock(merchant, warehouse, "KURUNG")
    warehouse.stock("KURUNG", 12)
    there.syncs()
    warehouse.stock("KURUNG", 0)

    waiting = there.syncs()
    untouched = there.rows()["KURUNG"]["on_hand"]
    approved = merchant.call("POST", f"{there.path}/syncs/{waiting['id']}/approve", status=202)
    done = there.ended(approved)

    assert (waiting["state"], untouched) == ("waiting", 12)
    assert "nothing is left of all 1 SKU(s)" in waiting["reason"]
    assert (done["id"], done["state"], there.rows()["KURUNG"]["on_hand"]) == (waiting["id"], "done", 0)


@pytest.mark.row("F-76")
def test_the_switch_has_it_synchronised_at_two_by_the_clocks_of_the_warehouse(
    merchant: Merchant, warehouse: FastockSandbox
) -> None:
    there = AtFastock(merchant, warehouse)

    before = merchant.call("GET", f"{there.path}/daily-sync")
    on = merchant.call("PUT", f"{there.path}/daily-sync", {"enabled": True}, status=200)
    off = merchant.call("PUT", f"{there.path}/daily-sync", {"enabled": False}, status=200)

    at = datetime.fromisoformat(on["next_at"]).astimezone(ZoneInfo("Asia/Kuala_Lumpur"))
    assert (before["enabled"], on["enabled"], on["timezone"]) == (False, True, "Asia/Kuala_Lumpur")
    assert (at.hour, at.minute, at > datetime.now(UTC)) == (2, 0, True)
    assert (off["enabled"], off["next_at"]) == (False, None)
