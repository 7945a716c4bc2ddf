"""Stock from the command line."""

from __future__ import annotations

from tests.cli.conftest import Hub


def test_stock_is_adjusted_moved_and_listed(hub: Hub, merchant: str) -> None:
    product = hub("product", "create", "--sku", "TEE-M", "--name", "Kaos", "-m", merchant, "--json").document["id"]
    main = hub("warehouse", "list", "-m", merchant, "--json").document["items"][0]["id"]
    other = hub("warehouse", "create", "Gudang", "-m", merchant, "--country", "ID", "--json").document["id"]

    adjusted = hub("stock", "adjust", product, "5", "-w", main, "-m", merchant, "--reason", "counted", "--json")
    lowered = hub("stock", "adjust", product, "-2", "-w", main, "-m", merchant, "--reason", "lost", "--json")
    refused = hub("stock", "adjust", product, "-9", "-w", main, "-m", merchant, "--reason", "lost")
    moved = hub("stock", "transfer", product, "1", "--from", main, "--to", other, "-m", merchant, "--json")
    shown = hub("stock", "show", product, "-m", merchant, "--json")
    listed = hub("stock", "list", "-w", main, "-m", merchant)
    told = hub("stock", "movements", "-m", merchant, "--kind", "adjustment", "--json")
    wrong = hub("stock", "movements", "-m", merchant, "--kind", "magic")

    assert adjusted.document["levels"][0]["on_hand"] == 5, adjusted.err
    assert lowered.document["levels"][0]["on_hand"] == 3
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "takes 9, and 3 are free" in refused.err
    assert moved.code == 0
    assert {each["on_hand"] for each in shown.document["items"]} == {1, 2}
    assert "TEE-M" in listed.out
    assert [each["quantity"] for each in told.document["items"]] == [-2, 5]
    assert wrong.code == 2
