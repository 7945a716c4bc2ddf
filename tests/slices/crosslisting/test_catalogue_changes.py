"""What the catalogue says when a row is judged and when it is sent: whose a code is, and what is gone."""

from __future__ import annotations

from hub.crosslisting.rules import RowState
from hub.kernel.events import CLI
from hub.linking.service import relinking
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market


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
