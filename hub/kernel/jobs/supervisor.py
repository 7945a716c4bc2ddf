"""Keeps worker processes alive: starts them, replaces the dead and the hung, and lets them finish at the end."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection, wait
from threading import Event
from typing import cast

import msgspec
import structlog

from hub.kernel.jobs.child import OVERRUN, REFUSED, REFUSED_EXIT, live
from hub.kernel.jobs.station import DRAIN_SECONDS
from hub.settings import Settings

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.2
STARTING_SECONDS = 60.0  # until the first beat
SILENCE_SECONDS = 15.0  # a library that holds the interpreter lock keeps the child from beating
QUICK_SECONDS = 30.0  # a child that lived shorter makes us wait longer before the next
LONGEST_PAUSE = 30.0
_spawn = multiprocessing.get_context("spawn")  # a fork would share connections and locks


class Child(msgspec.Struct):
    """One process and the two pipes to it."""

    process: multiprocessing.context.SpawnProcess
    pulse: Connection
    leash: Connection  # closed with us: the child sees the end and ends too
    started: float
    heard: float


class Supervisor:
    """N children that run jobs; `stopping` ends them in order."""

    def __init__(self, build: str, settings: Settings) -> None:
        self._build, self._settings = build, settings
        self.stopping = Event()
        self.refused = ""
        self.children: dict[int, Child] = {}
        self._quick = dict.fromkeys(range(settings.worker_processes), 0)
        self._not_before = dict.fromkeys(self._quick, 0.0)

    def run(self) -> int:
        """Supervise until told to stop; 0, or 1 where the children refuse to work."""
        try:
            while not self.stopping.is_set() and not self.refused:
                self._start_missing()
                self._listen()
                self._bury()
        finally:
            self._end()
        if self.refused:
            log.error("worker refused to start", reason=self.refused)
        return 1 if self.refused else 0

    def _start_missing(self) -> None:
        for slot, not_before in self._not_before.items():
            if slot not in self.children and time.monotonic() >= not_before:
                self.children[slot] = self._start(slot)

    def _start(self, slot: int) -> Child:
        hear, pulse = _spawn.Pipe(duplex=False)
        hold, leash = _spawn.Pipe(duplex=False)
        arguments = (self._build, self._settings, f"worker-{slot}", pulse, hold)
        process = _spawn.Process(target=live, args=arguments, name=f"hub-worker-{slot}")
        process.start()
        pulse.close()
        hold.close()
        log.info("worker started", slot=slot, pid=process.pid)
        now = time.monotonic()
        return Child(process=process, pulse=hear, leash=leash, started=now, heard=now + STARTING_SECONDS)

    def _listen(self) -> None:
        if not self.children:
            self.stopping.wait(LOOK_SECONDS)
            return
        talking = wait([child.pulse for child in self.children.values()], timeout=LOOK_SECONDS)
        for child in self.children.values():
            if child.pulse in talking:
                self._hear(child)
            elif time.monotonic() - child.heard > SILENCE_SECONDS:
                log.error("worker killed: it gave no sign of life", pid=child.process.pid)
                child.process.kill()
                child.heard = time.monotonic()

    def _hear(self, child: Child) -> None:
        try:
            said = child.pulse.recv_bytes()
        except (EOFError, OSError):
            child.process.join(LOOK_SECONDS)  # it has closed its end; burying it comes next
            return
        child.heard = time.monotonic()
        if said == OVERRUN:
            child.process.kill()
        elif said.startswith(REFUSED):
            self.refused = said.removeprefix(REFUSED).decode().strip()

    def _bury(self) -> None:
        for slot, child in list(self.children.items()):
            if child.process.is_alive():
                continue
            code = cast("int", child.process.exitcode)  # it has ended
            if code == REFUSED_EXIT and not self.refused:
                self._hear(child)
            del self.children[slot]
            _close(child)
            self._quick[slot] = self._quick[slot] + 1 if time.monotonic() - child.started < QUICK_SECONDS else 0
            pause = min(LONGEST_PAUSE, 0.25 * (1 << min(self._quick[slot], 10))) if self._quick[slot] else 0.0
            self._not_before[slot] = time.monotonic() + pause
            log.warning("worker ended", slot=slot, exit=code, starts_again_in=pause)

    def _end(self) -> None:
        for child in self.children.values():
            child.process.terminate()
        deadline = time.monotonic() + DRAIN_SECONDS + 5
        for child in self.children.values():
            child.process.join(max(0.0, deadline - time.monotonic()))
            if child.process.is_alive():
                child.process.kill()
                child.process.join()
            _close(child)


def _close(child: Child) -> None:
    child.pulse.close()
    child.leash.close()
    child.process.close()
