"""What a change makes due, and what it leaves as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import StockTarget, Temporary

from hub.channels.rules import State
from hub.channels.store import accounts
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.stock.jobs import wake_forgotten
from hub.stock.service.touching import PUSH_STOCK
from hub.stock.store import due
from hub.stock.tables import due_push
from tests.plugins.kiosk import Kiosk
from tests.slices.stock.fair import Fair, a_fair


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        fair.offers("north", TEE=8)
        yield fair


def not_before(fair: Fair) -> datetime:
    with fair.database.reading() as db:
        found: datetime = db.execute(sa.select(due_push.c.not_before)).scalar_one()
    return found


def test_what_waits_for_an_answer_goes_on_waiting_when_it_is_changed(fair: Fair) -> None:
    def gives_no_answer(target: StockTarget) -> None:
        raise Temporary("no answer", code="no_answer")

    fair.kiosks["north"].before_answer = gives_no_answer
    fair.goods.adjusts("TEE", 1)
    fair.works()
    before = not_before(fair)
    fair.passes(timedelta(seconds=10))

    fair.goods.adjusts("TEE", 1)

    assert not_before(fair) == before


def test_a_bundle_of_bundles_is_due_with_what_lies_at_its_bottom(fair: Fair) -> None:
    fair.goods.sells("SET", TEE=2)
    fair.goods.sells("BOX", SET=1)
    fair.goods.sells("CRATE", BOX=2)
    fair.offers("south", CRATE=50)

    fair.goods.adjusts("TEE", 4)
    waiting = fair.due()
    fair.works()

    assert waiting == [("north", "TEE"), ("south", "CRATE")]
    assert fair.kiosks["south"].told[-1] == ("CRATE", 3)


def test_nothing_is_due_at_an_account_that_is_closed_whatever_it_could_hear(fair: Fair) -> None:
    """Whoever closes it while a plugin learns to tell stock leaves both words."""
    with fair.database.writing() as db:
        accounts.change(db, fair.accounts["north"], state=State.CLOSED, tells_stock=True)

    fair.goods.adjusts("TEE", 1)

    assert fair.due() == []


def test_what_is_due_and_has_no_job_any_more_is_told_by_a_new_one(fair: Fair) -> None:
    fair.goods.adjusts("TEE", 1)
    (left,) = [job for job in fair.jobs() if job.kind == PUSH_STOCK.name and job.state == "ready"]
    with fair.database.writing() as db:
        jobs.cancel(db, left.id)
    fair.passes(timedelta(minutes=9))
    fair.works()
    too_early = wakes(fair)
    fair.passes(timedelta(minutes=2))

    now = wakes(fair)

    assert (too_early, now, fair.due()) == (8, 9, [])


@pytest.mark.parametrize("lost", ["north", "south"])
def test_accounts_whose_job_waits_stand_before_no_other_however_many_they_are(fair: Fair, lost: str) -> None:
    fair.offers("south", TEE=8)
    fair.works()
    fair.goods.adjusts("TEE", 1)
    left = {one.account_id: one.id for one in fair.jobs() if one.kind == PUSH_STOCK.name and one.state == "ready"}
    with fair.database.writing() as db:
        jobs.cancel(db, left[fair.accounts[lost]])
    fair.passes(timedelta(minutes=11))

    with fair.database.reading() as db:
        found = due.overdue(db, before=fair.database.clock.now(), limit=50)

    assert len(left) == 2
    assert [one.account_id for one in found] == [fair.accounts[lost]]


def wakes(fair: Fair) -> int:
    """Look for what was forgotten, do what is to be done, and see what the kiosk shows."""
    with fair.database.writing() as db:
        wake_forgotten(db)
    fair.works()
    return fair.kiosks["north"].shown["TEE", ""]
