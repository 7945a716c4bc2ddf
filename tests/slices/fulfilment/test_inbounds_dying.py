"""Whoever dies wherever, or reads the same at once: an inbound is told once, and what came is booked once."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from hub_hookspecs import UnknownOutcome

from hub.fulfilment.jobs.announcing import Announcer
from hub.fulfilment.rules.documents import PushStatus
from hub.fulfilment.service.announcing import PUSH_INBOUND
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import Runner
from hub.stock.rules.levels import Standing
from tests.dying import Life, dying_at
from tests.slices.dropping import LOST, works_twice
from tests.slices.fulfilment.quay import Quay, a_quay

LONGEST_LIFE = 60  # statements; none of these takes as many


@pytest.fixture
def quay(database: Database) -> Iterator[Quay]:
    with a_quay(database) as quay:
        yield quay


def heals(quay: Quay) -> None:
    """Another process takes up what the dead one held."""
    quay.passes(LOST)
    jobs.sweep(quay.database)
    quay.works()
    quay.later()


def test_an_inbound_is_there_once_wherever_the_worker_dies(quay: Quay) -> None:
    for statements in range(LONGEST_LIFE):
        made = quay.announces()
        with dying_at(quay.database, statements) as life:
            Runner(quay.work).run_lane(PUSH_INBOUND.lane)
        heals(quay)
        assert quay.inbound(made).push_status is PushStatus.PUSHED
        assert [told.key for told in quay.cellar.heard].count(made.code) == 1
        if not life.over:
            break

    assert not life.over
    assert quay.unfinished() == []


def test_what_came_is_booked_whole_or_not_at_all(quay: Quay) -> None:
    one, came = quay.known(quay.line("TEE", 1_000)), 0
    quay.goods.adjusts("TEE", 1_000)
    for statements in range(LONGEST_LIFE):
        came += 3
        quay.cellar.receives(one.code, TEE=came, damaged=statements + 1)
        with dying_at(quay.database, statements) as life:
            quay.hears(one)
        line, level = quay.lines(one)["TEE"], quay.stock() or Standing(0, 0, 0)
        assert level == Standing(line.good + line.damaged, 0, line.damaged)
        if not life.over:
            break
    quay.hears(one)

    assert not life.over
    assert quay.stock() == Standing(came + statements + 1, 0, statements + 1)


def test_two_that_read_the_same_at_once_book_it_once(quay: Quay) -> None:
    one = quay.known()
    quay.cellar.receives(one.code, TEE=6, damaged=1)
    both, went_wrong = Barrier(4), list[BaseException]()

    def hears() -> None:
        both.wait()
        try:
            quay.hears(one)
        except BaseException as error:  # noqa: BLE001 - told by the thread that started these
            went_wrong.append(error)

    threads = [Thread(target=hears) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert went_wrong == []
    assert quay.stock() == Standing(7, 0, 1)
    assert quay.goods.moved("TEE") == [("receipt", 7)]


@pytest.mark.parametrize("when", ["before_in", "after_in"])
def test_a_worker_that_dies_in_the_call_leaves_what_is_read_back(quay: Quay, when: str) -> None:
    lives: list[Life] = []

    def die() -> None:
        if lives:
            lives.pop().end()
            raise UnknownOutcome("nobody hears this")

    setattr(quay.cellar, when, die)
    made = quay.announces()
    with dying_at(quay.database, 10_000) as life:
        lives.append(life)
        Runner(quay.work).run_lane(PUSH_INBOUND.lane)
    assert quay.inbound(made).push_status is PushStatus.PUSHING
    heals(quay)

    assert life.over
    assert quay.inbound(made).push_status is PushStatus.PUSHED
    assert len(quay.cellar.heard) == (2 if when == "before_in" else 1)
    assert len(quay.cellar.documents) == 1


def test_the_job_of_an_inbound_that_is_not_settled_is_done_once_more_and_nothing_twice(quay: Quay) -> None:
    made = quay.announces()

    kinds = works_twice(quay.work, quay.unfinished)

    assert kinds >= {"fulfilment.push_inbound"}
    assert quay.inbound(made).push_status is PushStatus.PUSHED
    assert len(quay.cellar.heard) == 1


def test_an_inbound_whose_job_was_cancelled_has_another_one(quay: Quay) -> None:
    made = quay.announces()
    (job,) = [each for each in quay.jobs() if each.kind == PUSH_INBOUND.name]
    with quay.database.writing() as db:
        jobs.cancel(db, job.id)
    quay.works()
    left = quay.inbound(made).push_status
    announcer = Announcer()
    with quay.database.writing() as db:
        looked = [announcer(db), announcer(db)]
    quay.works()

    assert (left, looked) == (PushStatus.NOT_PUSHED, [1, 0])
    assert quay.inbound(made).push_status is PushStatus.PUSHED
