"""What worker processes of the tests can do, good and bad; they import it by name."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

import msgspec

from hub.kernel import jobs
from hub.kernel.clock import Clock
from hub.kernel.db import Database, Transaction
from hub.settings import Settings
from hub.worker import run

BUILD = "tests.slices.kernel.job_factory:build"
SWEEPLESS = "tests.slices.kernel.job_factory:build_sweepless"
NOTE = jobs.JobKind("test.note", lane="default")
KILL = jobs.JobKind("test.kill")
HANG = jobs.JobKind("test.hang")
HOG = jobs.JobKind("test.hog")
LINGER = jobs.JobKind("test.linger", lane="default")
GIGABYTE = 1 << 30
LINGERS = 6.0  # seconds: long enough to be met at work


def build(settings: Settings) -> jobs.Runtime:
    database = Database(settings.url, clock=Clock(settings.clock_shift))
    handlers = {NOTE: _note, KILL: _kill, HANG: _hang, HOG: _hog, LINGER: _linger}
    return jobs.Runtime(database=database, handlers=handlers)


def build_sweepless(settings: Settings) -> jobs.Runtime:
    """A worker whose sweep ends as soon as it cares for anything."""
    return msgspec.structs.replace(build(settings), caretakers={"mortal": _leave})


def _leave(db: Transaction) -> int:
    sys.exit("no exception that a thread lives through")


def _note(job: jobs.Job) -> jobs.Settled:
    return jobs.Done({"pid": os.getpid()})


def _kill(job: jobs.Job) -> jobs.Settled:
    os.kill(os.getpid(), signal.SIGKILL)
    return jobs.Done()


def _hang(job: jobs.Job) -> jobs.Settled:
    """Never come back, in C, where no exception of Python reaches the thread."""
    ctypes.CDLL(None).pause()
    return jobs.Done()


def _hog(job: jobs.Job) -> jobs.Settled:
    return jobs.Done(len(bytearray(8 * GIGABYTE)))


def _linger(job: jobs.Job) -> jobs.Settled:
    threading.Event().wait(LINGERS)
    return jobs.Done()


if __name__ == "__main__":
    sys.exit(run(Settings.from_environment(os.environ), build=BUILD))
