"""The trace that a request or job belongs to, as W3C trace context."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

import msgspec

_HEADER = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One span of a trace: ours, inside a trace that may have begun elsewhere."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def header(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


_current: ContextVar[Trace | None] = ContextVar("hub_trace", default=None)


def start(traceparent: str = "") -> Trace:
    """Open a span of our own, inside the caller's trace where `traceparent` names a valid one."""
    found = _HEADER.match(traceparent)
    continued = found is not None and found[1].strip("0") != "" and found[2].strip("0") != ""
    trace = Trace(
        trace_id=found[1] if found and continued else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        flags=found[3] if found and continued else "01",
    )
    _current.set(trace)
    return trace


def current() -> Trace | None:
    return _current.get()
