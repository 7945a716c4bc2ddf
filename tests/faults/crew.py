"""The processes of a hub under fault: started, killed, frozen and replaced by process id, with their logs kept."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from hub.settings import Settings
from tests.faults.plan import Plan
from tests.faults.process import Orders
from tests.servers import STARTUP_SECONDS

TAKEN_OVER = "job taken over by another worker"


class Crew:
    """So many processes of one sort; each writes its log into `folder`."""

    def __init__(
        self, settings: Settings, plan: Plan, folder: Path, *, serves: bool = False, sabotage: tuple[str, ...] = ()
    ) -> None:
        given = msgspec.json.encode(settings, enc_hook=str).decode()
        orders = Orders(settings=given, plan=plan, serves=serves, sabotage=sabotage)
        self._command = [sys.executable, "-m", "tests.faults.process", msgspec.json.encode(orders).decode()]
        self._folder = folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._logs: dict[int, Path] = {}
        self.started = 0

    @property
    def pids(self) -> list[int]:
        return [pid for pid, process in self._running.items() if process.poll() is None]

    def start(self, processes: int = 1) -> None:
        for _ in range(processes):
            self.started += 1
            log = self._folder / f"process-{self.started}.log"
            with log.open("wb") as out:
                process = subprocess.Popen(self._command, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603 - ourselves
            self._running[process.pid], self._logs[process.pid] = process, log

    def kill(self, pid: int) -> None:
        process = self._running.pop(pid)
        process.kill()
        process.wait(STARTUP_SECONDS)

    def mend(self) -> int:
        """Replace the processes that died by themselves; tells how many."""
        fallen = [pid for pid in self._running if pid not in self.pids]
        for pid in fallen:
            self._running.pop(pid).wait(STARTUP_SECONDS)
        self.start(len(fallen))
        return len(fallen)

    def freeze(self, pid: int) -> None:
        self._running[pid].send_signal(signal.SIGSTOP)

    def thaw(self, pid: int) -> None:
        self._running[pid].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for pid in list(self._running):
            self.kill(pid)

    def times_refused(self, pid: int) -> int:
        """How often this process noticed that another had taken its job over."""
        return self._logs[pid].read_text(errors="replace").count(TAKEN_OVER)
