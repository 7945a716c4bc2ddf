"""What is known of wake-ups on their way: their trace, how many came and how they ended, and when a worker stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dramatiq
import structlog
from prometheus_client import Counter

from hub.kernel import tracing

TRACE = "traceparent"
handled = Counter("hub_wake_ups_total", "Wake-ups that a worker thread took, by lane and end", ["lane", "end"])
Message = dramatiq.MessageProxy
Failure = BaseException | None


class Wakes(dramatiq.Middleware):
    """Rides along with every wake-up; `stopping` is told before the worker's threads are asked to end."""

    def __init__(self, stopping: Callable[[], None]) -> None:
        self._stopping = stopping

    def before_enqueue(self, broker: dramatiq.Broker, message: dramatiq.Message[Any], delay: int | None) -> None:
        if trace := tracing.current():
            message.options[TRACE] = trace.header

    def before_process_message(self, broker: dramatiq.Broker, message: Message) -> None:
        """Go on in the trace of the request that asked for the work, as far as a lane can tell."""
        trace = tracing.start(message.options.get(TRACE, ""))
        structlog.contextvars.bind_contextvars(trace_id=trace.trace_id)

    def after_process_message(
        self, broker: dramatiq.Broker, message: Message, *, result: object = None, exception: Failure = None
    ) -> None:
        structlog.contextvars.clear_contextvars()
        lane = message.queue_name.rpartition(".")[2]
        handled.labels(lane, "failed" if exception else "done").inc()

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        self._stopping()
