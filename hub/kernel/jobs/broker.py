"""Carries wake-ups: Dramatiq says that a lane has work, the table says what and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import dramatiq
import redis
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from prometheus_client import Counter

from hub.kernel.jobs.records import LANES
from hub.kernel.jobs.wakes import Wakes
from hub.settings import SettingError

log = structlog.get_logger(__name__)
unsent = Counter("hub_wake_ups_unsent_total", "Wake-ups that Redis did not take; the sweep makes up for them")
HEARTBEAT_MILLISECONDS = 60_000
EVERY_TIME = 1_000_000  # maintenance on each command: a dead worker's wake-ups come back after the heartbeat
POLL_MILLISECONDS = 20
PENDING = 64  # wake-ups of a lane beyond which another would tell nobody anything
LOOK_SECONDS = 1.0  # how long we believe what Redis said of its queues
BREATHER = 2.0  # seconds without sending after Redis failed, so that no request waits for it twice
Wake = Callable[[str], object]


class Broker:
    """One actor per lane on its own queue; `wake` is what each does when a wake-up arrives."""

    def __init__(
        self, redis_url: str, wake: Wake | None = None, *, stopping: Callable[[], None] = lambda: None
    ) -> None:
        middleware: list[dramatiq.Middleware] = [Wakes(stopping)]
        self.broker: dramatiq.Broker = _redis(redis_url, middleware) if redis_url else StubBroker(middleware=middleware)
        self._silent_until = self._looks_again = 0.0
        self._waiting: dict[str, int] = {}
        self._wake = wake or (lambda lane: None)
        self._actors: dict[str, dramatiq.Actor[[], None]] = {
            lane: self._actor(lane, urgency) for urgency, lane in enumerate(LANES)
        }

    def send(self, lanes: Iterable[str]) -> None:
        """Send one wake-up per lane; a failure is counted and left to the sweep."""
        if time.monotonic() < self._silent_until:
            unsent.inc()
            return
        try:
            for lane in lanes:
                if not self._crowded(lane):
                    self._actors[lane].send()
        except (redis.RedisError, dramatiq.BrokerError) as error:
            self._silent_until = time.monotonic() + BREATHER
            unsent.inc()
            log.warning("wake-up not sent; the sweep makes up for it", reason=str(error))

    def worker(self, threads: int) -> dramatiq.Worker:
        """Consume the wake-ups of every lane with this many threads."""
        _undelayed(self.broker)
        worker = dramatiq.Worker(self.broker, worker_timeout=POLL_MILLISECONDS, worker_threads=threads)
        worker.queue_prefetch = threads  # in-progress ones count: fewer would leave threads idle, more would hoard
        return worker

    def _actor(self, lane: str, urgency: int) -> dramatiq.Actor[[], None]:
        def wake() -> None:
            self._wake(lane)

        named = dramatiq.actor(
            actor_name=f"wake.{lane}", queue_name=f"hub.{lane}", priority=urgency, broker=self.broker
        )
        return named(wake)

    def _crowded(self, lane: str) -> bool:
        """Whether enough wake-ups wait already: without workers, Redis would fill up with them."""
        if isinstance(self.broker, StubBroker):
            return bool(self.broker.queues[f"hub.{lane}"].qsize() >= PENDING)
        if time.monotonic() >= self._looks_again:
            self._waiting = {each: int(self.broker.do_qsize(f"hub.{each}")) for each in LANES}  # type: ignore[attr-defined]  # made up by `RedisBroker.__getattr__`
            self._looks_again = time.monotonic() + LOOK_SECONDS
        return self._waiting[lane] >= PENDING


def _undelayed(broker: dramatiq.Broker) -> None:
    """Forget the queues for what is delayed: nothing ever is, and an idle worker would poll twice as many."""
    if isinstance(broker, StubBroker):
        for name in broker.delay_queues:
            del broker.queues[name]
    broker.delay_queues.clear()


def _redis(url: str, middleware: list[dramatiq.Middleware]) -> RedisBroker:
    client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=15)
    # No Retries, TimeLimit, AgeLimit or Results: the table retries, leases bound a run, a stale wake-up is harmless.
    return RedisBroker(  # type: ignore[no-untyped-call]  # Dramatiq annotates everything but this
        client=client,
        middleware=middleware,
        namespace="hub",
        heartbeat_timeout=HEARTBEAT_MILLISECONDS,
        maintenance_chance=EVERY_TIME,
    )


def check_redis(url: str) -> None:
    """Refuse a Redis that may throw wake-ups away while it still answers; one that is away is only noted."""
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2) as client:
            policy = client.info("memory").get("maxmemory_policy", "noeviction")
    except redis.ConnectionError as error:
        log.warning("Redis does not answer; work goes on by the sweep", reason=str(error))
        return
    if policy != "noeviction":
        raise SettingError(f"HUB_REDIS_URL: set maxmemory-policy to noeviction, it is {policy}")
