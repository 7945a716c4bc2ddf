"""Rows F-17, F-18, F-44 to F-52 and B-16 to B-19: goods on their way to Fastock, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hub_fastock_my.sandbox import FastockSandbox

from tests.world import Json, Merchant

BOTH = pytest.mark.parametrize("dialect", ["qimen", "json"])
GOODS = {"weight_g": 200, "size_mm": {"length": 300, "width": 200, "height": 30}}
COST = {"amount": "12.50", "currency": "MYR"}


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """A merchant whose TEE and CAP Fastock knows, and whose MUG it does not."""

    merchant: Merchant
    house: str

    @classmethod
    def of(cls, merchant: Merchant, sandbox: FastockSandbox, dialect: str) -> Keeping:
        merchant.asks_to_connect(sandbox, "fastock_my", warehouse_numbers="MYKL01", dialect=dialect)
        (house,) = [each["id"] for each in merchant.all("/warehouses") if each["kind"] == "third_party"]
        made = {
            sku: merchant.call("POST", "/products", GOODS | {"sku": sku, "name": f"Baju {sku}"}, status=201)["id"]
            for sku in ("TEE", "CAP", "MUG")
        }
        merchant.call("POST", f"/warehouses/{house}/products", {"product_ids": [made["TEE"], made["CAP"]]}, status=202)
        merchant.settles()
        return cls(merchant=merchant, house=house)

    def announces(self, *lines: Json, status: int = 201, **more: str) -> Json:
        body = {"warehouse_id": self.house, "lines": list(lines), **more}
        return self.merchant.call("POST", "/inbounds", body, status=status)

    def pushed(self, *lines: Json) -> Json:
        made = self.announces(*lines)
        self.merchant.settles()
        return self.inbound(made)

    def inbound(self, made: Json) -> Json:
        return self.merchant.call("GET", f"/inbounds/{made['id']}")

    def refreshed(self, made: Json) -> Json:
        self.merchant.call("POST", f"/inbounds/{made['id']}/refresh", status=202)
        self.merchant.settles()
        return self.inbound(made)

    def stock(self) -> dict[str, tuple[int, int, int]]:
        """What the hub says of the warehouse: on hand, held and available, by SKU."""
        rows = self.merchant.all(f"/warehouses/{self.house}/stock")
        return {each["sku"]: (each["on_hand"], each["held"], each["available"]) for each in rows}


def line(sku: str, quantity: int | None = 10, cost: Json | None = None) -> Json:
    return {"sku": sku, "quantity": quantity, "unit_cost": cost or COST}


@pytest.mark.row("F-17")
@pytest.mark.row("F-18")
@pytest.mark.row("F-46")
@pytest.mark.row("F-50")
@pytest.mark.row("F-51")
@pytest.mark.row("F-52")
@BOTH
def test_an_inbound_is_saved_pushed_and_raises_stock_by_what_was_received(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    keeping = Keeping.of(merchant, warehouse, dialect)

    made = keeping.announces(line("TEE"))
    merchant.settles()
    pushed = keeping.inbound(made)
    before = keeping.stock()
    warehouse.receive(made["code"], {"TEE": 9})
    done = keeping.refreshed(made)

    (listed,) = merchant.all("/inbounds")
    assert (made["push_status"], made["state"]) == ("not_pushed", "create")
    assert (pushed["push_status"], pushed["state"], before) == ("pushed", "pending", {})
    assert warehouse.inbounds()[made["code"]].ref == pushed["ref"]
    assert (listed["push_status"], listed["state"], listed["word"]) == ("pushed", "part_complete", "received")
    assert keeping.stock() == {"TEE": (9, 0, 9)}
    assert [(each["sku"], each["kind"], each["planned"], each["good"]) for each in done["discrepancies"]] == [
        ("TEE", "short", 10, 9)
    ]


@pytest.mark.row("F-47")
@pytest.mark.row("F-48")
@pytest.mark.row("F-49")
def test_bad_lines_are_named_one_by_one_and_many_lines_are_as_one(
    merchant: Merchant, warehouse: FastockSandbox
) -> None:
    keeping = Keeping.of(merchant, warehouse, "qimen")

    refused = keeping.announces(line("TEE", None), {"sku": "CAP", "quantity": 4}, line("MUG"), line("NONE"), status=422)
    none = merchant.all("/inbounds")
    many = keeping.pushed(line("TEE", 3), line("CAP", 4))
    one = keeping.pushed(line("TEE", 3))

    assert {error["field"]: error["message"].partition(":")[0] for error in refused["errors"]} == {
        "lines[0].quantity": "say how many of TEE are on their way",
        "lines[1].unit_cost": "say what one unit of CAP cost",
        "lines[2].sku": "MUG was never added to this warehouse",
        "lines[3].sku": "'NONE' is no product of this merchant; list the products to find it",
    }
    assert none == []
    wishes = [warehouse.inbounds()[each["code"]].wish.lines for each in (many, one)]
    assert [[(each.code, each.quantity, str(each.price)) for each in lines] for lines in wishes] == [
        [("TEE", 3, "12.50"), ("CAP", 4, "12.50")], [("TEE", 3, "12.50")],
    ]  # fmt: skip


@pytest.mark.row("F-44")
@pytest.mark.row("F-45")
@BOTH
def test_stock_is_imported_from_the_stock_list_as_new_stock_or_as_the_stock_that_there_is_to_be(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    keeping = Keeping.of(merchant, warehouse, dialect)
    first = keeping.pushed(line("TEE", 10))
    warehouse.receive(first["code"], {"TEE": 6}, final=False)
    keeping.refreshed(first)
    listed = {each["sku"]: each for each in merchant.all(f"/warehouses/{keeping.house}/stock")}

    chosen = {"product_id": listed["TEE"]["product_id"], "unit_cost": COST}
    added = keeping.announces(chosen | {"quantity": 3})
    enough = keeping.announces(chosen | {"quantity": 13}, status=422, quantities="total")
    updated = keeping.announces(chosen | {"quantity": 20}, line("CAP", 5), quantities="total")
    merchant.settles()

    assert {each["id"]: each["push_status"] for each in merchant.all("/inbounds")} == {
        one["id"]: "pushed" for one in (first, added, updated)
    }
    told = [
        [(each.code, each.quantity) for each in warehouse.inbounds()[one["code"]].wish.lines]
        for one in (added, updated)
    ]
    assert told == [[("TEE", 3)], [("TEE", 20 - 6 - 4 - 3), ("CAP", 5)]]
    assert "13 of TEE lie there or are on their way" in enough["errors"][0]["message"]


@pytest.mark.row("B-16")
@pytest.mark.row("B-17")
@pytest.mark.row("B-18")
@pytest.mark.row("B-19")
@BOTH
def test_what_comes_is_counted_once_whatever_was_planned(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    keeping = Keeping.of(merchant, warehouse, dialect)
    warehouse.stock("GHOST", 0)
    made = keeping.pushed(line("TEE", 10), line("CAP", 2))

    warehouse.receive(made["code"], {"TEE": 4}, final=False)
    part = keeping.refreshed(made)
    again = keeping.refreshed(made)
    first = keeping.stock()
    warehouse.receive(made["code"], {"CAP": 3, "GHOST": 1}, {"TEE": 2}, note="torn")
    done = keeping.refreshed(made)

    assert (part["state"], again["state"], first) == ("part_complete", "part_complete", {"TEE": (4, 0, 4)})
    assert (done["state"], done["closed_at"] is not None) == ("part_complete", True)
    assert keeping.stock() == {"TEE": (6, 2, 4), "CAP": (3, 0, 3)}
    lines = {each["sku"]: each for each in done["lines"]}
    assert (lines["TEE"]["good"], lines["TEE"]["damaged"], lines["TEE"]["note"]) == (4, 2, "torn")
    assert (lines["TEE"]["received_cost"], lines["CAP"]["received_cost"]) == ("75.00", "37.50")
    assert {(each["sku"], each["kind"]): each["good"] for each in done["discrepancies"]} == {
        ("TEE", "short"): 4, ("CAP", "over"): 3, ("GHOST", "unplanned"): 1,
    }  # fmt: skip
    shelf = {sku: warehouse.shelf(sku).good for sku in ("TEE", "CAP")}
    assert shelf == {sku: available for sku, (_, _, available) in keeping.stock().items()}


@pytest.mark.row("F-49")
@BOTH
def test_an_answer_that_was_lost_makes_no_second_inbound(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    keeping = Keeping.of(merchant, warehouse, dialect)
    warehouse.faults.lose_answers = 1

    made = keeping.pushed(line("TEE"))

    assert (made["push_status"], made["state"]) == ("pushed", "pending")
    assert list(warehouse.inbounds()) == [made["code"]]
