"""Runs jobs: in this process beside the API, or as a supervisor with child processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
import structlog

from hub.kernel import jobs
from hub.kernel.jobs.broker import Broker
from hub.settings import Settings

log = structlog.get_logger(__name__)


@contextmanager
def run_embedded(runtime: jobs.Runtime, settings: Settings) -> Iterator[jobs.Runner]:
    """Run jobs in threads of this process for as long as the block lasts."""
    runner = jobs.Runner(runtime, worker="embedded", lease=timedelta(seconds=settings.job_lease))
    broker = Broker(settings.redis_url, runner.run_lane)
    worker = broker.worker(settings.threads)
    worker.start()
    sweeper = threading.Thread(target=_sweep, args=(runner, broker, settings), name="sweep", daemon=True)
    before, runtime.database.waker = runtime.database.waker, broker.send
    sweeper.start()
    try:
        yield runner
    finally:
        runner.stopping.set()
        runtime.database.waker = before
        worker.stop(timeout=20_000)
        sweeper.join(5)


def _sweep(runner: jobs.Runner, broker: Broker, settings: Settings) -> None:
    while True:
        try:
            for lane, wakes in jobs.sweep(runner.database, threads=settings.threads).items():
                broker.send([lane] * wakes)
        except sa.exc.SQLAlchemyError:
            log.warning("sweep failed; the next one makes up for it", exc_info=True)
        if runner.stopping.wait(settings.sweep_seconds):
            return
