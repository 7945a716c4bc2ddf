"""Runs jobs: in threads of this process beside the API, or as a supervisor of worker processes."""

from __future__ import annotations

import signal

from hub.kernel import jobs
from hub.kernel.jobs.rescue import rescue_from
from hub.kernel.jobs.station import Station
from hub.kernel.jobs.supervisor import Supervisor
from hub.settings import SettingError, Settings

EMBEDDED = "embedded"  # the name its leases carry
BUILD = "hub.runtime:assemble_work"


def run_embedded(runtime: jobs.Runtime, settings: Settings, *, alone: bool = False) -> Station:
    """Run jobs in threads of this process for as long as the `with` block lasts.

    `alone`: no other process embeds jobs over this database, so that what one held before us is free at once.
    """
    if alone:
        _rescue_all(runtime)
    return Station(runtime, settings, worker=EMBEDDED)


def _rescue_all(runtime: jobs.Runtime) -> None:
    freed = 1
    while freed:
        with runtime.database.writing() as db:
            freed = rescue_from(db, EMBEDDED)


def run(settings: Settings, *, build: str = BUILD) -> int:
    """Run worker processes until SIGTERM or Ctrl-C and answer the exit code; `build` names what makes a `Runtime`."""
    if not settings.redis_url:
        raise SettingError("HUB_REDIS_URL: worker processes need Redis; without it `hub serve` runs jobs by itself")
    supervisor = Supervisor(build, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *received: supervisor.stopping.set())
    return supervisor.run()
