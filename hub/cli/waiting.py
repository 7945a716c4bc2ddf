"""Stays with a job until it has ended, and works on it where nobody else would."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from hub.cli import opening, showing
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.kernel.db import Database
    from hub.kernel.jobs import Job

POLL_SECONDS = 0.2
DRAIN_SECONDS = 1.0  # after Ctrl-C nobody wants to wait for a page; it is asked again
LONELY_SECONDS = 15  # after which a job that nobody begins is worth a word


def until_ended(job_id: str, *, quiet: bool) -> Job:
    """The job as it ended. The embedded form has no worker of its own, so this process works meanwhile."""
    settings = opening.settings()
    with _worked_on(settings) as database, _progress(quiet=quiet) as tell:
        return _watched(database, job_id, tell, lonely=not settings.embedded)


def require_done(job: Job) -> None:
    """Refuse what did not end well, with its reason."""
    from hub.kernel.errors import Refused

    if job.state == "done":
        return
    reason = f": {job.error.message}" if job.error else ""
    raise Refused(f"it ended as {job.state}{reason}", code=f"job_{job.state}")


@contextmanager
def _worked_on(settings: Settings) -> Iterator[Database]:
    if not settings.embedded:
        with opening.opened_database(settings) as database:
            yield database
        return
    from hub.kernel.jobs.station import Station

    with (
        opening.opened_runtime(settings) as runtime,
        Station(runtime.work, settings, worker="command", drain=DRAIN_SECONDS),
    ):
        yield runtime.database


def _watched(database: Database, job_id: str, tell: Callable[[Job], None], *, lonely: bool) -> Job:
    from hub.kernel import jobs
    from hub.kernel.errors import NotFound

    pause, waited = threading.Event(), 0.0
    while True:
        with database.reading() as db:
            job = jobs.find(db, job_id)
        if job is None:
            raise NotFound("job")
        tell(job)
        if job.finished_at is not None:
            return job
        if lonely and job.state == "ready" and waited < LONELY_SECONDS <= waited + POLL_SECONDS:
            showing.complain("No worker has begun it yet: is `hub worker` or `hub serve` running?")
        pause.wait(POLL_SECONDS)
        waited += POLL_SECONDS


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Job], None]]:
    """A bar on standard error where a person looks at it."""
    if quiet or not sys.stderr.isatty():
        yield lambda job: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("")
        yield lambda job: progress.update(task, description=_in_words(job.state, job.progress))


def _in_words(state: str, progress: Any) -> str:  # Any: each kind shows its own
    counts = msgspec.to_builtins(progress) if progress else {}
    told = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items() if isinstance(number, int)]
    return ", ".join([str(state), *told])
