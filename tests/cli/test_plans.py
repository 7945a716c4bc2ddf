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
    wrong = hub("stock", "approve", account)
    unknown = hub("stock", "approve", account, account)
    comes_true(lambda: hub("stock", "approve", account, "--all").code == 0)

    assert (none.code, before, switched) == (1, {"approved_only": False}, {"approved_only": True})
    assert made.document["state"] == "making"
    assert (wrong.code, unknown.code) == (2, 1)
    listed = hub("stock", "plan", account, "--json")
    assert (listed.code, listed.document["items"]) == (0, [])
    named = hub("stock", "approve", account, account, "--json").document["items"]
    assert [one["outcome"] for one in named] == ["not_in_plan"]
