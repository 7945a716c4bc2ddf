"""A hub process that may be killed: a worker, or the whole embedded hub; its lease tokens tell its process id."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import msgspec

from hub.kernel import jobs
from hub.kernel.jobs.station import Station
from hub.runtime import assemble
from hub.server import serving
from hub.settings import Settings
from tests.faults.plan import Plan
from tests.faults.sabotage import SABOTAGE
from tests.worker_process import settings_of

POISON = jobs.JobKind("faults.poison", lane="bulk")


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is told on its command line; `settings` is a text of its own, for it holds paths."""

    settings: str
    plan: Plan
    serves: bool = False  # the API as well, on the port of the settings
    sabotage: tuple[str, ...] = ()


def swallow_poison(job: jobs.Job) -> jobs.Settled:
    """Note that the job began, and take the whole process down with it."""
    with Path(job.payload["diary"]).open("a") as diary:
        diary.write(f"{os.getpid()}\n")
    os._exit(137)


def build(settings: Settings) -> jobs.Runtime:
    """Make what a supervised child needs; it is told nothing but the settings."""
    return assemble(settings, Plan().hosts()).work


def main(orders: Orders) -> None:
    settings: Settings = settings_of(orders.settings)
    for name in orders.sabotage:
        SABOTAGE[name]()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    runtime = assemble(settings, orders.plan.hosts())
    work = msgspec.structs.replace(runtime.work, handlers={**runtime.work.handlers, POISON: swallow_poison})
    with ExitStack() as stack:
        if orders.serves:
            stack.enter_context(serving(runtime, host=settings.host, port=settings.port))
        stack.enter_context(Station(work, settings, worker=str(os.getpid())))
        signal.pause()


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Orders))
