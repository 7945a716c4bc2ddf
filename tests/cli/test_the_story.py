"""The main story from the command line: take in a merchant, connect a shop, import, decide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Hub

Account = dict[str, Any]  # Any: JSON


@pytest.mark.row("K-05")
def test_a_plugin_must_be_enabled_before_an_account_is_connected(hub: Hub, merchant: str, settings_file: str) -> None:
    connect = (
        "account",
        "connect",
        "tokopedia",
        "-m",
        merchant,
        "--settings",
        settings_file,
        "--confirm-preconditions",
    )

    refused = hub(*connect)
    hub("plugin", "enable", "tokopedia", "-m", merchant)
    accepted = hub(*connect, "--json")

    assert (refused.code, accepted.code) == (1, 0)
    assert "tokopedia is not enabled for this merchant" in refused.err
    assert "hub plugin enable" in refused.err
    assert accepted.document["account"]["state"] == "active"


@pytest.mark.usefixtures("worker")
def test_a_catalogue_is_imported_classified_and_confirmed(hub: Hub, merchant: str, connected: Account) -> None:
    imported = hub("import", "start", connected["id"], "--wait", "--json")
    classes = hub("listing", "classes", "-m", merchant, "--json").document
    confirmed = hub("listing", "confirm", "-m", merchant, "--all", "--class", "unmatched", "--json", "--wait")
    products = hub("product", "list", "-m", merchant, "--limit", "200", "--json").document

    assert (imported.code, confirmed.code) == (0, 0)
    assert imported.document["items_seen"] == imported.document["listings"] + sum(imported.document["skipped"].values())
    assert sum(classes.values()) == imported.document["listings"]
    assert len(products["items"]) == classes["unmatched"] > 0
