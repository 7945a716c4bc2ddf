"""Stock from the command line."""

from __future__ import annotations

from typing import Any

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


def test_what_is_asked_of_nobody_or_in_two_ways_is_told_so(hub: Hub, merchant: str) -> None:
    hub("product", "create", "--sku", "TEE-M", "--name", "Kaos", "-m", merchant)

    fine = hub("stock", "stale", "-m", merchant)
    strangers = hub("stock", "stale", "-m", "nope"), hub("stock", "stale", "-m", merchant, "--account", "nope")
    both = hub("stock", "timeline", "TEE-M", "-m", merchant, "--at", "2026-11-22T10:00:00Z", "--kind", "push")

    assert (fine.code, [each.code for each in strangers], both.code) == (0, [1, 1], 2)


def test_rules_are_made_listed_and_taken_away(hub: Hub, connected: dict[str, Any]) -> None:
    account = connected["id"]

    made = hub("stock", "rule", account, "--buffer", "2", "--percent", "50", "--json")
    listed = hub("stock", "rules", account, "--json")
    wrong = hub("stock", "rule", account, "--percent", "101")
    hub("stock", "rule", account)
    left = hub("stock", "rules", account, "--json")

    assert (made.document["buffer"], made.document["percent"], made.document["product_id"]) == (2, 50, None)
    assert listed.document["items"] == [made.document]
    assert wrong.code == 2
    assert left.document["items"] == []


def test_why_a_figure_is_what_it_is_and_what_was_told(hub: Hub, connected: dict[str, Any], worker: None) -> None:
    assert hub("import", "start", connected["id"], "--wait").code == 0
    merchant = connected["merchant_id"]
    listings = hub("listing", "list", "-m", merchant, "--json").document["items"]

    told = hub("stock", "why", listings[0]["id"], "-m", merchant, "--json")
    pushes = hub("stock", "pushes", listings[0]["id"], "-m", merchant, "--json")

    assert "not linked" in told.document["items"][0]["why_not"]
    assert pushes.document["items"] == []


def test_figures_are_told_again_by_listing_or_by_account(hub: Hub, connected: dict[str, Any]) -> None:
    of = ("-m", connected["merchant_id"])

    whole = hub("stock", "retell", *of, "-a", connected["id"], "--json")
    neither, both = hub("stock", "retell", *of), hub("stock", "retell", "one", *of, "-a", connected["id"])
    unknown = hub("stock", "retell", "nobody", *of)

    assert hub("job", "show", whole.document["job_id"], "--json").document["kind"] == "stock.retell_account", whole.err
    assert (neither.code, both.code, unknown.code) == (2, 2, 1)
