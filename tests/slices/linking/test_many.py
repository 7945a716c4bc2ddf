"""Steps of many listings: how they are taken back when jobs are cancelled, doubled and run on other clocks."""

from __future__ import annotations

import time
from types import ModuleType

import pytest
import uuid_utils

from hub.catalog.service import products
from hub.catalog.store.products import ProductData
from hub.kernel import ids, jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import Handlers, Job, Settled, Ticket
from hub.linking import jobs as linking_jobs
from hub.linking import store
from hub.linking.service import back, deciding
from hub.linking.service.selecting import UNDO_STEP
from tests.slices.linking.steps import Catalogue

TEN = [f"S{number}" for number in range(10)]


class Clock:
    """The ids of a machine whose clock is some seconds off."""

    UUID = uuid_utils.UUID

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def uuid7(self) -> uuid_utils.UUID:
        return uuid_utils.uuid7(nanoseconds=time.time_ns() + self.seconds * 10**9)


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    return Catalogue(database)


def begun_by(catalogue: Catalogue, before: list[Ticket], step: str) -> Handlers:
    """Handlers of a worker that has claimed the undoing when another person asks for it too."""

    def undo_step(job: Job) -> Settled:
        if not before:
            asked = catalogue.asks_undo(step)
            assert isinstance(asked, Ticket)
            before.append(asked)
        return linking_jobs.undo_step(job, catalogue.database)

    return {**linking_jobs.handlers(catalogue.database), UNDO_STEP: undo_step}


def test_of_two_people_who_undo_a_step_of_many_at_once_the_second_changes_nothing(catalogue: Catalogue) -> None:
    catalogue.lists("one", *TEN)
    step = catalogue.confirms_all().outcome["event_id"]
    second: list[Ticket] = []

    ticket = catalogue.asks_undo(step)
    assert isinstance(ticket, Ticket)
    first = catalogue.works(ticket, begun_by(catalogue, second, step))

    (again,) = second
    assert (first.state, first.outcome["undone"]) == ("done", 10)
    assert again.job_id != ticket.job_id
    assert (catalogue.job(again).state, catalogue.job(again).outcome) == ("done", {"changed_since": 10})
    assert catalogue.states() == ["pending"] * 10
    assert len(catalogue.told("listings.undone")) == 1


def cancelling(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, place: ModuleType, name: str) -> None:
    """Somebody cancels the job that does this in its first batch, of three."""
    monkeypatch.setattr(linking_jobs, "BATCH", 3)
    does = getattr(place, name)

    def cancels(db: Transaction, *given: object, **named: object) -> object:
        monkeypatch.setattr(place, name, does)
        (running,) = jobs.listing(db, catalogue.merchant, states=["running"])
        jobs.cancel(db, running.id)
        return does(db, *given, **named)

    monkeypatch.setattr(place, name, cancels)


