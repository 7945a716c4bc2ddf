"""Two servers to be asked the same: the hub's API, and a bare Litestar handler that sends recorded statements.

The floor sends what one request was recorded to send, transaction by transaction, by the driver alone; what it sends is
made ready before it is asked.
"""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, Response, post

from bench.recorded import Recorded, Statement
from hub.app import attach, build
from hub.kernel import logs
from hub.kernel.api.limits import Rate
from hub.kernel.db import Database
from hub.runtime import assemble
from tests.worker_process import settings_of

THREADS = 16
FREE = Rate(per_second=1_000_000, burst=1_000_000)


def serve_hub(settings: str, port: int) -> None:
    runtime = assemble(settings_of(settings))
    app = build()
    attach(app, runtime, per_key=FREE)
    _run(app, port)


def serve_floor(url: str, folder: Path, port: int) -> None:
    floor = _Floor(Database(url), folder)

    @post("/{path:path}", sync_to_thread=True)
    def ask(data: dict[str, Any], path: str) -> Response[bytes]:  # Any: the body is only read
        return Response(floor.send(), media_type="application/json")

    async def size_threads() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))

    _run(Litestar([ask], on_startup=[size_threads], openapi_config=None, logging_config=None), port)


class _Floor:
    """As many connections as there are threads, and requests that were made ready."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._embedded = database.embedded
        self._writer = threading.Lock()  # SQLite's own queue starves
        self._connections: queue.SimpleQueue[Any] = queue.SimpleQueue()  # Any: either driver's
        self._held = [database.engine.raw_connection() for _ in range(THREADS)]
        for each in self._held:
            self._connections.put(each.driver_connection)
        self._folder = folder
        self._ready: queue.SimpleQueue[Recorded] = queue.SimpleQueue()
        self._reading = threading.Lock()

    def send(self) -> bytes:
        one = self._next()
        connection = self._connections.get()
        try:
            for each in one.transactions:
                self._transaction(connection, each)
        finally:
            self._connections.put(connection)
        return one.answer.encode()

    def _next(self) -> Recorded:
        """A request that is ready; where there is none, those of the next file are read."""
        try:
            return self._ready.get_nowait()
        except queue.Empty:
            pass
        with self._reading:
            if self._ready.empty():
                file = min(self._folder.glob("*.json"))
                for each in msgspec.json.decode(file.read_bytes(), type=list[Recorded]):
                    self._ready.put(each)
                file.unlink()
        return self._next()

    def _transaction(self, connection: Any, statements: list[Statement]) -> None:  # Any: either driver's
        writes = self._embedded and statements[0].sql == "BEGIN IMMEDIATE"
        if writes:
            self._writer.acquire()
        try:
            cursor = connection.cursor()
            for sql, parameters, many in (msgspec.structs.astuple(each) for each in statements):
                cursor.executemany(sql, parameters) if many else cursor.execute(sql, parameters or ())
                if cursor.description:
                    cursor.fetchall()
            connection.execute("COMMIT") if self._embedded else connection.commit()
        finally:
            if writes:
                self._writer.release()


def _run(app: Litestar, port: int) -> None:
    logs.configure(level="ERROR")
    uvicorn.run(app, port=port, access_log=False, log_config=None, limit_concurrency=200, server_header=False)


if __name__ == "__main__":
    if sys.argv[1] == "hub":
        serve_hub(sys.argv[2], int(sys.argv[3]))
    else:
        serve_floor(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
