"""Threads of their own for what channels send: neither a burst of it nor a slow plugin takes those of the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TypeVar

from hub.kernel.errors import Unavailable

T = TypeVar("T")
AT_ONCE = 4  # threads of one plugin in this process
OF_ONE_AT_ONCE = 2  # that one address may have of them: others of the plugin are served beside its flood
MOST = 64  # deliveries of the plugin that are worked on or wait; who comes then is sent away at once
OF_ONE_MOST = 32  # of one address
PATIENCE = 2.0  # seconds for a step, of which there are two: channels give up after about five


@dataclass
class _Address:
    """Who is inside for one address; it is forgotten when nobody is."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(OF_ONE_AT_ONCE))
    inside: int = 0


class Line:
    """The line of one plugin, in one event loop.

    What takes too long is answered for; its thread ends by itself, or keeps its place.
    """

    def __init__(self, name: str) -> None:
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix=f"webhooks-{name}")
        self._addresses: dict[str, _Address] = {}

    async def run(self, work: Callable[[], T], address: str = "") -> T:
        """Do the work in a thread of this line; `Unavailable` where it would take too long, or does."""
        mine = self._enter(address)
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        try:
            await asyncio.wait_for(mine.turns.acquire(), PATIENCE)
        except TimeoutError:
            self._leave(address)
            raise _busy() from None
        except asyncio.CancelledError:  # who called has gone
            self._leave(address)
            raise

        def left() -> None:
            mine.turns.release()
            self._leave(address)

        done = self._threads.submit(copy_context().run, work)
        done.add_done_callback(lambda _: None if loop.is_closed() else loop.call_soon_threadsafe(left))
        future = asyncio.wrap_future(done)
        finished, _ = await asyncio.wait([future], timeout=max(until - loop.time(), 0))
        if not finished:
            future.cancel()  # where it still waits it leaves the line
            raise _busy()
        return future.result()

    def _enter(self, address: str) -> _Address:
        mine = self._addresses.get(address) or _Address()
        if mine.inside >= OF_ONE_MOST or sum(each.inside for each in self._addresses.values()) >= MOST:
            raise _busy()
        self._addresses[address] = mine
        mine.inside += 1
        return mine

    def _leave(self, address: str) -> None:
        mine = self._addresses[address]
        mine.inside -= 1
        if not mine.inside:
            del self._addresses[address]


def _busy() -> Unavailable:
    return Unavailable("too many webhooks of this channel at this moment; send it again in a moment", code="busy")
