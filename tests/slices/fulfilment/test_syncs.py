"""A warehouse of others says what lies there: the hub takes it over, but for what moves meanwhile, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hub_hookspecs import Capability, Rejected, Temporary

from hub.fulfilment.rules.syncs import SyncState
from hub.fulfilment.service import syncs as service
from hub.fulfilment.store import syncs
from hub.fulfilment.store.syncs import SyncLine, SyncRow
from hub.kernel import jobs
from hub.kernel.db import Database, now
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.merchants.rules import Feature
from hub.merchants.service import change_merchant
from hub.merchants.service import merchant as merchant_of
from hub.stock.rules.levels import Standing
from hub.stock.service.receiving import Arrival, Delivery, receive
from hub.stock.tables import placement
from tests.dying import dying_at
from tests.plugins.granary import OFFERED, Granary
from tests.slices.dropping import LOST, works_twice
from tests.slices.fulfilment.wharf import Wharf, a_wharf
from tests.slices.fulfilment.yard import LATER

LONGEST_LIFE = 400  # statements; no sync here takes as many
KUALA_LUMPUR = ZoneInfo("Asia/Kuala_Lumpur")


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary(offers=OFFERED | {Capability.SYNC_STOCK})) as wharf:
        knows(wharf, TEE=None)
        yield wharf


def knows(wharf: Wharf, **skus: int | None) -> None:
    """The granary was told of these, and so many came there."""
    wharf.goods.sells(*(sku for sku in skus if sku not in wharf.goods.named))
    with wharf.database.writing() as db:
        for sku, count in skus.items():
            product_id = wharf.goods.named[sku]
            values = {"warehouse_id": wharf.house, "product_id": product_id, "merchant_id": wharf.goods.merchant,
                      "status": "pushed", "reason": "", "sku": sku, "ref": "", "digest": "", "due": False,
                      "pushed_at": now(), "created_at": now(), "changed_at": now()}  # fmt: skip
            db.execute(sa.insert(placement).values(values))
            if count:
                arrival = Arrival(product_id, count, 0, f"inbound:{new_id()}")
                receive(db, wharf.goods.merchant, Delivery(wharf.house, [arrival]), actor=CLI)


def asks(wharf: Wharf) -> SyncRow:
    with wharf.database.writing() as db:
        return service.ask(db, wharf.goods.merchant, wharf.house, actor=CLI).sync


def approves(wharf: Wharf, sync: SyncRow) -> None:
    with wharf.database.writing() as db:
        service.approve(db, wharf.goods.merchant, wharf.house, sync.id, actor=CLI)


def syncs_of(wharf: Wharf) -> list[SyncRow]:
    with wharf.database.reading() as db:
        return syncs.page(db, wharf.house, limit=50)


def lines_of(wharf: Wharf, sync: SyncRow) -> dict[str, SyncLine]:
    with wharf.database.reading() as db:
        return {line.sku: line for line in syncs.lines(db, sync.id, limit=200)}


def syncs_now(wharf: Wharf, **shelves: tuple[int, int, int]) -> SyncRow:
    """Somebody has it synchronised when that lies there: gives it as it ended."""
    wharf.granary.shelves = dict(shelves)
    asked = asks(wharf)
    wharf.works()
    (found,) = [one for one in syncs_of(wharf) if one.id == asked.id]
    return found


def moved(wharf: Wharf) -> list[int]:
    """What syncs have moved of the shirts."""
    return [quantity for kind, quantity in wharf.goods.moved("TEE") if kind == "sync"]


def outcomes(wharf: Wharf, sync: SyncRow) -> dict[str, str]:
    return {sku: line.outcome.value for sku, line in lines_of(wharf, sync).items()}


@pytest.mark.row("F-73")
@pytest.mark.row("F-77")
def test_after_a_sync_there_is_what_the_warehouse_says_and_the_record_says_of_each_sku(wharf: Wharf) -> None:
    knows(wharf, CAP=10)
    done = syncs_now(wharf, TEE=(90, 3, 5), CAP=(10, 0, 0))

    assert (done.state, done.cause, done.reason) == (SyncState.DONE, "hand", "")
    assert wharf.stock() == Standing(98, 0, 8), "frozen for nobody that we know is not sold"
    assert moved(wharf) == [-2]
    line = lines_of(wharf, done)["TEE"]
    assert (line.good, line.frozen, line.damaged) == (90, 3, 5)
    assert (line.before, line.held_before, line.after, line.held) == (100, 0, 98, 8)
    assert outcomes(wharf, done) == {"TEE": "adopted", "CAP": "same"}
    assert {name: done.counts[name] for name in ("read", "adopted", "same", "planned")} == {
        "read": 2, "adopted": 1, "same": 1, "planned": 0,
    }  # fmt: skip


def test_the_same_again_moves_nothing(wharf: Wharf) -> None:
    syncs_now(wharf, TEE=(90, 0, 0))
    again = syncs_now(wharf, TEE=(90, 0, 0))

    assert outcomes(wharf, again) == {"TEE": "same"}
    assert moved(wharf) == [-10]
    newest, _ = syncs_of(wharf)
    assert newest.id == again.id


@pytest.mark.row("B-01")
def test_what_is_offered_is_good_less_what_is_promised_and_not_frozen_there(wharf: Wharf) -> None:
    wharf.tells("sent", 4)
    wharf.works()
    wharf.stall.has_awb = False
    wharf.tells("unsent", 10)
    wharf.works()

    done = syncs_now(wharf, TEE=(46, 4, 0))

    assert outcomes(wharf, done) == {"TEE": "adopted"}
    assert wharf.stock() == Standing(50, 14, 0)
    assert wharf.stock().free == 46 - 10


@pytest.mark.row("B-02")
@pytest.mark.parametrize("moment", ["before it is read", "after it is read"])
def test_what_leaves_while_the_warehouse_is_asked_is_booked_once_and_adopted_by_the_next_sync(
    wharf: Wharf, moment: str
) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    left: list[int] = []

    def leaves(page: int) -> None:
        if not left:
            left.append(page)
            wharf.granary.ships(wharf.outbound(order).code)
            wharf.granary.shelves["TEE"] = (90, 0, 0) if moment == "before it is read" else (90, 4, 0)

    wharf.granary.on_page = leaves
    first = syncs_now(wharf, TEE=(90, 4, 0))
    booked = wharf.stock()
    wharf.granary.on_page = lambda page: None
    second = syncs_now(wharf, TEE=(90, 0, 0))

    assert left == [0]
    assert outcomes(wharf, first) == {"TEE": "changed"}
    assert booked == Standing(96, 0, 0), "what left is booked, once"
    assert outcomes(wharf, second) == {"TEE": "adopted"}
    assert wharf.stock() == Standing(90, 0, 0)


def test_what_comes_while_the_warehouse_is_asked_is_left_to_the_next_sync(wharf: Wharf) -> None:
    wharf.granary.on_page = lambda page: wharf.receives(5)
    done = syncs_now(wharf, TEE=(90, 0, 0))

    assert (outcomes(wharf, done), wharf.stock()) == ({"TEE": "changed"}, Standing(105, 0, 0))
    assert "the next sync" in lines_of(wharf, done)["TEE"].reason


@pytest.mark.row("B-06")
def test_a_sku_that_cannot_be_adopted_keeps_no_other_back_and_says_why(wharf: Wharf) -> None:
    knows(wharf, CAP=10, MUG=10)
    done = syncs_now(wharf, TEE=(99, 0, 0), CAP=(9, 0, 0), STRANGE=(4, 0, 0), **{"X" * 900: (1, 0, 0)})

    found = outcomes(wharf, done)
    assert {sku: found[sku] for sku in ("TEE", "CAP", "MUG", "STRANGE")} == {
        "TEE": "adopted", "CAP": "adopted", "MUG": "unnamed", "STRANGE": "unknown",
    }  # fmt: skip
    assert len(found) == 5, "one with a name that no index holds is there too"
    assert wharf.goods.standing("MUG", at="G1") == Standing(10, 0, 0)
    assert (done.state, done.counts["adopted"], done.counts["unknown"]) == (SyncState.DONE, 2, 2)
    assert "place the one that has it" in lines_of(wharf, done)["STRANGE"].reason


@pytest.mark.row("B-01")
def test_where_less_lies_than_is_promised_the_youngest_order_that_nobody_packs_waits(wharf: Wharf) -> None:
    wharf.tells("packed", 4)
    wharf.works()
    wharf.stall.has_awb = False
    old, young = wharf.tells("old", 5), wharf.tells("young", 6)
    wharf.works()

    done = syncs_now(wharf, TEE=(7, 4, 0))

    assert outcomes(wharf, done) == {"TEE": "adopted"}
    assert wharf.stock() == Standing(11, 9, 0)
    assert (wharf.standing(old), wharf.standing(young)) == ({"TEE": "reserved"}, {"TEE": "short"})
    assert "short" in wharf.counter.waits("young")
    assert "short" not in wharf.counter.waits("old")
    assert not [one for one in wharf.outbounds(young) if one.current and one.push_status == "pushed"]


@pytest.mark.row("B-05")
def test_where_all_would_be_gone_a_person_decides_and_what_was_shown_is_adopted(wharf: Wharf) -> None:
    knows(wharf, CAP=10)
    waiting = syncs_now(wharf, TEE=(0, 0, 0), CAP=(0, 0, 0))
    untouched = wharf.stock()
    wharf.receives(5)

    approves(wharf, waiting)
    wharf.works()

    (done,) = syncs_of(wharf)
    assert (waiting.state, untouched) == (SyncState.WAITING, Standing(100, 0, 0))
    assert "nothing is left of all 2 SKU(s)" in waiting.reason
    assert done.state is SyncState.DONE
    assert outcomes(wharf, done) == {"TEE": "changed", "CAP": "adopted"}, "what has changed since is refused"
    assert (wharf.stock(), wharf.goods.standing("CAP", at="G1")) == (Standing(105, 0, 0), Standing(0, 0, 0))
    with pytest.raises(Refused, match="only one that waits"):
        approves(wharf, done)


@pytest.mark.row("B-05")
def test_where_most_of_it_would_change_a_person_decides_and_a_newer_sync_takes_its_place(wharf: Wharf) -> None:
    knows(wharf, **{f"SKU{n}": 10 for n in range(7)})
    most = {f"SKU{n}": (9 if n < 5 else 10, 0, 0) for n in range(7)}
    waiting = syncs_now(wharf, TEE=(100, 0, 0), **most)
    newer = syncs_now(wharf, TEE=(100, 0, 0), **most | {"SKU0": (10, 0, 0)})

    assert (waiting.state, newer.state) == (SyncState.WAITING, SyncState.DONE)
    assert "5 of 8 SKUs" in waiting.reason
    older = syncs_of(wharf)[1]
    assert (older.id, older.state) == (waiting.id, SyncState.REFUSED)
    with pytest.raises(Refused, match="refused"):
        approves(wharf, older)


@pytest.mark.row("F-75")
def test_a_sync_goes_on_after_the_page_that_it_has_and_shows_how_far_it_is(wharf: Wharf) -> None:
    knows(wharf, CAP=10, MUG=10)
    wharf.granary.shelves = {"TEE": (99, 0, 0), "CAP": (10, 0, 0), "MUG": (10, 0, 0)}
    told: list[int] = []

    def breaks(page: int) -> None:
        told.append(page)
        if told == [0, 1]:
            raise Temporary("the granary is busy")

    wharf.granary.on_page = breaks
    asks(wharf)
    wharf.works()
    (broken,) = syncs_of(wharf)
    wharf.passes(LATER)
    wharf.works()

    (done,) = syncs_of(wharf)
    assert (broken.state, broken.phase, broken.counts["read"]) == (SyncState.RUNNING, "reading", 2)
    assert broken.reason == "the granary is busy"
    assert told == [0, 1, 1], "what was kept is not read again"
    assert (done.state, done.reason, outcomes(wharf, done)["TEE"]) == (SyncState.DONE, "", "adopted")


def test_what_cannot_be_read_fails_with_its_reason_and_the_next_one_begins_anew(wharf: Wharf) -> None:
    def refuses(page: int) -> None:
        raise Rejected("this warehouse is closed", code="closed")

    wharf.granary.on_page = refuses
    failed = syncs_now(wharf, TEE=(99, 0, 0))
    wharf.granary.on_page = lambda page: None
    done = syncs_now(wharf, TEE=(99, 0, 0))

    assert (failed.state, failed.reason) == (SyncState.FAILED, "this warehouse is closed")
    assert (done.state, wharf.stock()) == (SyncState.DONE, Standing(99, 0, 0))


@pytest.mark.row("F-74")
def test_one_that_is_under_way_is_that_one(wharf: Wharf) -> None:
    first, second = asks(wharf), asks(wharf)
    wharf.granary.shelves = {"TEE": (99, 0, 0)}
    wharf.works()

    assert first.id == second.id
    assert [one.state for one in syncs_of(wharf)] == [SyncState.DONE]


def test_only_warehouses_of_others_are_synchronised_and_only_where_the_plan_has_it(wharf: Wharf) -> None:
    with pytest.raises(Refused, match="merchant's own"), wharf.database.writing() as db:
        service.ask(db, wharf.goods.merchant, wharf.goods.named["main"], actor=CLI)
    with pytest.raises(NotFound), wharf.database.writing() as db:
        service.ask(db, wharf.goods.merchant, new_id(), actor=CLI)
    with wharf.database.writing() as db:
        old = merchant_of(db, wharf.goods.merchant, for_change=True)
        change_merchant(db, old, features=(Feature("warehouse_management"),), actor=CLI)
    with pytest.raises(Refused, match="plan"):
        asks(wharf)


@pytest.mark.row("F-76")
def test_every_night_at_two_by_the_warehouses_clocks_and_missed_nights_are_made_up_for_once(wharf: Wharf) -> None:
    wharf.granary.shelves = {"TEE": (99, 0, 0)}
    with wharf.database.writing() as db:
        daily = service.turn_daily(db, wharf.goods.merchant, wharf.house, enabled=True, actor=CLI)
    assert daily.next_at is not None
    at = daily.next_at.astimezone(KUALA_LUMPUR)
    assert (daily.enabled, daily.timezone, at.hour, at.minute) == (True, "Asia/Kuala_Lumpur", 2, 0)

    wakes(wharf, daily.next_at - timedelta(minutes=1))
    early = len(syncs_of(wharf))
    wakes(wharf, daily.next_at + timedelta(days=3, hours=1))
    wakes(wharf, daily.next_at + timedelta(days=3, hours=2))

    (done,) = syncs_of(wharf)
    assert (early, done.cause, done.state, wharf.stock()) == (0, "daily", SyncState.DONE, Standing(99, 0, 0))
    with wharf.database.writing() as db:
        off = service.turn_daily(db, wharf.goods.merchant, wharf.house, enabled=False, actor=CLI)
    wakes(wharf, daily.next_at + timedelta(days=5))
    assert (off.enabled, off.next_at, len(syncs_of(wharf))) == (False, None, 1)


def wakes(wharf: Wharf, at: datetime) -> None:
    wharf.database.clock.offset = at - datetime.now(UTC)
    jobs.sweep(wharf.database)
    wharf.works()


def test_wherever_a_worker_dies_a_sync_ends_and_moves_its_goods_once(wharf: Wharf) -> None:
    wharf.stall.has_awb = False
    wharf.tells("1", 40)
    wharf.works()
    for count, statements in enumerate(range(0, LONGEST_LIFE, 9)):
        left = 99 - count
        wharf.granary.shelves = {"TEE": (left, 0, 0)}
        asked = asks(wharf)
        with dying_at(wharf.database, statements) as life:
            wharf.works()
        wharf.passes(LOST)
        jobs.sweep(wharf.database)
        wharf.works()
        done = next(one for one in syncs_of(wharf) if one.id == asked.id)
        assert (done.state, outcomes(wharf, done)) == (SyncState.DONE, {"TEE": "adopted"})
        assert wharf.stock().on_hand == left
        if not life.over:
            break
    assert not life.over


def test_one_that_dies_before_its_job_is_settled_is_done_once(wharf: Wharf) -> None:
    wharf.granary.shelves = {"TEE": (99, 0, 0)}
    with wharf.database.writing() as db:
        daily = service.turn_daily(db, wharf.goods.merchant, wharf.house, enabled=True, actor=CLI)
    assert daily.next_at is not None
    wharf.database.clock.offset = daily.next_at + timedelta(minutes=1) - datetime.now(UTC)
    jobs.sweep(wharf.database)

    kinds = works_twice(wharf.work, wharf.unfinished)

    assert "fulfilment.sync_stock" in kinds
    assert [one.state for one in syncs_of(wharf)] == [SyncState.DONE]
    assert moved(wharf) == [-1]
