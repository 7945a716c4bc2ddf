"""Access requests from the command line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Hub

STORE = ("--name", "Toko Larasati", "--link", "https://www.tokopedia.com/larasati", "--email", "ayu@larasati.example")


@pytest.mark.row("T-06")
def test_what_a_merchant_asks_our_team_for_is_listed_with_store_name_and_link(hub: Hub, merchant: str) -> None:
    made = hub("access", "request", "tokopedia", "-m", merchant, *STORE, "--json").document

    listed = hub("access", "list", "-m", merchant, "--json").document["items"]
    told = hub("event", "list", "-m", merchant, "--kind", "access.requested", "--json").document["items"]

    assert listed == [made]
    assert (made["store_name"], made["store_link"]) == (STORE[1], STORE[3])
    assert [(each["subject"]["id"], each["actor"]["kind"]) for each in told] == [(made["id"], "cli")]


@pytest.mark.row("T-06")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("--link", "larasati"), "store_link: is not written as it must be: the address", id="no link"),
        pytest.param(("--email", "ayu"), "email: is not written as it must be: an address such as", id="no address"),
    ],
)
def test_a_request_that_our_team_could_not_use_is_one_line(
    hub: Hub, merchant: str, arguments: tuple[str, ...], told: str
) -> None:
    ended = hub("access", "request", "tokopedia", "-m", merchant, *STORE, *arguments)

    assert ended.code == 2
    assert told in ended.err
    assert hub("access", "list", "-m", merchant, "--json").document["items"] == []
