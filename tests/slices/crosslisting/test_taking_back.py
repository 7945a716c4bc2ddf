"""What a person takes back while it is queued is not pushed, whichever of the two comes first."""

from __future__ import annotations

import threading
import time

import pytest

from hub.crosslisting.service import asking
from hub.crosslisting.store import rows
from hub.kernel.db import Transaction
from hub.kernel.events import CLI
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market

A_MOMENT = 0.3  # seconds; enough for the other to come to where it must wait


@pytest.mark.parametrize("in_turn", [True, False], ids=["one after the other", "by what the statement says alone"])
def test_what_is_taken_back_while_it_is_queued_is_not_pushed(
    market: Market, stall: Stall, monkeypatch: pytest.MonkeyPatch, in_turn: bool
) -> None:
    """The job has seen that the rows are wanted, then a person takes them back, then the job would queue them."""
    run_id = market.begins(*market.makes("TEE-S", "TEE-M", "TEE-L"))
    market.works("default")
    market.hands_in(run_id, market.fills(run_id))
    seen, taken_back, queue = threading.Event(), threading.Event(), rows.queue

    def slowly(db: Transaction, crosslisting_id: str, *, limit: int) -> list[str]:
        seen.set()
        taken_back.wait(A_MOMENT)
        return queue(db, crosslisting_id, limit=limit)

    monkeypatch.setattr(rows, "queue", slowly)
    if not in_turn:
        monkeypatch.setattr(asking, "alone", lambda db, run_id: None)
    job = threading.Thread(target=market.works, args=("default",))
    job.start()
    assert seen.wait(20)

    with market.database.writing() as db:
        asking.cancel(db, market.merchant_id, run_id, actor=CLI)
        taken_back.set()
        time.sleep(A_MOMENT)
    job.join()
    market.settles()

    assert (market.outcomes(run_id), stall.pushes) == ({"cancelled": 3}, [])
    assert (market.run(run_id).state, market.run(run_id).open_rows) == ("done", 0)
