"""One hook call's talk with its channel: how long it may take, whether bytes went out, what to write at its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[Conversation | None] = ContextVar("conversation", default=None)
_latest: ContextVar[float] = ContextVar("latest", default=float("inf"))


class Conversation:
    """Kept by whoever calls a hook; the channel's client finds it and obeys it."""

    def __init__(self) -> None:
        self.ends = float("inf")  # monotonic seconds
        self.sent = False
        self._endings: dict[int, Callable[[], None]] = {}

    @contextmanager
    def answering(self, seconds: float) -> Iterator[None]:
        """Give the hook `seconds` for its next answer; never left open while a generator is suspended."""
        self.ends = min(time.monotonic() + seconds, latest())
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def at_end(self, subject: object, ending: Callable[[], None]) -> None:
        """Run `ending` once when the conversation ends, however often `subject` asks for it."""
        self._endings.setdefault(id(subject), ending)

    def end(self) -> None:
        while self._endings:
            _, ending = self._endings.popitem()
            ending()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let all that is asked of channels inside share `seconds`, however many answers it takes: somebody waits."""
    token = _latest.set(min(time.monotonic() + seconds, latest()))
    try:
        yield
    finally:
        _latest.reset(token)


def latest() -> float:
    """The moment, in monotonic seconds, after which nobody waits for an answer any more."""
    return _latest.get()


def current() -> Conversation | None:
    return _current.get()