def test_an_undoing_that_was_cancelled_is_gone_on_with_by_undo(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.lists("one", *TEN)
    before = catalogue.state()
    step = catalogue.confirms_all().outcome["event_id"]
    after = catalogue.state()
    cancelling(monkeypatch, catalogue, back, "undo_listings")
    cancelled = catalogue.undoes_all(step)
    assert (cancelled.state, cancelled.progress["undone"]) == ("cancelled", 3)

    first = catalogue.told("listings.undone")[0]
    second = catalogue.undoes_all(step)

    assert (second.state, second.outcome["undone"], second.outcome["changed_since"]) == ("done", 7, 3)
    assert catalogue.state() == before
    for undoing in (second.outcome["event_id"], first.id):
        catalogue.undoes_all(undoing)
    assert catalogue.state() == after
    assert catalogue.undoes_all(step).outcome["undone"] == 10


def test_a_confirmation_that_was_cancelled_undone_and_tried_again_is_undone_as_a_whole(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.lists("one", *TEN)
    before = catalogue.state()
    cancelling(monkeypatch, catalogue, deciding, "confirm")
    ticket = catalogue.asks_all()
    catalogue.works(ticket)
    (step,) = [event.id for event in catalogue.told("listings.confirmed")]
    assert catalogue.undoes_all(step).outcome["undone"] == 3
    again = catalogue.works(catalogue.retries(ticket))
    assert again.state == "done"

    undone = catalogue.undoes_all(step)

    assert undone.state == "done"
    assert catalogue.state() == before


def test_a_step_of_many_that_is_undone_is_not_undone_again(catalogue: Catalogue) -> None:
    catalogue.lists("one", *TEN)
    step = catalogue.confirms_all().outcome["event_id"]
    undone = catalogue.undoes_all(step).outcome["event_id"]

    with pytest.raises(Refused, match=undone) as refused:
        catalogue.asks_undo(step)

    assert refused.value.code == "undone_already"
    again = catalogue.undoes_all(undone).outcome["event_id"]
    assert [event.id for event in catalogue.told("listings.redone")] == [again]
    with pytest.raises(Refused, match="no listing stands by it"):
        catalogue.asks_undo(undone)


def test_a_large_step_that_is_undone_is_looked_through_by_a_job_and_not_by_who_asks(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOOKED_AT", 3)
    catalogue.lists("one", *TEN)
    step = catalogue.confirms_all().outcome["event_id"]
    catalogue.undoes_all(step)

    ticket = catalogue.asks_undo(step)
    assert isinstance(ticket, Ticket)
    again = catalogue.works(ticket)

    assert (again.state, again.outcome) == ("done", {"changed_since": 10})
    assert len(catalogue.told("listings.undone")) == 1


def test_a_step_of_many_tells_why_some_of_it_stays(catalogue: Catalogue) -> None:
    catalogue.lists("one", "A", "B", "C")
    step = catalogue.confirms_all().outcome["event_id"]
    undone = catalogue.undoes_all(step).outcome["event_id"]
    catalogue.does(made_by_hand, "A")
    catalogue.confirms("one/2")

    again = catalogue.undoes_all(undone)

    told = {name: count for name, count in again.outcome.items() if name != "event_id"}
    assert told == {"undone": 1, "sku_taken": 1, "changed_since": 1}


def made_by_hand(db: Transaction, merchant: str, sku: str, *, actor: Actor) -> None:
    products.create(db, merchant, ProductData(sku=sku, name="Ours"), actor=actor)


def test_a_step_that_changed_nothing_leaves_nothing_to_undo(catalogue: Catalogue) -> None:
    catalogue.lists("one", "")

    job = catalogue.confirms_all()

    assert (job.state, job.outcome) == ("done", {"refused": 1})
    assert catalogue.told("listings.confirmed") == []


@pytest.mark.parametrize("ahead", [600, 3, -600])
def test_a_step_that_a_worker_with_another_clock_took_is_undone_as_a_whole(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    catalogue.lists("one", *TEN)
    before = catalogue.state()
    ticket = catalogue.asks_all()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(ids, "uuid_utils", Clock(ahead))
        step = catalogue.works(ticket).outcome["event_id"]

    undone = catalogue.undoes_all(step)

    assert undone.outcome["undone"] == 10
    assert catalogue.state() == before


def test_a_request_that_is_folded_into_one_that_waits_means_what_there_is_when_that_begins(
    catalogue: Catalogue,
) -> None:
    catalogue.lists("one", "S1")
    first = catalogue.asks_all()
    catalogue.lists("one", "S1", "S2")

    second = catalogue.asks_all()
    job = catalogue.works(second)

    assert first.job_id == second.job_id
    assert (job.outcome["linked"], catalogue.states()) == (2, ["linked", "linked"])


def test_what_is_imported_while_all_is_confirmed_waits_for_the_next_time(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.lists("one", *TEN)
    cancelling(monkeypatch, catalogue, deciding, "confirm")
    ticket = catalogue.asks_all()
    assert catalogue.works(ticket).progress["linked"] == 3
    catalogue.lists("two", "LATE")

    job = catalogue.works(catalogue.retries(ticket))  # where it stood

    assert (job.state, job.outcome["linked"]) == ("done", 10)
    assert catalogue.row("two/1").state == "pending"


def test_what_a_worker_with_another_clock_imported_is_confirmed_with_all(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.lists("one", *TEN[:5])
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(ids, "uuid_utils", Clock(600))
        catalogue.lists("one", *TEN)

    assert catalogue.confirms_all().outcome["linked"] == 10
