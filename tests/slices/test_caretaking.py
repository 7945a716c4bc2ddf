"""What a hub that runs throws away by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.kernel import files
from hub.kernel.api import answers
from hub.kernel.db import Database
from hub.kernel.http import tables
from hub.kernel.ids import new_id
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from hub.worker import run_embedded
from tests.servers import Pause

PATIENCE = 10.0
RING = "tests:" + "A" * 43 + "="
KEPT_BY_NOBODY = timedelta(days=400)


@pytest.fixture
def runtime(database_url: str) -> Iterator[Runtime]:
    runtime = assemble(Settings(database_url=database_url, key_ring=RING, threads=1, sweep=0.05))
    yield runtime
    runtime.close()


def test_a_running_hub_throws_away_what_is_past_its_retention(runtime: Runtime) -> None:
    database = runtime.database
    _leave_something_everywhere(runtime)
    assert _left(database) == 4
    database.clock.offset += KEPT_BY_NOBODY

    with run_embedded(runtime.work, runtime.settings):
        pause = Pause(PATIENCE)
        while _left(database):
            pause.briefly()

    assert _left(database) == 0


def _leave_something_everywhere(runtime: Runtime) -> None:
    spoken = {"id": new_id(), "account_id": "shop", "at": runtime.database.clock.now(), "method": "GET", "url": "/"}
    spoken |= {"status": 200, "milliseconds": 1, "received": 2, "failed": False, "error": "", "answer": ""}
    answers.Answers(runtime.database, runtime.ring).claim("scope", "request")
    with runtime.database.writing() as db:
        db.execute(sa.insert(tables.exchange).values(spoken | {"trace_id": ""}))
        db.execute(sa.insert(tables.rate).values(scope="account:shop", tat=0))
        keep = timedelta(days=30)
        files.put(db, runtime.ring, b"label", merchant_id="m", kind="label", media_type="text/plain", keep=keep)


def _left(database: Database) -> int:
    with database.reading() as db:
        kept = (tables.exchange, tables.rate, files.table, answers.answer)
        counts = [sa.select(sa.func.count()).select_from(one) for one in kept]
        return sum(db.execute(count).scalar_one() for count in counts)
