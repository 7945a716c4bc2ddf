"""Threads of their own for what channels send: neither a burst of it nor a slow plugin takes those of the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore
from typing import TypeVar

from hub.kernel.errors import Unavailable

T = TypeVar("T")
AT_ONCE = 4  # threads of one plugin in this process
MOST = 64  # of its deliveries that are worked on or wait; who comes then is sent away at once
PATIENCE = 2.0  # seconds for a step, of which there are two: channels give up after about five


class Line:
    """The line of one plugin. What takes too long is answered for; its thread ends by itself, or keeps its place."""

    def __init__(self, name: str, *, at_once: int = AT_ONCE, most: int = MOST, patience: float = PATIENCE) -> None:
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix=f"webhooks-{name}")
        self._places = BoundedSemaphore(most)
        self._patience = patience

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread of this line; `Unavailable` where it would take too long, or does."""
        if not self._places.acquire(blocking=False):
            raise _busy()
        done = self._threads.submit(copy_context().run, work)
        done.add_done_callback(lambda _: self._places.release())
        future = asyncio.wrap_future(done)
        finished, _ = await asyncio.wait([future], timeout=self._patience)
        if not finished:
            future.cancel()  # where it still waits it leaves the line
            raise _busy()
        return future.result()


def _busy() -> Unavailable:
    return Unavailable("too many webhooks of this channel at this moment; send it again in a moment", code="busy")
