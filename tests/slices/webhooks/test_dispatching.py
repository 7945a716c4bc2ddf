"""What becomes of hints: whose they are, and what is read again because of them."""

from __future__ import annotations

import pytest

from hub.kernel.events import Event, listing
from tests.callers import a_merchant
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street


def test_a_hint_that_names_no_shop_goes_to_whoever_has_the_order(street: Street, bell: Bell) -> None:
    street.joins("8")
    bell.sells("o-8")
    street.delivers(bell.rings(("order", "o-8", "8")))
    street.works()
    bell.read.clear()

    street.delivers(bell.rings(("order", "o-8", ""), ("order", "o-9", "")))
    street.works()

    assert bell.read == [("8", "o-8")], "nobody is asked for an order that may be another shop's"
    assert street.told()[1:] == [("order", "o-8", "reading"), ("order", "o-9", "unknown_order")]


def test_where_one_shop_is_connected_its_feed_is_read_for_an_order_that_nobody_knows(
    street: Street, bell: Bell
) -> None:
    bell.fed.clear()  # what was read when the shop was connected
    street.delivers(bell.rings(("order", "o-9", "")))
    street.works()

    assert (bell.read, bell.fed) == ([], ["7"])
    assert street.told() == [("order", "o-9", "importing")]


def test_credentials_that_nobody_can_share_need_no_name_of_a_shop(street: Street, bell: Bell) -> None:
    bell.registered.clear()
    street.joins("5", plugin="lone", app="own")

    street.delivers(bell.rings(("order", "o-1", ""), ("account", "", ""), app="own"))
    street.works()

    assert bell.read == [("5", "o-1")]
    assert street.told() == [("order", "o-1", "reading"), ("account", "", "checking")]


def test_a_shop_that_is_not_connected_is_said_to_be_none(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(("order", "o-1", "99"), ("item", "i-1", "")))
    street.works()

    assert bell.read == []
    assert [outcome for _, _, outcome in street.told()] == ["no_account", "no_account"]


def test_a_merchant_whose_plugin_is_disabled_is_left_alone_while_others_of_the_app_are_served(
    street: Street, bell: Bell
) -> None:
    other = a_merchant(street.database, "Warung Sari")
    street.joins("8", merchant=other)
    street.switches(street.merchant, enabled=False)

    street.delivers(bell.rings(("order", "o-1", "7"), ("order", "o-2", "8")))
    street.works()

    assert bell.read == [("8", "o-2")]
    assert [outcome for _, _, outcome in street.told()] == ["disabled", "reading"]


@pytest.mark.parametrize("kind", ["item", "stock"])
def test_where_no_listings_are_read_a_hint_at_them_is_noted(street: Street, bell: Bell, kind: str) -> None:
    street.delivers(bell.rings((kind, "x-1", "7")))
    street.works()

    (shown,) = street.client.get(f"/v1/merchants/{street.merchant}/webhooks").json()["items"]
    assert (shown["outcome"], shown["reason"]) == ("noted", "its listings are not read: the bell only rings")


@pytest.mark.parametrize("kind", ["task"])
def test_what_nothing_follows_yet_is_noted_and_says_so(street: Street, bell: Bell, kind: str) -> None:
    street.delivers(bell.rings((kind, "x-1", "7")))
    street.works()

    (shown,) = street.client.get(f"/v1/merchants/{street.merchant}/webhooks").json()["items"]
    assert (shown["kind"], shown["outcome"]) == (kind, "noted")
    assert shown["reason"]


def test_a_wish_to_erase_a_buyer_stands_in_the_audit_trail(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(("erase_buyer", "o-1", "7")))
    street.works()

    (event,) = events_of(street, "buyer.erasure_requested")
    assert (event.actor.kind, event.after) == ("channel", {"ref": "o-1"})
    assert street.told() == [("erase_buyer", "o-1", "erasing")]


def test_an_app_that_was_uninstalled_stops_the_account_until_a_person_acts(street: Street, bell: Bell) -> None:
    bell.uninstalled = True

    street.delivers(bell.rings(("account", "7", "7")))
    street.works()

    account = street.client.get(f"/v1/merchants/{street.merchant}/accounts/{street.accounts['7']}").json()
    assert account["state"] == "needs_action"
    assert "install it again" in account["reason"]


def test_a_thousand_hints_at_one_order_are_read_in_few_calls(street: Street, bell: Bell) -> None:
    bell.sells("o-1")
    for _ in range(30):
        street.delivers(bell.rings(("order", "o-1", "7")))

    street.works()

    assert street.jobs("webhooks.dispatch") == ["done"]
    assert (len(street.told()), bell.read) == (30, [("7", "o-1")])


def events_of(street: Street, kind: str) -> list[Event]:
    with street.database.reading() as db:
        return listing(db, street.merchant, limit=10, kind=kind)
