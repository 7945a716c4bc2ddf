"""Shipping rules, and where orders are sent from, at the command line."""

from __future__ import annotations

from tests.cli.conftest import Hub


def test_a_rule_is_made_listed_moved_and_taken_away(hub: Hub, merchant: str) -> None:
    house = hub("warehouse", "list", "-m", merchant, "--json").document["items"][0]["id"]
    made = hub("rule", "create", "All", "-m", merchant, "-w", house, "--sku", "TEE*", "--otherwise", "stop", "--json")
    first = hub("rule", "create", "First", "-m", merchant, "-w", house, "--position", "0", "--json").document
    listed = hub("rule", "list", "-m", merchant, "--json").document["items"]
    changed = hub("rule", "change", first["id"], "-m", merchant, "--country", "MY", "--position", "1", "--json")
    removed = hub("rule", "remove", made.document["id"], "-m", merchant, "--yes")
    shown = hub("rule", "show", first["id"], "-m", merchant, "--json").document

    assert (made.document["skus"], made.document["otherwise"]) == (["TEE*"], "stop")
    assert [each["name"] for each in listed] == ["First", "All"]
    assert (changed.document["countries"], changed.document["position"]) == (["MY"], 1)
    assert (removed.code, shown["position"], shown["countries"]) == (0, 0, ["MY"])


def test_what_is_wrong_with_a_rule_or_a_choice_is_one_line(hub: Hub, merchant: str) -> None:
    nowhere = "0190f3f0-0000-7000-8000-000000000000"
    rule = hub("rule", "create", "All", "-m", merchant, "-w", nowhere)
    without = hub("rule", "create", "All", "-m", merchant)
    order = hub("routing", "show", nowhere, "-m", merchant)
    choice = hub("routing", "choose", nowhere, nowhere, "-m", merchant)
    preview = hub("routing", "preview", "-m", merchant, "-a", nowhere, "--listing", "TEE=x")

    assert (rule.code, without.code, order.code, choice.code, preview.code) == (1, 2, 1, 1, 2)
    assert "warehouse_ids[0]: is no warehouse of this merchant" in rule.err
    assert "REF=COUNT" in preview.err
