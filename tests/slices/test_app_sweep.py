"""A process that runs jobs beside its API is ready only while its sweep lives."""

from __future__ import annotations

import sys

import pytest

from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.jobs.records import Caretaker
from hub.settings import Settings
from hub.worker import run_embedded
from tests.callers import an_app, calling
from tests.servers import Pause

PATIENCE = 10.0  # seconds; a sweep takes a twentieth


def _die(db: Transaction) -> int:
    sys.exit("no exception that a thread lives through")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread is meant to die
@pytest.mark.parametrize(
    ("caretakers", "status", "told"),
    [
        pytest.param({}, 200, "ok", id="it sweeps"),
        pytest.param({"mortal": _die}, 503, "the sweep has ended", id="it has died"),
    ],
)
def test_a_process_is_ready_while_its_sweep_lives(
    database: Database, caretakers: dict[str, Caretaker], status: int, told: str
) -> None:
    runtime = jobs.Runtime(database=database, handlers={}, caretakers=caretakers)
    station, pause = run_embedded(runtime, Settings(threads=1, sweep=0.05)), Pause(PATIENCE)

    with station, an_app(database, is_well=lambda: station.well) as app, calling(app) as client:
        while caretakers and station.well:
            pause.briefly()
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["parts"]["jobs"]) == (status, told)
    assert ("Retry-After" in answer.headers) is bool(caretakers)
