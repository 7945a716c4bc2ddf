"""What a test does to the sandbox's shop shows at once, by every way of reading."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify.sandbox import ShopifySandbox

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
READ = """
query Read($id: ID!) {
  productVariant(id: $id) {
    sku updatedAt
    product { title status updatedAt }
    inventoryItem { tracked duplicateSkuCount inventoryLevels(first: 5) {
      nodes { updatedAt quantities(names: ["available", "committed", "on_hand"]) { name quantity } }
    } }
  }
}
"""


def read(sandbox: ShopifySandbox, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.ask(READ, id=ref)["data"]["productVariant"]
    return found


def amounts(found: dict[str, Any]) -> dict[str, int]:
    level = found["inventoryItem"]["inventoryLevels"]["nodes"][0]
    return {each["name"]: each["quantity"] for each in level["quantities"]}


def test_a_sale_moves_stock_and_leaves_the_product_untouched() -> None:
    clock = SteppedClock(START)
    sandbox = ShopifySandbox(clock=clock)
    ref = sandbox.add("Topi Baru", "TOPI-1", available=10)
    before = read(sandbox, ref)

    clock.advance(timedelta(hours=1))
    sandbox.sell(ref, 3)

    after = read(sandbox, ref)
    assert amounts(after) == {"available": 7, "committed": 3, "on_hand": 10}
    assert (after["updatedAt"], after["product"]) == (before["updatedAt"], before["product"])
    assert after["inventoryItem"]["inventoryLevels"]["nodes"][0]["updatedAt"] == "2026-11-21T09:00:00Z"


def test_a_new_code_is_found_and_the_old_one_no_more() -> None:
    sandbox = ShopifySandbox()
    ref = sandbox.add("Topi Baru", "TOPI-1")
    twin = sandbox.add("Topi Kembar", "TOPI-1")
    search = "query S($filter: String) { productVariants(first: 5, query: $filter) { nodes { id } } }"
    shared = read(sandbox, ref)["inventoryItem"]["duplicateSkuCount"]

    sandbox.change(ref, sku="TOPI-2")

    def found(sku: str) -> list[str]:
        nodes = sandbox.ask(search, filter=f"sku:{sku}")["data"]["productVariants"]["nodes"]
        return [each["id"] for each in nodes]

    assert shared == 1
    assert read(sandbox, ref)["inventoryItem"]["duplicateSkuCount"] == 0
    assert (found("TOPI-1"), found("TOPI-2")) == ([twin], [ref])


def test_what_is_changed_keeps_its_place_and_what_is_added_comes_last() -> None:
    sandbox = ShopifySandbox(size=60)
    refs = [unit.ref for unit in sandbox.units()]

    sandbox.change(refs[4], title="Judul Baru", status="DRAFT", price="1.00")
    sandbox.remove(refs[10])
    added = sandbox.add("Topi Baru", None)

    assert [unit.ref for unit in sandbox.units()] == refs[:10] + refs[11:] + [added]
    assert read(sandbox, refs[4])["product"]["title"] == "Judul Baru"
    assert sandbox.ask(READ, id=refs[10])["data"]["productVariant"] is None
    assert sandbox.expected().seen == 60


def test_what_an_import_must_count_follows_from_status_tracking_and_open_places() -> None:
    sandbox = ShopifySandbox(size=0)
    refs = [sandbox.add(f"Topi {number}", f"TOPI-{number}") for number in range(5)]

    sandbox.change(refs[0], status="ARCHIVED")
    sandbox.change(refs[1], status="UNLISTED")
    sandbox.stock(refs[2], 0)
    sandbox.change(refs[3], tracked=False)
    sandbox.stock(refs[3], 0)

    assert sandbox.expected() == (5, 3, {"inactive": 1, "sold_out": 1})
    assert [unit.quantity for unit in sandbox.units()] == [10, 10, 0, None, 10]


def test_a_closed_location_sells_nothing() -> None:
    sandbox = ShopifySandbox(size=0)
    sandbox.add("Topi", "TOPI-1")

    sandbox.close_location("Gudang Tanah Abang")

    assert [unit.quantity for unit in sandbox.units()] == [0]


def test_a_stranger_cannot_be_changed() -> None:
    sandbox = ShopifySandbox(size=10)

    with pytest.raises(KeyError):
        sandbox.sell("gid://shopify/ProductVariant/1")
    with pytest.raises(TypeError, match="no colour"):
        sandbox.change(next(sandbox.units()).ref, colour="Hitam")
