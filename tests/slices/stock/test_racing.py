"""Sales at Shopify between any two steps of a push: none is written over, and the shop ends with what is offered."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from hub.channels.service.hearing import retell
from hub.kernel.db import Database
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from tests.slices.stock.storefront import READ, SHOP, WRITE, Storefront, a_storefront

STEPS = 12


def races(shop: Storefront, seed: int) -> None:
    """Goods come, people buy, time passes and orders are read, in an order that the seed sets."""
    dice = random.Random(seed)
    for _ in range(STEPS):
        sku, units = dice.choice(list(shop.refs)), dice.randint(1, 3)
        match dice.randrange(6):
            case 0 | 1:
                shop.receives(sku, units)
            case 2:
                shop.sells(sku, units)
            case 3:
                shop.sandbox.before(READ, partial(shop.sells, sku, units))
            case 4:
                shop.sandbox.before(WRITE, partial(shop.sells, sku, units))
            case _:
                shop.imports_orders()
        shop.works()
        shop.fair.passes(timedelta(seconds=dice.choice([1, 8, 25])))


def ends(shop: Storefront) -> None:
    """Every order is heard of, and everything is told."""
    shop.sandbox.before(READ, lambda: None)
    shop.sandbox.before(WRITE, lambda: None)
    shop.fair.passes(timedelta(minutes=1))
    shop.imports_orders()
    shop.comes_to_rest()


@pytest.mark.parametrize("seed", range(2))
def test_no_sale_is_written_over_and_the_shop_ends_with_what_is_offered(database: Database, seed: int) -> None:
    with a_storefront(database, seed=40_000 + seed) as shop:
        shop.opens(TEE=20, CAP=12)

        races(shop, seed)
        ends(shop)

        assert shop.too_high == []
        assert shop.shown() == shop.left()
        assert shop.free() == shop.left()
        assert shop.answers()["stale"] > 0


def test_nothing_is_written_once_all_is_told(database: Database) -> None:
    with a_storefront(database, seed=40_010) as shop:
        shop.opens(TEE=20)
        shop.receives("TEE", 2)
        shop.sandbox.before(WRITE, lambda: shop.sells("TEE"))
        shop.works()
        ends(shop)
        written = shop.sandbox.counts[WRITE]

        with database.writing() as db:
            retell(db, shop.fair.goods.merchant, shop.fair.accounts[SHOP])
        shop.comes_to_rest()
        shop.imports_orders()
        shop.comes_to_rest()

        assert (written > 1, shop.sandbox.counts[WRITE], shop.shown()) == (True, written, {"TEE": 21})


def test_a_hub_that_believes_a_reading_at_once_is_seen_to_write_over_a_sale(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believed(told: Told, actual: int, *, at: object) -> Told:
        return replace(told, expected=actual, asked_at=None)

    monkeypatch.setattr(telling, "stale", believed)
    with a_storefront(database, seed=40_020) as shop:
        shop.opens(TEE=20)
        shop.sells("TEE")
        shop.receives("TEE", 2)
        shop.works()
        shop.fair.passes(timedelta(seconds=3))
        shop.works()

        assert shop.too_high == ["TEE: 22"]
