"""The processes of a hub under fault: started, killed, frozen and replaced by process id, with their logs kept."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from hub.kernel.jobs.supervisor import Supervisor
from hub.settings import Settings
from tests.faults.plan import Plan
from tests.faults.process import Orders
from tests.servers import STARTUP_SECONDS

BUILD = "tests.faults.process:build"
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
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[str, Path] = {}
        self.started = 0

    @property
    def names(self) -> list[str]:
        return [name for name, process in self._running.items() if process.poll() is None]

    def start(self, processes: int = 1) -> None:
        for _ in range(processes):
            self.started += 1
            log = self._folder / f"process-{self.started}.log"
            with log.open("wb") as out:
                process = subprocess.Popen(self._command, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603 - ourselves
            name = str(process.pid)
            self._running[name], self._logs[name] = process, log

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait(STARTUP_SECONDS)

    def mend(self) -> int:
        """Replace the processes that died by themselves; tells how many."""
        fallen = [name for name in self._running if name not in self.names]
        for name in fallen:
            self._running.pop(name).wait(STARTUP_SECONDS)
        self.start(len(fallen))
        return len(fallen)

    def freeze(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._running[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def times_refused(self, name: str) -> int:
        """How often this process noticed that another had taken its job over."""
        return self._logs[name].read_text(errors="replace").count(TAKEN_OVER)


class SupervisedCrew(Crew):
    """The children of a supervisor, as `hub worker` starts and replaces them."""

    def __init__(self, settings: Settings, plan: Plan, folder: Path) -> None:
        super().__init__(settings, plan, folder)
        self._supervisor = Supervisor(BUILD, msgspec.structs.replace(settings, worker_processes=plan.workers))
        self._thread = threading.Thread(target=self._supervisor.run, name="supervisor", daemon=True)

    @property
    def names(self) -> list[str]:
        return [f"worker-{slot}" for slot in self._supervisor.children]

    def start(self, processes: int = 1) -> None:
        """Begin to supervise; a killed child is replaced without us."""
        if not self._thread.ident:
            self._thread.start()

    def kill(self, name: str) -> None:
        self._supervisor.children[int(name.removeprefix("worker-"))].process.kill()

    def stop(self) -> None:
        self._supervisor.stopping.set()
        self._thread.join(STARTUP_SECONDS)
