"""A worker dies after its last commit and before its job is settled, again and again: whatever is run is run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hub.kernel import jobs
from hub.kernel.jobs import LANES

LOST = timedelta(seconds=31)  # longer than a lease


def works_twice(work: jobs.Runtime, unfinished: Callable[[], list[str]]) -> set[str]:
    """Let each job run a first time without being settled, and again once its lease is over; gives their kinds."""
    runner, dropped = jobs.Runner(work), dict[str, str]()
    handlers = {kind.name: handler for kind, handler in work.handlers.items()}
    for _ in range(40):
        for lane in LANES:
            while job := runner.claim(lane):
                if job.id in dropped:
                    runner.run(job)
                else:
                    dropped[job.id] = job.kind
                    handlers[job.kind](job)
        if not unfinished():
            return set(dropped.values())
        work.database.clock.offset += LOST
        jobs.sweep(work.database)
    raise AssertionError(f"still open: {unfinished()}")
