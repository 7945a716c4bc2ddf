"""A product whose listing was moved to another one is listed again, beside it: also where keys name listings."""

from __future__ import annotations

from hub_hookspecs import Listing, Product

from hub.crosslisting.rules import RowState
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import Seller, lost_before
from tests.slices.crosslisting.test_catalogue_changes import links


def by_key(stall: Stall, account: Seller, product: Product, resume: str) -> Listing:
    """What the hub's own point of sale does."""
    ref = product.listing_ref or product.key
    stall.shown[ref] = product
    return Listing(ref=ref)


def moved(market: Market, stall: Stall, ref: str, other: str) -> None:
    """A person moves a listing, and the seller has it say what it now stands for."""
    links(market, ref, other)
    listed(market, stall, other)


def listed(market: Market, stall: Stall, product_id: str) -> str:
    run_id = market.lists(product_id)
    market.settles()
    (row,) = market.rows(run_id)
    return f"{row.state}: {row.reason or row.listing_ref}"


def test_a_product_whose_listing_was_moved_gets_another_one(market: Market, stall: Stall) -> None:
    mine, mug, cap = market.makes("TEE-M", "MUG", "CAP")
    for sku in ("TEE-M", "MUG", "CAP"):
        stall.then(sku, *[by_key] * 9)
    outcomes = [listed(market, stall, mine)]
    moved(market, stall, mine, mug)

    outcomes += [listed(market, stall, mine) for _ in range(2)]
    moved(market, stall, f"{mine}-2", cap)
    outcomes.append(listed(market, stall, mine))

    assert outcomes == [f"done: {ref}" for ref in (mine, f"{mine}-2", f"{mine}-2", f"{mine}-3")]
    assert market.listings() == {mine: mug, f"{mine}-2": cap, f"{mine}-3": mine}


def test_a_new_listing_beside_a_moved_one_is_sent_under_one_key_however_often(market: Market, stall: Stall) -> None:
    mine, other = market.makes("TEE-M", "MUG")
    for sku in ("TEE-M", "MUG"):
        stall.then(sku, by_key)
    listed(market, stall, mine)
    moved(market, stall, mine, other)

    stall.then("TEE-M", lost_before, lost_before, by_key)
    listed(market, stall, mine)

    assert [product.key for product in stall.pushes if product.sku == "TEE-M"] == [mine, *[f"{mine}-2"] * 3]
    assert market.listings() == {mine: other, f"{mine}-2": mine}


def test_a_row_whose_listing_was_moved_while_it_waited_is_not_sent(market: Market, stall: Stall) -> None:
    mine, other = market.makes("TEE-M", "MUG")
    stall.then("TEE-M", by_key)
    listed(market, stall, mine)
    run_id = market.lists(mine)
    links(market, mine, other)
    market.finds(mine, "MUG")

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.code, len(stall.pushes)) == (RowState.FAILED, "listing_moved", 1)
