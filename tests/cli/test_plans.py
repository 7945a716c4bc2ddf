"""Plans from the command line."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import Hub
from tests.cli.test_stocktakes import comes_true, embedded_worker

__all__ = ["embedded_worker"]


def test_a_plan_is_asked_for_looked_at_and_approved(hub: Hub, connected: dict[str, Any], embedded_worker: None) -> None:
    account = connected["id"]

    none = hub("stock", "plan", account)
    before = hub("stock", "mode", account, "--json").document
    switched = hub("stock", "mode", account, "--approved-only", "--json").document
    made = hub("stock", "plan", account, "--make", "--json")
    plan = ("--plan", made.document["id"])
    wrong = hub("stock", "approve", account, *plan)
    unsaid = hub("stock", "approve", account, "--all")
    unknown = hub("stock", "approve", account, account, *plan)
    comes_true(lambda: hub("stock", "approve", account, "--all", *plan).code == 0)

    assert (none.code, before, switched) == (1, {"approved_only": False}, {"approved_only": True})
    assert made.document["state"] == "making"
    assert (wrong.code, unsaid.code, unknown.code) == (2, 2, 1)
    listed = hub("stock", "plan", account, "--json")
    assert (listed.code, listed.document["plan"]["id"], listed.document["items"]) == (0, plan[1], [])
    named = hub("stock", "approve", account, account, *plan, "--json").document["items"]
    assert [one["outcome"] for one in named] == ["not_in_plan"]


def test_a_plan_that_was_replaced_since_it_was_looked_at_is_not_approved(
    hub: Hub, connected: dict[str, Any], embedded_worker: None
) -> None:
    account = connected["id"]
    seen = hub("stock", "plan", account, "--make", "--json").document["id"]
    comes_true(lambda: hub("stock", "plan", account, "--json").document["plan"]["state"] == "ready")
    hub("stock", "plan", account, "--make")

    refused = hub("stock", "approve", account, "--all", "--plan", seen)

    assert refused.code == 1
    assert "plan" in refused.err
