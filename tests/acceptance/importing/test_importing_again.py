"""Rows I: importing again, importing that is stopped, and what becomes of the listings of a closed account."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.acceptance.crosslisting.steps import lists_all, opens_a_point_of_sale
from tests.acceptance.importing.test_pending_actions import CLASSES, Stalls
from tests.servers import Pause
from tests.world import PATIENCE, Json, Merchant


@pytest.mark.row("I-18")
def test_every_imported_item_is_in_exactly_one_class_and_a_second_import_adds_nothing(
    merchant: Merchant, market: Market
) -> None:
    shop = market(size=150)
    account = merchant.connects(shop)
    before = merchant.listings()

    again = merchant.imports(account)

    counted = merchant.call("GET", "/listings/classes")
    by_class = {name: merchant.listings(f"class={name}") for name in CLASSES}
    assert sum(counted.values()) == len(before) == shop.expected().admitted
    assert {name: len(rows) for name, rows in by_class.items()} == counted
    assert sorted(row["id"] for rows in by_class.values() for row in rows) == sorted(row["id"] for row in before)
    assert (again["new"], again["changed"]) == (0, 0)
    assert [row["id"] for row in merchant.listings()] == [row["id"] for row in before]


@pytest.mark.row("I-18")
def test_a_second_import_updates_what_changed_and_keeps_what_the_channel_no_longer_shows(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    changed, sold_out, removed = (shop.add("Kaos", sku, stock=5) for sku in ("UBAH", "HABIS", "HILANG"))
    account = merchant.connects(shop)
    for sku in ("HABIS", "HILANG"):
        merchant.confirms(merchant.listing(sku))
    shop.change(changed, name="Kaos Baru", price=75_000)
    shop.change(sold_out, stock=0)
    shop.remove(removed)

    again = merchant.imports(account)

    assert (again["new"], again["changed"]) == (0, 2)
    assert merchant.listing("UBAH")["name"] == "Kaos Baru"
    assert (merchant.listing("HABIS")["quantity"], merchant.listing("HABIS")["current"]) == (0, False)
    assert (merchant.listing("HILANG")["state"], merchant.listing("HILANG")["current"]) == ("linked", False)


@pytest.mark.row("I-18")
def test_an_import_that_was_stopped_goes_on_where_it_stood(merchant: Merchant, market: Market) -> None:
    shop = market(size=600)
    _, stopped = a_stopped_import(merchant, shop)
    asked = len(shop.requests)

    resumed = merchant.waits_for(merchant.call("POST", f"/imports/{stopped['id']}/resume", status=202)["id"])

    expected = shop.expected()
    assert 0 < stopped["items_seen"] < expected.seen
    assert (resumed["items_seen"], resumed["listings"]) == (expected.seen, expected.admitted)
    assert len(merchant.listings()) == expected.admitted
    pages = [seen.query for seen in list(shop.requests)[asked:] if "/product/info" in seen.path]
    assert pages
    assert not any("page=1&" in query for query in pages), "it began again from the start"


@pytest.mark.row("I-18")
def test_an_old_import_that_is_resumed_takes_nothing_from_a_newer_one(merchant: Merchant, market: Market) -> None:
    shop = market(size=600)
    account, stopped = a_stopped_import(merchant, shop)
    merchant.imports(account)
    before = merchant.listings()

    resumed = merchant.waits_for(merchant.call("POST", f"/imports/{stopped['id']}/resume", status=202)["id"])

    assert resumed["listings"] == shop.expected().admitted == len(before)
    assert [listing["class"] for listing in merchant.listings()] == [listing["class"] for listing in before]
    assert all(listing["current"] for listing in merchant.listings())


@pytest.mark.row("I-18")
def test_an_import_that_is_done_is_neither_resumed_nor_retried_nor_cancelled(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Kaos", "A-1")
    done = merchant.imports(merchant.connects(shop))

    for path in (f"/imports/{done['id']}/resume", f"/jobs/{done['id']}/retry", f"/imports/{done['id']}/cancel"):
        merchant.call("POST", path, status=409)

    assert merchant.listing("A-1")["current"]
    assert "import.cancelled" not in {event["kind"] for event in merchant.all("/events?limit=200")}


@pytest.mark.row("I-18")
def test_the_listings_of_a_closed_account_wait_no_longer_and_match_nothing(merchant: Merchant, market: Market) -> None:
    shop = market(size=120)
    account = merchant.connects(shop)
    merchant.call("POST", f"/accounts/{account['id']}/close")
    merchant.settles()

    retired = merchant.listings()
    merchant.connects(shop)

    assert {listing["current"] for listing in retired} == {False}
    assert merchant.confirms(retired[0], status=409)["code"] == "not_current"
    counted = merchant.call("GET", "/listings/classes")
    assert sum(counted.values()) == shop.expected().admitted
    assert counted["matched"] == 0


@pytest.mark.row("I-18")
def test_what_was_listed_at_a_counter_that_is_closed_is_no_longer_current(merchant: Merchant, stalls: Stalls) -> None:
    stalls[1].add("Kaos", "A-1")
    stalls[1].joins(merchant)
    merchant.confirms_all()
    counter = opens_a_point_of_sale(merchant)
    lists_all(merchant, counter)
    listed = merchant.listing("A-1", counter)

    merchant.call("POST", f"/accounts/{counter['id']}/close")
    merchant.settles()

    retired = merchant.listing("A-1", counter)
    assert (listed["current"], retired["current"], retired["state"]) == (True, False, "linked")
    assert [listing["current"] for listing in merchant.listings() if listing["id"] != retired["id"]] == [True]


@pytest.mark.row("I-02")
def test_an_import_that_could_not_run_is_refused_with_the_cure(merchant: Merchant, shop: TokopediaSandbox) -> None:
    account = merchant.connects(shop)
    merchant.call("PUT", "/plugins/tokopedia", {"enabled": False})

    refused = merchant.call("POST", f"/accounts/{account['id']}/imports", status=409)

    assert (refused["code"], "ops must enable it first" in refused["detail"]) == ("plugin_disabled", True)


def a_stopped_import(merchant: Merchant, shop: TokopediaSandbox) -> tuple[Json, Json]:
    """Connect the shop and stop its first import after a page."""
    connected = merchant.asks_to_connect(shop)
    pause = Pause(PATIENCE)
    while merchant.call("GET", f"/imports/{connected['import_id']}")["items_seen"] == 0:
        pause.briefly()
    merchant.call("POST", f"/imports/{connected['import_id']}/cancel", status=202)
    return connected["account"], merchant.waits_for(connected["import_id"], "cancelled")
