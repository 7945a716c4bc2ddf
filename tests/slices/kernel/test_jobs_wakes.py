"""What Dramatiq's middleware knows of wake-ups: their trace, their number, and the end of a worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import REGISTRY

from hub.kernel import tracing
from hub.kernel.jobs import LANES
from hub.kernel.jobs.broker import Broker
from tests.servers import redis_server

PATIENCE = 10.0


@pytest.fixture(scope="module", params=["in memory", "redis"])
def redis_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A Redis of its own: on a shared one, another hub's worker may take the wake-up."""
    if request.param == "in memory":
        yield ""
        return
    with redis_server() as server:
        yield server.url


def one_wake(redis_url: str, wake: Callable[[str], object]) -> threading.Event:
    """Send one wake-up to a worker of its own, and stop that worker when it was handled; gives its stopping event."""
    stopping, came = threading.Event(), threading.Event()

    def heard(lane: str) -> None:
        came.set()
        wake(lane)

    broker = Broker(redis_url, heard, stopping=stopping.set)
    worker = broker.worker(1)
    worker.start()
    broker.send(["urgent"])
    assert came.wait(PATIENCE)
    assert not stopping.is_set()
    worker.join()
    worker.stop()
    return stopping


def handled(end: str) -> float:
    return REGISTRY.get_sample_value("hub_wake_ups_total", {"lane": "urgent", "end": end}) or 0.0


def test_work_goes_on_in_the_trace_of_the_request_that_asked_for_it(redis_url: str) -> None:
    asked = tracing.start()
    seen: list[tracing.Trace | None] = []

    one_wake(redis_url, lambda lane: seen.append(tracing.current()))

    (trace,) = seen
    assert trace is not None
    assert trace.trace_id == asked.trace_id
    assert trace.span_id != asked.span_id


def test_wake_ups_are_counted_by_lane_and_by_how_they_ended(redis_url: str) -> None:
    done, failed = handled("done"), handled("failed")

    one_wake(redis_url, lambda lane: None)
    one_wake(redis_url, lambda lane: 1 // 0)

    assert (handled("done"), handled("failed")) == (done + 1, failed + 1)


def test_a_worker_that_is_told_to_stop_stops_taking_jobs_first(redis_url: str) -> None:
    assert one_wake(redis_url, lambda lane: None).is_set()


def test_an_idle_worker_polls_one_queue_for_each_lane_and_none_for_delays(redis_url: str) -> None:
    worker = Broker(redis_url).worker(1)

    worker.start()
    polled = set(worker.consumers)
    worker.stop()

    assert polled == {f"hub.{lane}" for lane in LANES}
