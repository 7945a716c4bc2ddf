"""Products in warehouses of 3PLs from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs.testing import serve

from tests.cli.conftest import Hub


@pytest.fixture
def house(hub: Hub, merchant: str, tmp_path: Path) -> Iterator[str]:
    """A warehouse at Fastock, by id."""
    sandbox, typed = FastockSandbox(size=0), tmp_path / "settings.json"
    with serve(sandbox):
        typed.write_text(json.dumps(sandbox.settings()))
        hub("plugin", "enable", "fastock_my", "-m", merchant)
        connected = hub("account", "connect", "fastock_my", "-m", merchant, "--settings", str(typed))
        assert "Set up shipping rules that name MYKL01" in connected.out
        listed = hub("warehouse", "list", "-m", merchant, "--json").document["items"]
        yield next(each["id"] for each in listed if each["place_ref"] == "MYKL01")


def test_products_are_placed_made_for_a_warehouse_and_looked_at(hub: Hub, merchant: str, house: str) -> None:
    made = hub("product", "create", "-m", merchant, "--sku", "TEE", "--name", "Kaos", "--json").document
    hub("product", "create", "-m", merchant, "--sku", "CAP", "--name", "Topi", "--place", house)

    placed = hub("warehouse", "place", house, made["id"], "-m", merchant)
    again = hub("warehouse", "place", house, made["id"], "-m", merchant, "--json").document
    page = hub("warehouse", "products", house, "-m", merchant, "--limit", "1", "--json").document
    rest = hub("warehouse", "products", house, "-m", merchant, "--cursor", page["next"], "--json").document
    where = hub("product", "placements", made["id"], "-m", merchant, "--json").document["items"]
    failed = hub("warehouse", "products", house, "-m", merchant, "--status", "failed", "--json").document

    assert (placed.code, "A worker tells the warehouse of it" in placed.out) == (0, True)
    assert [row["status"] for row in again["items"]] == ["not_pushed"]
    assert [row["sku"] for row in [*page["items"], *rest["items"]]] == ["TEE", "CAP"]
    assert [row["warehouse"] for row in where] == ["MYKL01 CONS01"]
    assert failed == {"items": [], "next": None}


@pytest.mark.parametrize("named", [(), ("0190a6e0-0000-7000-8000-000000000000",)])
def test_who_names_no_product_is_told_in_a_line(hub: Hub, merchant: str, house: str, named: tuple[str, ...]) -> None:
    ended = hub("warehouse", "place", house, *named, "-m", merchant)

    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "product" in ended.err
