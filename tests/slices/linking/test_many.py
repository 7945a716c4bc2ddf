"""Steps of many listings: how they are taken back when jobs are cancelled, doubled and run on other clocks."""

from __future__ import annotations

import pytest

from hub.kernel.db import Database
from hub.kernel.jobs import Handlers, Job, Settled, Ticket
from hub.linking import jobs as linking_jobs
from hub.linking.service.selecting import UNDO_STEP
from tests.slices.linking.steps import Catalogue

TEN = [f"S{number}" for number in range(10)]


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
    assert (catalogue.job(again).state, catalogue.job(again).outcome) == ("done", {"changed": 10})
    assert catalogue.states() == ["pending"] * 10
    assert len(catalogue.told("listings.undone")) == 1
