"""What a person changes of a product goes out with the next cross-listing; what a listing has of its own stays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hub_hookspecs import Item, Money

from hub.catalog.service import intake, packs, products
from hub.catalog.service.intake import Source
from hub.catalog.store.products import ProductData
from hub.kernel.events import CLI
from hub.linking.service import deciding
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import lost_before
from tests.slices.crosslisting.test_catalogue_changes import links

DEAR = Money(amount=Decimal(99_000), currency="IDR")


def lists(market: Market, *product_ids: str) -> list[str]:
    run_id = market.lists(*product_ids)
    market.settles()
    return [str(row.state) for row in market.rows(run_id)]


def changes(market: Market, product_id: str, **fields: Any) -> None:  # Any: fields of a product
    """A person changes a product."""
    with market.database.writing() as db:
        old = products.find(db, market.merchant_id, product_id, for_change=True)
        data = {name: getattr(old.product, name) for name in ProductData.__struct_fields__}
        products.change(db, old, ProductData(**(data | fields)), actor=CLI)


def shows(market: Market, ref: str, sku: str, **fields: Any) -> None:  # Any: fields of an item
    """An import finds that the seller has this listing at the marketplace."""
    channel = market.runtime.channels.hosts.loaded["counter"].channel
    source = Source(merchant_id=market.merchant_id, account_id=market.accounts["counter"], channel=channel)
    item = msgspec.structs.replace(Item(ref=ref, sku=sku, name="Kaos", active=True, quantity=3), **fields)
    with market.database.writing() as db:
        intake.take_page(db, source, [item], run="import", seen_at=market.database.clock.now())


def told(stall: Stall) -> tuple[str, str, Money | None]:
    last = stall.pushes[-1]
    return last.sku, last.name, last.price


def test_what_a_person_changed_of_a_product_goes_out_with_an_untouched_workbook(market: Market, stall: Stall) -> None:
    (mine,) = market.makes("TEE-M")
    lists(market, mine)
    changes(market, mine, sku="TEE-NEW", name="Kaos baru", price=DEAR)

    outcome = lists(market, mine)

    assert (outcome, told(stall), len(market.listings())) == (["done"], ("TEE-NEW", "Kaos baru", DEAR), 1)
    assert lists(market, *market.makes("TEE-M")) == ["done"]
    assert sorted(product.sku for product in stall.shown.values()) == ["TEE-M", "TEE-NEW"]


def test_what_was_changed_behind_a_workbook_goes_out_with_the_next_one(market: Market, stall: Stall) -> None:
    (mine,) = market.makes("TEE-M")
    lists(market, mine)
    run_id = market.begins(mine)
    market.works()
    changes(market, mine, name="Kaos baru", price=DEAR)
    market.hands_in(run_id, market.fills(run_id, lambda found: [each | {"Weight (g)": 200} for each in found]))
    market.settles()
    behind = (market.outcomes(run_id), told(stall)[1], stall.pushes[-1].weight_g)

    lists(market, mine)

    assert behind == ({"done": 1}, "Kaos TEE-M", 200)
    assert told(stall)[1:] == ("Kaos baru", DEAR)


def test_what_the_seller_wrote_at_the_marketplace_stays_until_a_person_says_something_new_of_the_product(
    market: Market, stall: Stall
) -> None:
    (mine,) = market.makes("TEE-M")
    shows(market, "L-7", "TEE_M", name="Kaos Medium", price=DEAR)
    links(market, "L-7", mine)

    untouched = lists(market, mine)
    first = told(stall)
    changes(market, mine, name="Kaos baru")
    lists(market, mine)

    assert (untouched, first) == (["done"], ("TEE_M", "Kaos Medium", DEAR))
    assert told(stall) == ("TEE_M", "Kaos baru", DEAR)
    one, *_, two = [notice.text for notice in market.notices() if "has something of its own" in notice.text]
    assert {one.splitlines()[-1], two.splitlines()[-1]} == {
        "TEE-M: SKU TEE_M, Name, Price", "TEE-M: SKU TEE_M, Price",
    }  # fmt: skip


def test_what_the_seller_changes_at_a_listing_of_ours_stays_too(market: Market, stall: Stall) -> None:
    (mine,) = market.makes("TEE-M")
    lists(market, mine)
    shows(market, "L-1", "TEE-X", name="Kaos Sedang")

    lists(market, mine)

    assert told(stall)[:2] == ("TEE-X", "Kaos Sedang")


def test_a_new_code_that_another_listing_has_is_not_given_to_a_second_one(market: Market, stall: Stall) -> None:
    (mine,) = market.makes("TEE-M")
    lists(market, mine)
    shows(market, "L-9", "TEE-NEW")
    changes(market, mine, sku="TEE-NEW")

    assert (lists(market, mine), told(stall)[0]) == (["done"], "TEE-M")


def test_a_listing_that_became_a_pack_while_its_row_waited_is_not_sent_a_single_one(
    market: Market, stall: Stall
) -> None:
    (mine,) = market.makes("TEE-M")
    lists(market, mine)
    run_id = market.lists(mine)
    with market.database.writing() as db:
        packs.set_pack(db, market.merchant_id, market.listing_id("L-1"), 6, actor=CLI)

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.code, len(stall.pushes)) == ("failed", "listed_as_pack", 1)


@pytest.mark.parametrize("is_there", [True, False])
def test_what_was_listed_in_doubt_and_left_the_product_afterwards_is_never_overwritten(
    market: Market, stall: Stall, *, is_there: bool
) -> None:
    mine, other = market.makes("TEE-M", "MUG")
    stall.then("TEE-M", lost_before)
    stall.blindness = KeyError("ref")
    doubtful = lists(market, mine)
    stall.blindness = None
    if is_there:
        shows(market, "L-7", "TEE-M")
        links(market, "L-7", mine)
        links(market, "L-7", other)
        shows(market, "L-7", "MUG")

    lists(market, mine)

    assert doubtful == ["failed"]
    assert [product.key for product in stall.pushes] == [mine, f"{mine}-2" if is_there else mine]


def test_a_listing_that_is_ignored_is_named_with_the_whole_cure(market: Market, stall: Stall) -> None:
    (mine,) = market.makes("TEE-M")
    shows(market, "L-7", "TEE-M")
    with market.database.writing() as db:
        deciding.ignore(db, market.merchant_id, market.listing_id("L-7"), actor=CLI)

    run_id = market.lists(mine)

    (row,) = market.rows(run_id)
    assert row.errors[0].message == (
        "the account lists this SKU as L-7, which you ignore: restore and confirm that listing first"
    )
