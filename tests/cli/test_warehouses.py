"""Warehouses and places from the command line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Hub

Account = dict[str, Any]  # Any: JSON


def test_a_warehouse_is_made_changed_listed_and_archived(hub: Hub, merchant: str) -> None:
    made = hub(
        "warehouse", "create", "Gudang Jakarta", "-m", merchant, "--country", "ID", "--timezone", "Asia/Jakarta",
        "--line", "Jl. Melati 1", "--line", "Menteng", "--city", "Jakarta", "--json",
    ).document  # fmt: skip
    changed = hub("warehouse", "change", made["id"], "-m", merchant, "--phone", "+62 811", "--default", "--json")
    main = hub("warehouse", "list", "-m", merchant, "--json").document["items"][0]
    refused = hub("warehouse", "archive", made["id"], "-m", merchant)
    archived = hub("warehouse", "archive", main["id"], "-m", merchant, "--json")
    shown = hub("warehouse", "show", made["id"], "-m", merchant)

    address = changed.document["address"]
    assert (address["lines"], address["city"], address["phone"]) == (["Jl. Melati 1", "Menteng"], "Jakarta", "+62 811")
    assert (main["name"], main["is_default"]) == ("Main warehouse", False)
    assert (refused.code, archived.code, shown.code) == (1, 0, 0)
    assert "hub warehouse change WAREHOUSE --default" in refused.err
    assert "Jl. Melati 1" in shown.out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("Gudang", "--country", "XX"), 1, "country: 'XX' is no country", id="no such country"),
        pytest.param(("Gudang", "--country", "id"), 2, "country: is not written as it must be", id="small letters"),
        pytest.param(("Main  warehouse", "--country", "ID"), 1, "has this name already", id="a name that is taken"),
    ],
)
def test_a_wrong_warehouse_is_one_line(
    hub: Hub, merchant: str, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ended = hub("warehouse", "create", *arguments, "-m", merchant)

    assert (ended.code, ended.err.count("\n")) == (code, 1)
    assert told in ended.err


def test_places_are_mapped_one_by_one_and_what_is_shared_is_said(hub: Hub, connected: Account) -> None:
    account, merchant = connected["id"], connected["merchant_id"]
    north, south = (each["ref"] for each in connected["places"])
    main = hub("warehouse", "list", "-m", merchant, "--json").document["items"][0]["id"]

    which = hub("account", "map", account, main)
    hub("account", "map", account, main, "--place", north)
    silent = hub("account", "map", account, main, "--place", south)
    said = hub("account", "map", account, main, "--place", south, "--shared", "--json")
    listed = hub("account", "places", account)
    unmapped = hub("account", "unmap", account, "--place", north, "--json")

    assert (which.code, silent.code, said.code, listed.code) == (2, 1, 0, 0)
    assert f"--place {north}" in which.err
    assert "say shared: true" in silent.err
    assert "Main warehouse" in listed.out
    assert {each["ref"]: len(each["warehouses"]) for each in said.document["items"]} == {north: 1, south: 1}
    assert {each["ref"]: len(each["warehouses"]) for each in unmapped.document["items"]} == {north: 0, south: 1}


def test_opening_stock_is_booked_where_it_is_said(hub: Hub, connected: Account) -> None:
    chosen = hub("account", "opening-warehouse", connected["id"], "none", "--json")
    wrong = hub("account", "opening-warehouse", connected["id"], "here")

    assert chosen.document == {"id": connected["id"], "opening_warehouse": "none"}
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
