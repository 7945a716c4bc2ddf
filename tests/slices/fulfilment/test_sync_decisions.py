"""What of a stock sync a person decides: what does not fit is adopted as near as can be, or nothing more is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import Capability, Rejected

from hub.catalog.store import products
from hub.fulfilment.rules.syncs import Outcome, SyncState
from hub.fulfilment.service import syncs as service
from hub.fulfilment.store import syncs
from hub.kernel.db import Database
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import CLI, event
from hub.kernel.ids import new_id
from hub.stock.rules.levels import Standing
from hub.stock.service.looking_back import look_back
from tests.plugins.granary import OFFERED, Granary
from tests.slices.fulfilment.test_syncs import approves, knows, lines_of, outcomes, syncs_now, syncs_of
from tests.slices.fulfilment.wharf import Wharf, a_wharf


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary(offers=OFFERED | {Capability.SYNC_STOCK})) as wharf:
        knows(wharf, TEE=None)
        yield wharf


def test_what_the_warehouse_packs_and_does_not_have_is_for_a_person(wharf: Wharf) -> None:
    wharf.tells("1", 4)
    wharf.works()
    done = syncs_now(wharf, TEE=(1, 0, 0))

    line = lines_of(wharf, done)["TEE"]
    assert (done.state, line.outcome, wharf.stock()) == (SyncState.WAITING, Outcome.SHORT, Standing(100, 4, 0))
    assert line.reason.startswith("3 unit(s)")
    assert done.reason.startswith("1 SKU(s) do not fit")


def times_told(wharf: Wharf) -> int:
    """How often people were told of a sync that waits for them."""
    announced = (event.c.kind == "warehouse.sync_waits", event.c.dispatched_at.is_(None))
    with wharf.database.reading() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(event).where(*announced)).scalar_one())


def test_people_are_told_once_of_what_does_not_fit_until_it_changes(wharf: Wharf) -> None:
    knows(wharf, CAP=10)
    wharf.tells("1", 4)
    wharf.works()

    told = []
    for good in (1, 1, 2, 2):
        syncs_now(wharf, TEE=(good, 0, 0), CAP=(10, 0, 0))
        told.append(times_told(wharf))
    failed = wharf.granary.on_page
    wharf.granary.on_page = lambda _: (_ for _ in ()).throw(Rejected("no such page"))
    syncs_now(wharf, TEE=(2, 0, 0))
    wharf.granary.on_page = failed
    again = syncs_now(wharf, TEE=(2, 0, 0), CAP=(10, 0, 0))
    told.append(times_told(wharf))

    assert told == [1, 1, 2, 2, 2]
    assert (again.state, outcomes(wharf, again)) == (SyncState.WAITING, {"TEE": "short", "CAP": "same"})


@pytest.mark.row("B-05")
def test_what_does_not_fit_waits_alone_and_is_adopted_as_near_as_can_be_once_a_person_says_so(wharf: Wharf) -> None:
    knows(wharf, CAP=10)
    packed = wharf.tells("packed", 4)
    wharf.works()
    wharf.stall.has_awb = False
    young = wharf.tells("young", 5)
    wharf.works()
    waiting = syncs_now(wharf, TEE=(1, 0, 2), CAP=(9, 0, 0))
    untouched = wharf.stock()

    approves(wharf, waiting)
    wharf.works()

    (done,) = syncs_of(wharf)
    line = lines_of(wharf, done)["TEE"]
    assert (waiting.state, untouched, outcomes(wharf, waiting)["CAP"]) == (
        SyncState.WAITING, Standing(100, 9, 0), "adopted",
    )  # fmt: skip
    assert (done.state, done.counts["short"], line.outcome) == (SyncState.DONE, 0, Outcome.ADOPTED)
    assert (wharf.stock(), line.after, line.held) == (Standing(4, 4, 0), 4, 0), "nothing of it is offered"
    assert "3 sellable unit(s) fewer" in line.reason
    assert (wharf.standing(packed), wharf.standing(young)) == ({"TEE": "reserved"}, {"TEE": "short"})


def test_what_does_not_fit_and_has_changed_before_a_person_says_so_is_left_to_the_next_sync(wharf: Wharf) -> None:
    wharf.tells("1", 4)
    wharf.works()
    waiting = syncs_now(wharf, TEE=(1, 0, 0))
    wharf.receives(5)

    approves(wharf, waiting)
    wharf.works()

    (done,) = syncs_of(wharf)
    assert (done.state, outcomes(wharf, done), wharf.stock()) == (
        SyncState.DONE, {"TEE": "changed"}, Standing(105, 4, 0),
    )  # fmt: skip


def test_what_came_and_left_again_before_a_person_says_so_is_left_to_the_next_sync(wharf: Wharf) -> None:
    waiting = syncs_now(wharf, TEE=(0, 0, 0))
    wharf.receives(5)
    order = wharf.tells("1", 5)
    wharf.works()
    wharf.granary.ships(wharf.outbound(order).code)
    wharf.looks(order)
    standing = wharf.stock()

    approves(wharf, waiting)
    wharf.works()

    (done,) = syncs_of(wharf)
    assert (waiting.state, wharf.standing(order), standing) == (
        SyncState.WAITING, {"TEE": "shipped"}, Standing(100, 0, 0),
    )  # fmt: skip
    assert (done.state, outcomes(wharf, done), wharf.stock()) == (SyncState.DONE, {"TEE": "changed"}, standing)


@pytest.mark.row("B-05")
def test_what_a_person_declines_is_not_adopted_and_the_next_sync_is_free_to_come(wharf: Wharf) -> None:
    waiting = syncs_now(wharf, TEE=(0, 0, 0))
    with wharf.database.writing() as db:
        declined = service.decline(
            db, wharf.goods.merchant, wharf.house, waiting.id, why="they have moved", actor=CLI
        )  # fmt: skip
    wharf.works()

    assert (declined.state, declined.reason) == (SyncState.REFUSED, "declined: they have moved")
    assert wharf.stock() == Standing(100, 0, 0)
    with pytest.raises(Refused, match="only one that waits"):
        approves(wharf, waiting)
    with pytest.raises(Refused, match="declined"), wharf.database.writing() as db:
        service.decline(db, wharf.goods.merchant, wharf.house, waiting.id, why="again", actor=CLI)
    with pytest.raises(NotFound), wharf.database.writing() as db:
        service.decline(db, wharf.goods.merchant, wharf.house, new_id(), why="none", actor=CLI)
    assert syncs_now(wharf, TEE=(99, 0, 0)).state is SyncState.DONE


def test_syncs_are_forgotten_in_time_but_for_what_waits_and_what_the_stock_stands_by(wharf: Wharf) -> None:
    for left in (99, 98):
        syncs_now(wharf, TEE=(left, 0, 0))
    newest = syncs_of(wharf)[0]
    waiting = syncs_now(wharf, TEE=(0, 0, 0))
    kept = purges(wharf), [one.id for one in syncs_of(wharf)]
    wharf.passes(timedelta(days=91))

    gone = purges(wharf)

    assert kept[0] == 0
    assert gone == 1
    assert [one.id for one in syncs_of(wharf)] == [waiting.id, newest.id]
    assert lines_of(wharf, newest)
    assert purges(wharf) == 0


def purges(wharf: Wharf) -> int:
    """The caretaker goes round; gives how many syncs are gone."""
    found = 0
    with wharf.database.writing() as db:
        while syncs.purge_syncs(db):
            found += 1
    return found


def test_who_looks_back_is_told_that_what_was_held_there_is_not_kept(wharf: Wharf) -> None:
    syncs_now(wharf, TEE=(90, 3, 5))
    with wharf.database.writing() as db:
        one = products.find(db, wharf.goods.merchant, wharf.goods.named["TEE"])
        assert one is not None
        past = look_back(db, one, wharf.database.clock.now())

    (note,) = past.notes
    assert past.lay[wharf.house, one.id] == 98
    assert note.startswith("how much was held in Granary G1 (damaged, or frozen there for others) is not kept")
