"""The hub is held against what a 3PL knows: each difference is listed with its age, and nothing is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hub_hookspecs import Capability, OrderState, Rejected, Temporary

from hub.channels.service import closing
from hub.fulfilment.rules.reconciling import FindingKind, RunState
from hub.fulfilment.service import documents
from hub.fulfilment.service import reconciling as service
from hub.fulfilment.service.reconciling import Daily
from hub.fulfilment.store import reconciling as store
from hub.fulfilment.store import strangers
from hub.fulfilment.store.reconciling import Finding, Reconciliation
from hub.fulfilment.tables import finding, reconciliation, stock_sync, stock_sync_line, stranger
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.stock.rules.levels import Standing
from tests.dying import dying_at
from tests.plugins.granary import OFFERED, Granary
from tests.slices.dropping import LOST, works_twice
from tests.slices.fulfilment.test_syncs import knows, syncs_of
from tests.slices.fulfilment.wharf import Wharf, a_wharf
from tests.slices.fulfilment.yard import LATER

LONGEST_LIFE = 400  # statements; no reconciliation here takes as many
KUALA_LUMPUR = ZoneInfo("Asia/Kuala_Lumpur")


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary(offers=OFFERED | {Capability.SYNC_STOCK})) as wharf:
        knows(wharf, TEE=None)
        wharf.granary.shelves = {"TEE": (100, 0, 0)}
        yield wharf


def asks(wharf: Wharf) -> Reconciliation:
    with wharf.database.writing() as db:
        return service.ask(db, wharf.goods.merchant, wharf.accounts["granary"], actor=CLI).reconciliation


def reconciles(wharf: Wharf) -> Reconciliation:
    """Somebody has it held against the granary: gives it as it ended."""
    asked = asks(wharf)
    wharf.works()
    return last(wharf, asked)


def last(wharf: Wharf, asked: Reconciliation | None = None) -> Reconciliation:
    with wharf.database.reading() as db:
        found = store.page(db, wharf.accounts["granary"], limit=10)
    return next(one for one in found if asked is None or one.id == asked.id)


def findings(wharf: Wharf, one: Reconciliation) -> dict[tuple[str, str], Finding]:
    with wharf.database.reading() as db:
        return {(each.kind.value, each.ref): each for each in store.findings(db, one.id, limit=200)}


def hints(wharf: Wharf, *codes: str) -> set[str]:
    """The granary says that something happened to these."""
    with wharf.database.writing() as db:
        return documents.hint(db, wharf.goods.merchant, wharf.accounts["granary"], set(codes))


@pytest.mark.row("B-27")
def test_all_that_differs_is_listed_once_with_what_is_to_be_done(wharf: Wharf) -> None:
    lost, left = wharf.tells("lost", 4), wharf.tells("left", 6)
    wharf.works()
    lost_code, left_code = wharf.outbound(lost).code, wharf.outbound(left).code
    del wharf.granary.documents[lost_code]
    wharf.granary.ships(left_code)
    wharf.granary.shelves = {"TEE": (70, 9, 5), "STRANGE": (3, 1, 0)}
    hints(wharf, "OB-NOBODY")
    hints(wharf, "OB-NOBODY")

    done = reconciles(wharf)

    found = findings(wharf, done)
    assert (done.state, done.cause, done.reason) == (RunState.DONE, "hand", "")
    assert {key: (each.here, each.there) for key, each in found.items()} == {
        ("unknown_there", lost_code): (4, 0),
        ("shipped_there", left_code): (0, 6),
        ("unknown_here", "OB-NOBODY"): (None, None),
        ("frozen", "TEE"): (4, 9),
        ("frozen", "STRANGE"): (0, 1),
        ("stock", "TEE"): (94, 84),
        ("stock", "STRANGE"): (0, 4),
    }
    assert done.counts == {
        "unknown_there": 1, "unknown_here": 1, "frozen": 2, "shipped_there": 1, "stock": 2,
    }  # fmt: skip
    assert all(each.note for each in found.values())
    assert (found["unknown_there", lost_code].order_id, found["shipped_there", left_code].order_id) == (lost, left)
    assert wharf.stock() == Standing(94, 4, 0), "what left is booked; what lies there is only compared"
    assert wharf.standing(left) == {"TEE": "shipped"}


def test_what_agrees_is_no_finding_and_nobody_is_told(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    wharf.granary.shelves = {"TEE": (96, 4, 0)}

    done = reconciles(wharf)

    assert (done.state, set(done.counts.values()), findings(wharf, done)) == (RunState.DONE, {0}, {})
    assert wharf.outbound(order).state == "pending"
    assert syncs_of(wharf) == [], "a comparison is no stock sync"
    with wharf.database.reading() as db:
        tables = (stock_sync, stock_sync_line)
        kept = [db.execute(sa.select(sa.func.count()).select_from(each)).scalar() for each in tables]
    assert kept == [0, 0], "and is not kept"


@pytest.mark.row("B-27")
def test_a_difference_grows_older_as_long_as_it_is_found_again(wharf: Wharf) -> None:
    wharf.granary.shelves = {"TEE": (90, 0, 0)}
    first = findings(wharf, reconciles(wharf))["stock", "TEE"]
    wharf.passes(timedelta(days=1))
    wharf.granary.shelves = {"TEE": (80, 0, 0)}
    second = findings(wharf, reconciles(wharf))["stock", "TEE"]
    wharf.passes(timedelta(days=1))
    wharf.granary.shelves = {"TEE": (100, 0, 0)}
    none = findings(wharf, reconciles(wharf))
    wharf.passes(timedelta(days=1))
    wharf.granary.shelves = {"TEE": (90, 0, 0)}
    anew = findings(wharf, reconciles(wharf))["stock", "TEE"]

    assert (first.there, second.there, none) == (90, 80, {})
    assert second.since == first.since
    assert anew.since - first.since > timedelta(days=2)


def test_what_was_stopped_and_left_all_the_same_is_found_however_long_nobody_looked(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    wharf.tells("1", 4, state=OrderState.CANCELLED)
    wharf.works()
    wharf.passes(timedelta(days=12))
    stopped = wharf.outbounds(order)[0]
    wharf.looks(order)
    unwatched = wharf.outbounds(order)[0].next_look_at
    wharf.granary.ships(stopped.code)
    wharf.granary.shelves = {"TEE": (96, 0, 0)}

    found = findings(wharf, reconciles(wharf))

    assert (unwatched, set(found)) == (None, {("shipped_there", stopped.code)})
    assert wharf.stock() == Standing(96, 0, 0)


def test_what_moves_meanwhile_is_no_difference(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    wharf.granary.shelves = {"TEE": (90, 4, 0)}
    wharf.granary.on_page = lambda page: wharf.granary.ships(wharf.outbound(order).code)

    done = reconciles(wharf)

    assert findings(wharf, done) == {}
    assert wharf.stock() == Standing(96, 0, 0)


def test_hints_of_documents_that_are_ours_by_now_are_none(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    code = wharf.outbounds(order)[0].code if wharf.outbounds(order) else ""
    with wharf.database.writing() as db:
        strangers.note(db, wharf.accounts["granary"], {"OLD"})
    wharf.works()
    code = code or wharf.outbound(order).code
    with wharf.database.writing() as db:
        strangers.note(db, wharf.accounts["granary"], {code})
    wharf.granary.shelves = {"TEE": (96, 4, 0)}
    early = findings(wharf, reconciles(wharf))
    wharf.passes(timedelta(days=8))
    late = findings(wharf, reconciles(wharf))

    assert (set(early), set(late)) == ({("unknown_here", "OLD")}, set())


def test_a_3pl_that_tells_no_stock_is_reconciled_but_for_that(database: Database) -> None:
    with a_wharf(database, Granary()) as wharf:
        order = wharf.tells("1", 4)
        wharf.works()
        del wharf.granary.documents[wharf.outbound(order).code]

        done = reconciles(wharf)

        assert (done.state, done.counts["unknown_there"]) == (RunState.DONE, 1)
        assert done.reason == "its stock was not compared: the granary only sends"


def test_only_accounts_at_3pls_are_reconciled_and_one_at_a_time(wharf: Wharf) -> None:
    assert asks(wharf).id == asks(wharf).id
    with pytest.raises(Refused, match="no warehouse of a 3PL"), wharf.database.writing() as db:
        service.ask(db, wharf.goods.merchant, wharf.accounts["north"], actor=CLI)


def test_what_cannot_be_read_waits_or_fails_with_its_reason_and_leaves_nothing_behind(wharf: Wharf) -> None:
    def says(error: Exception) -> None:
        def raises(page: int) -> None:
            raise error

        wharf.granary.on_page = raises

    says(Temporary("the granary is busy"))
    asks(wharf)
    wharf.works()
    busy = last(wharf)
    says(Rejected("this warehouse is closed", code="closed"))
    wharf.passes(LATER)
    wharf.works()
    failed = last(wharf)
    wharf.granary.on_page = lambda page: None
    done = reconciles(wharf)

    assert (busy.state, busy.reason) == (RunState.RUNNING, "the granary is busy")
    assert (failed.id, failed.state, failed.reason) == (busy.id, RunState.FAILED, "this warehouse is closed")
    assert done.state is RunState.DONE
    with wharf.database.reading() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(stock_sync)).scalar() == 0


def keeps(wharf: Wharf) -> datetime | None:
    """The caretaker goes round once; gives when the granary is reconciled next."""
    caretaker = Daily()
    with wharf.database.writing() as db:
        while caretaker(db):
            pass
        return jobs.comes_next(db, service.RECONCILE, account_id=wharf.accounts["granary"])


@pytest.mark.row("B-27")
def test_every_night_after_three_by_the_warehouses_clocks_until_the_account_is_closed(wharf: Wharf) -> None:
    at = keeps(wharf)
    assert at is not None
    assert (at.astimezone(KUALA_LUMPUR).hour, keeps(wharf)) == (3, at)
    with wharf.database.reading() as db:
        assert jobs.comes_next(db, service.RECONCILE, account_id=wharf.accounts["north"]) is None

    wharf.database.clock.offset = at + timedelta(days=2) - datetime.now(UTC)
    jobs.sweep(wharf.database)
    wharf.works()
    jobs.sweep(wharf.database)
    wharf.works()

    with wharf.database.reading() as db:
        (done,) = store.page(db, wharf.accounts["granary"], limit=10)
    assert (done.cause, done.state) == ("daily", RunState.DONE)
    with wharf.database.writing() as db:
        service.forget(db, wharf.accounts["granary"])
        closing.close(wharf.channels, db, wharf.goods.merchant, wharf.accounts["granary"], actor=CLI)
    assert keeps(wharf) is None


def test_wherever_a_worker_dies_a_reconciliation_ends_and_finds_the_same(wharf: Wharf) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    del wharf.granary.documents[wharf.outbound(order).code]
    wharf.granary.shelves = {"TEE": (90, 4, 0), "STRANGE": (1, 0, 0)}
    hints(wharf, "OB-NOBODY")
    for statements in range(0, LONGEST_LIFE, 11):
        asked = asks(wharf)
        with dying_at(wharf.database, statements) as life:
            wharf.works()
        wharf.passes(LOST)
        jobs.sweep(wharf.database)
        wharf.works()
        done = last(wharf, asked)
        assert (done.state, sum(done.counts.values()), len(findings(wharf, done))) == (RunState.DONE, 4, 4)
        if not life.over:
            break
    assert not life.over


def test_one_that_dies_before_its_job_is_settled_is_done_once(wharf: Wharf) -> None:
    at = keeps(wharf)
    assert at is not None
    wharf.database.clock.offset = at + timedelta(minutes=1) - datetime.now(UTC)
    jobs.sweep(wharf.database)

    kinds = works_twice(wharf.work, wharf.unfinished)

    assert "fulfilment.reconcile" in kinds
    with wharf.database.reading() as db:
        assert [one.state for one in store.page(db, wharf.accounts["granary"], limit=9)] == [RunState.DONE]


def test_what_is_past_its_time_is_forgotten_with_what_it_found(wharf: Wharf) -> None:
    hints(wharf, "OB-NOBODY")
    reconciles(wharf)
    wharf.passes(timedelta(days=60))
    wharf.granary.shelves = {"TEE": (90, 0, 0)}
    young = reconciles(wharf)
    wharf.passes(timedelta(days=31))

    with wharf.database.writing() as db:
        gone = store.purge_reconciliations(db), strangers.purge_strangers(db)
        again = store.purge_reconciliations(db), strangers.purge_strangers(db)
        left = [db.execute(sa.select(each)).all() for each in (reconciliation, finding, stranger)]

    assert (gone, again) == ((1, 1), (0, 0))
    assert ([row.id for row in left[0]], [row.kind for row in left[1]], left[2]) == (
        [young.id], [FindingKind.STOCK.value], [],
    )  # fmt: skip
