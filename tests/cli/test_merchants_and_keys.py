"""Merchants and keys from the command line."""

from __future__ import annotations

import pytest

from hub.cli import showing
from tests.cli.conftest import Hub

ABSENT = "01900000-0000-7000-8000-000000000000"


def test_a_list_is_a_document_of_items_and_a_cursor_that_goes_on(hub: Hub) -> None:
    made = [hub("merchant", "create", f"Toko {number}", "--json").document["id"] for number in range(3)]

    first = hub("merchant", "list", "--limit", "2", "--json").document
    second = hub("merchant", "list", "--limit", "2", "--cursor", first["next"], "--json").document

    assert [each["id"] for each in first["items"] + second["items"]] == made
    assert second["next"] is None


def test_people_read_a_table(hub: Hub, merchant: str) -> None:
    listed = hub("merchant", "list").out

    assert merchant in listed
    assert "Toko Batik Ayu" in listed


def test_a_name_cannot_steer_the_terminal(hub: Hub) -> None:
    made = hub("merchant", "create", "Toko [red]Ayu[/red]")
    refused = hub("merchant", "create", "Toko \x1b[2J\x07")

    assert "[red]Ayu[/red]" in made.out
    assert (refused.code, "\x1b" in refused.err) == (2, False)


def test_what_comes_from_a_shop_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    showing.show_page([{"name": "Kaos \x1b[2J\x07 [red]M[/red]"}], (("name", "name"),), as_json=False)

    told = capsys.readouterr().out
    assert ("\x1b" in told, "[red]M[/red]" in told) == (False, True)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("merchant", "show", ABSENT), id="a merchant"),
        pytest.param(("account", "list", "-m", ABSENT), id="accounts of no merchant"),
        pytest.param(("listing", "list", "-m", ABSENT), id="listings of no merchant"),
        pytest.param(("event", "list", "-m", ABSENT), id="events of no merchant"),
        pytest.param(("plugin", "enable", "tokopedia", "-m", ABSENT), id="a plugin for no merchant"),
        pytest.param(("account", "connect", "tokopedia", "-m", ABSENT), id="an account for no merchant"),
    ],
)
def test_an_unknown_merchant_is_one_line_with_where_to_look(hub: Hub, arguments: tuple[str, ...]) -> None:
    ended = hub(*arguments)

    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "hub: no such merchant; hub merchant list shows what there is\n"


def test_a_keys_secret_is_shown_once(hub: Hub, merchant: str) -> None:
    made = hub("key", "create", "erp", "-m", merchant, "--access", "write", "--days", "30", "--json").document

    listed = hub("key", "list", "-m", merchant, "--json")

    assert made["secret"].startswith("hub_dev_")
    assert made["key"]["expires_at"] is not None
    assert [each["id"] for each in listed.document["items"]] == [made["key"]["id"]]
    assert made["secret"] not in listed.out


def test_a_platform_key_says_that_it_serves_all(hub: Hub, merchant: str) -> None:
    made = hub("key", "create", "platform", "--all-merchants").out
    hub("key", "create", "erp", "-m", merchant)

    read = hub("key", "list").out.splitlines()
    listed = hub("key", "list", "--json").document["items"]

    assert "merchants: all" in made
    assert [" all " in line for line in read if " platform " in line or " erp " in line] == [True, False]
    assert [each["merchants"] for each in listed] == [None, [merchant]]


def test_a_third_key_of_a_name_is_refused_until_one_is_revoked(hub: Hub) -> None:
    create = ("key", "create", "erp", "--all-merchants", "--json")
    first = hub(*create).document["key"]["id"]
    hub(*create)

    refused = hub(*create)
    revoked = hub("key", "revoke", first, "--json").document
    allowed = hub(*create)

    assert (refused.code, allowed.code) == (1, 0)
    assert "hub key revoke" in refused.err
    assert revoked["revoked_at"] is not None


def test_the_audit_trail_says_that_the_command_line_did_it(hub: Hub, merchant: str) -> None:
    hub("key", "create", "erp", "-m", merchant)

    told = hub("event", "list", "-m", merchant, "--json").document["items"]

    assert [(each["kind"], each["actor"]["kind"]) for each in told] == [
        ("key.created", "cli"),
        ("merchant.created", "cli"),
    ]


def test_a_merchant_is_renamed_and_its_unpaid_orders_hold_stock_or_not(hub: Hub, merchant: str) -> None:
    made = hub("merchant", "change", merchant, "--name", "Toko Baru", "--reserve-unpaid", "--json").document
    back = hub("merchant", "change", merchant, "--no-reserve-unpaid", "--json").document
    lost = hub("merchant", "change", ABSENT, "--reserve-unpaid")

    assert [(each["name"], each["reserve_unpaid"]) for each in (made, back)] == [
        ("Toko Baru", True), ("Toko Baru", False),
    ]  # fmt: skip
    assert lost.code == 1
