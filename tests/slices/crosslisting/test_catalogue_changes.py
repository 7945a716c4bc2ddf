"""What the catalogue says when a row is judged and when it is sent: whose a code is, and what is gone."""

from __future__ import annotations

from datetime import timedelta

from hub.catalog.service import archiving
from hub.crosslisting.rules import RowState
from hub.kernel.events import CLI
from hub.linking.service import merging, relinking
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import lost_after, waiting


def links(market: Market, ref: str, product_id: str) -> None:
    """A person puts the account's listing on this product, whatever its code says."""
    with market.database.writing() as db:
        relinking.link(db, market.merchant_id, market.listing_id(ref), product_id, actor=CLI)


def test_the_listing_of_another_product_is_never_overwritten(market: Market, stall: Stall) -> None:
    other, mine = market.makes("MUG", "TEE-M")
    market.finds("L-77", "TEE-M")
    links(market, "L-77", other)

    run_id = market.lists(mine)
    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, stall.pushes, market.listings()) == (RowState.REFUSED, [], {"L-77": other})
    assert row.errors[0].message == (
        f"the account lists this SKU as L-77, which stands for another of your products ({other}): "
        "move that listing to this product first, or give one of the two another SKU"
    )


def test_a_listing_that_another_product_got_since_the_check_is_not_overwritten(market: Market, stall: Stall) -> None:
    other, mine = market.makes("MUG", "TEE-M")
    run_id = market.lists(mine)
    market.finds("L-77", "TEE-M")
    links(market, "L-77", other)

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.code, stall.pushes) == (RowState.FAILED, "listed_already", [])
    assert other in row.reason


def merges(market: Market, product_id: str, into: str) -> None:
    with market.database.writing() as db:
        merging.merge(db, market.merchant_id, product_id, into, actor=CLI)


def test_a_product_that_was_merged_away_while_it_was_queued_is_not_listed(market: Market, stall: Stall) -> None:
    mine, other = market.makes("TEE-M", "TEE-L")
    market.lists(other)
    market.settles()
    run_id = market.lists(mine)
    merges(market, mine, other)

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.code, list(stall.shown)) == (RowState.FAILED, "product_gone", ["L-1"])
    assert row.reason == f"the product is no longer in the catalogue; it was merged into {other}: list that one"


def test_a_product_that_was_archived_while_it_was_queued_is_not_listed(market: Market, stall: Stall) -> None:
    (mine,) = market.makes("TEE-M")
    run_id = market.lists(mine)
    with market.database.writing() as db:
        archiving.archive(db, market.merchant_id, mine, actor=CLI)

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.code, stall.pushes) == ("product_gone", [])
    assert row.reason.endswith("put it back, or take another")


def test_a_product_that_is_gone_when_the_channel_has_it_already_is_told_as_listed_perhaps(
    market: Market, stall: Stall
) -> None:
    taken, lost, other = market.makes("TEE-S", "TEE-M", "TEE-L")
    run_id = market.lists(taken, lost)
    stall.then("TEE-S", waiting(timedelta(minutes=1)))
    stall.then("TEE-M", lost_after)
    market.works()
    for each in (taken, lost):
        merges(market, each, other)

    market.settles()

    first, second = market.rows(run_id)
    assert (first.code, "may be listed all the same" in first.reason) == ("product_gone", True)
    assert (second.state, second.reason.partition(":")[0]) == (RowState.FAILED, "listed as L-1, but not linked")
