"""A child of the supervisor: runs jobs, tells that it is well, and ends with its parent."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from importlib import import_module
from multiprocessing.connection import Connection

import structlog

from hub.kernel import logs
from hub.kernel.errors import HubError
from hub.kernel.jobs.records import Runtime
from hub.kernel.jobs.station import Station
from hub.settings import SettingError, Settings

log = structlog.get_logger(__name__)
WELL, OVERRUN, REFUSED = b"well", b"overrun", b"refused"
PULSE_SECONDS = 0.25
REFUSED_EXIT = 78  # as sysexits.h calls a configuration error: starting again would not help
MEBIBYTE = 1024 * 1024


def live(build: str, settings: Settings, name: str, pulse: Connection, leash: Connection) -> None:
    """Run jobs until the parent says so, dies, or one of our hooks overruns its hard deadline."""
    logs.configure(stream=sys.stderr)  # a process of its own: without it nothing would be hidden from its log
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: ended.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent passes on what it means
    limit = settings.worker_memory * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    threading.Thread(target=_end_with_parent, args=(leash, ended), name="leash", daemon=True).start()
    try:
        station = Station(assembled(build, settings), settings, worker=name)
        with station:
            threading.Thread(target=_tell, args=(station, settings, pulse), name="pulse", daemon=True).start()
            ended.wait()
    except (HubError, SettingError) as error:
        pulse.send_bytes(REFUSED + b" " + str(error).encode())
        sys.exit(REFUSED_EXIT)
    # Threads that hang in a plugin are not waited for: their jobs have been handed back.
    sys.stdout.flush()
    os._exit(0)


def assembled(build: str, settings: Settings) -> Runtime:
    """Call the factory that `module:function` names."""
    module, _, function = build.partition(":")
    made: Runtime = getattr(import_module(module), function)(settings)
    return made


def _end_with_parent(leash: Connection, ended: threading.Event) -> None:
    try:
        leash.recv_bytes()
    except (EOFError, OSError):
        log.warning("the supervisor is gone; this worker ends too")
    ended.set()


def _tell(station: Station, settings: Settings, pulse: Connection) -> None:
    """Beat while the sweep and every run here give signs of life; a thread that hangs takes the process with it."""
    pause, runner = threading.Event(), station.runner
    while not pause.wait(PULSE_SECONDS):
        silent = runner.silent(settings.hard_deadline)
        if station.well and not silent:
            pulse.send_bytes(WELL)
            continue
        for job in silent:
            log.error("a hook overran its hard deadline; this worker is replaced", job=job.id, kind=job.kind)
        if not station.well:
            log.error("the sweep has ended; this worker is replaced")
        runner.stopping.set()
        runner.hand_back(but=silent)  # its neighbours are not to blame: no rescue is counted against them
        pulse.send_bytes(OVERRUN)
        return
