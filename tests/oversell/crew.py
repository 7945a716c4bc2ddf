"""The processes of a hub, as an installation starts them: killed, and started again on the same port."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from tests.servers import STARTUP_SECONDS, Pause, free_port

HUB = (str(Path(sys.executable).with_name("hub")),)
NAIVE = (sys.executable, "-m", "tests.oversell.naive")  # reads levels, thinks, and writes them


class Crew:
    """API processes, each with its port; and where the hub is no single process a worker beside them."""

    def __init__(
        self, environment: dict[str, str], folder: Path, *, processes: int, worker: bool, program: Sequence[str] = HUB
    ) -> None:
        self.ports = [free_port() for _ in range(processes)]
        self._works = worker
        self.alone = "HUB_REDIS_URL" not in environment
        self.kills = 0
        self.downs: list[tuple[float, float]] = []  # from a kill until the process answered again
        self._environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}
        self._program, self._folder = program, folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._works and not self.alone:
            self._worker = self._open("worker", ["worker"])
        for port in self.ports:
            self._serve(port)
        for port in self.ports:
            self._until_it_answers(port)

    def kill(self, n: int) -> None:
        """Kill a process of the API, start it again, and wait until it answers."""
        began, port = time.monotonic(), self.ports[n]
        _end(self._running.pop(port))
        self.kills += 1
        self._serve(port)
        self._until_it_answers(port)
        self.downs.append((began, time.monotonic()))

    def stop(self) -> None:
        """Nobody is asked to leave in order: what a run leaves must be whole in any case."""
        for process in self._running.values():
            _end(process)
        self._running.clear()
        if self._worker is not None:
            self._worker.terminate()  # its children would outlive a kill
            self._worker.wait(STARTUP_SECONDS)
            self._worker = None

    def _serve(self, port: int) -> None:
        verb = "serve" if self.alone else "api"
        self._running[port] = self._open(str(port), [verb, "--port", str(port)])

    def _open(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - ourselves
                [*self._program, *arguments], env=self._environment, stdout=log, stderr=log
            )

    def _until_it_answers(self, port: int) -> None:
        pause = Pause(STARTUP_SECONDS)
        while not _answers(port):
            if self._running[port].poll() is not None:
                raise RuntimeError(f"a hub on port {port} did not start; its log lies in {self._folder}")
            pause.briefly(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTUP_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(STARTUP_SECONDS)
