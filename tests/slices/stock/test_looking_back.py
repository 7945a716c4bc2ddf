"""What a timeline says of the past that was changed since, and of what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from hub.kernel.db import Database
from hub.kernel.ids import new_id
from hub.stock.service import looking_back, timeline
from hub.stock.store import past
from hub.stock.tables import movement, reservation
from tests.plugins.kiosk import Kiosk
from tests.slices.channels.conftest import Client, an_api
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.test_reserving import releases, reserves, ships
from tests.slices.stock.test_timeline import MINUTE, address, fill, plans, resizes, story


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        fair.offers("north", TEE=10)
        yield fair


@pytest.fixture
def client(fair: Fair) -> Iterator[Client]:
    with an_api(fair.channels) as client:
        yield client


def test_what_was_promised_at_first_is_told_whatever_the_order_was_edited_to(client: Client, fair: Fair) -> None:
    reserves(fair.goods, "order-1", TEE=2)
    for count in (4, 1, 3):
        resizes(fair, "order-1", "TEE", count)

    told = [one for one in story(client, fair) if one["order_id"] == "order-1"]

    assert [(one["kind"], one["quantity"]) for one in told] == [
        ("resized", 3), ("resized", 1), ("resized", 4), ("reserved", 2),
    ]  # fmt: skip
    assert told[-1]["text"].startswith("2 reserved in")


def test_what_another_merchant_or_another_product_has_is_not_found(client: Client, fair: Fair) -> None:
    fair.lists("north", CAP=1)
    fair.confirms("north", "CAP")
    fair.joins("south")
    wrong = [{"listing_id": fair.listing("north", "CAP")}, {"listing_id": "nobody's"}, {"account_id": "nobody's"}]

    answers = [client.get(address(fair), params=each) for each in wrong]

    assert [each.status_code for each in answers] == [404, 404, 404], [each.text for each in answers]
    assert "never showed" not in answers[2].text
    assert "ever showed this product" in answers[0].text
    assert story(client, fair, account_id=fair.accounts["south"]) == []


@pytest.mark.parametrize("seed", range(3))
def test_both_ways_to_an_instant_come_to_the_same(fair: Fair, seed: int) -> None:
    """From the first movement on, and back from what lies there now: at each instant, and between any two."""
    goods, choose = fair.goods, Random(seed)
    goods.builds("annex")
    instants = [fair.database.clock.now()]
    for n in range(30):
        fair.passes(timedelta(seconds=choose.randint(0, 1)))
        lives(fair, choose, f"order-{n}")
        instants.append(fair.database.clock.now())
    with fair.database.reading() as db:
        mine = movement.c.product_id == goods.named["TEE"]
        instants += list(db.execute(sa.select(movement.c.recorded_at).where(mine)).scalars())
        closed = sa.select(reservation.c.closed_at).where(reservation.c.closed_at.is_not(None))
        instants += list(db.execute(closed).scalars())
        of = [goods.named["TEE"]]
        told = [
            [
                (past.on_hand(db, of, at=at, back=back), past.reserved(db, of, at=at, back=back))
                for back in (False, True)
            ]
            for at in instants
        ]

    assert [forth for forth, _ in told] == [back for _, back in told]
    assert {len(lay) for (lay, _), _ in told} == {1, 2}  # there was nothing in the annex at first
    assert len({str(each) for each in told}) > 10


def lives(fair: Fair, choose: Random, order: str) -> None:
    """Something happens to the shirts."""
    goods, at = fair.goods, choose.choice(["main", "annex"])
    with fair.database.reading() as db:
        open_ = sorted(
            set(db.execute(sa.select(reservation.c.order_id).where(reservation.c.state == "open")).scalars())
        )
    old = choose.choice(open_) if open_ else ""
    match choose.randint(0, 5):
        case 0:
            goods.adjusts("TEE", choose.randint(1, 5), at=at)
        case 1:
            standing = goods.standing("TEE", at=at)
            if standing and standing.free:
                goods.adjusts("TEE", -1, at=at)
        case 2 if old:
            releases(goods, old, "TEE")
        case 3 if old:
            ships(goods, old, "TEE")
        case 4 if old:
            resizes(fair, old, "TEE", choose.randint(1, 2))
        case _:
            reserves(goods, order, TEE=1)


@pytest.mark.parametrize(("ago", "index"), [(timedelta(seconds=20), "back"), (timedelta(days=2), "forth")])
def test_a_product_that_moved_very_often_is_looked_back_at_along_its_indexes(
    fair: Fair, ago: timedelta, index: str
) -> None:
    fair.passes(timedelta(days=3))
    fill(fair, 12_000, sku="TEE")
    promises(fair, 12_000)
    with fair.database.reading() as db:
        one = timeline.product(db, fair.goods.merchant, sku="TEE")

    with plans(fair.database) as told, fair.database.reading() as db:
        looking_back.look_back(db, one, fair.database.clock.now() - ago)

    moved, promised = ([plan for plan in told if f"ix_{name}_" in plan] for name in ("movement", "reservation"))
    assert not [plan for plan in told if "Seq Scan on movement" in plan or "Seq Scan on reservation" in plan], told
    assert not [plan for plan in told if "SCAN movement" in plan or "SCAN reservation" in plan], told
    assert any("ix_movement_timeline" in plan for plan in moved), told
    if fair.database.embedded:
        assert any("COVERING INDEX ix_movement_timeline" in plan for plan in moved), moved
    wanted = {"back": ("open", "released", "shipped"), "forth": ("made",)}[index]
    assert any(all(f"ix_reservation_{name}" in plan for name in wanted) for plan in promised), promised


def promises(fair: Fair, count: int) -> None:
    """Units that were promised and have left, a second each."""
    at, goods = fair.database.clock.now(), fair.goods
    row = {"merchant_id": goods.merchant, "warehouse_id": goods.named["main"], "product_id": goods.named["TEE"]}
    row |= {"state": "shipped"}
    with fair.database.writing() as db:
        ids = [(new_id(), at - timedelta(seconds=n + 1)) for n in range(count)]
        db.execute(
            sa.insert(reservation),
            [
                row | {"quantity": 1, "id": i, "cause": i, "order_id": i, "created_at": t, "closed_at": t + MINUTE / 60}
                for i, t in ids
            ],
        )
    if not fair.database.embedded:
        with fair.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE reservation")
