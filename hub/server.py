"""Serves the REST API over HTTP, with the limits that uvicorn leaves open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from hub.app import create_app
from hub.runtime import Runtime

STOP_SECONDS = 20


class CannotListen(OSError):
    """The address is taken or not ours; the message names the settings to change."""


def server(runtime: Runtime, *, is_well: Callable[[], bool] | None = None) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(runtime, is_well=is_well),
            limit_concurrency=200,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=STOP_SECONDS,
            h11_max_incomplete_event_size=16_384,
            server_header=False,
            proxy_headers=False,
            access_log=False,
            log_config=None,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Take the address now, so that a taken one is told before anything else is started."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = error.strerror or error
        raise CannotListen(f"cannot listen on {host}:{port}: {reason}; set HUB_HOST or HUB_PORT") from error


@contextmanager
def serving(runtime: Runtime, *, host: str, port: int) -> Iterator[str]:
    """Serve in a thread while the block runs; gives the base URL. Port 0: any free one."""
    with listen(host, port) as taken:
        address = f"http://{host}:{taken.getsockname()[1]}"
        api = server(runtime)
        thread = threading.Thread(target=api.run, kwargs={"sockets": [taken]}, name="api", daemon=True)
        thread.start()
        try:
            yield address
        finally:
            api.should_exit = True
            thread.join(STOP_SECONDS + 5)
