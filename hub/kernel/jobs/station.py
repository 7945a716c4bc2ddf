"""The threads of one process that run jobs: Dramatiq's workers, and the sweep beside them."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType

import dramatiq
import redis
import sqlalchemy as sa
import structlog

from hub.kernel.errors import Refused
from hub.kernel.jobs.broker import Broker, check_redis
from hub.kernel.jobs.lanes import Lanes
from hub.kernel.jobs.queries import unfinished_kinds
from hub.kernel.jobs.records import Runtime
from hub.kernel.jobs.runner import Runner
from hub.kernel.jobs.sweeper import Sweeper
from hub.settings import Settings

log = structlog.get_logger(__name__)
DRAIN_SECONDS = 20.0


class Station:
    """Runs jobs for as long as the `with` block lasts; at its end what does not finish in time is handed back."""

    def __init__(self, runtime: Runtime, settings: Settings, *, worker: str, drain: float = DRAIN_SECONDS) -> None:
        self.runner = Runner(runtime, worker=worker, lease=timedelta(seconds=settings.job_lease))
        self._settings, self._drain = settings, drain
        lanes = Lanes(self.runner.run_lane, settings.threads)
        self._broker = Broker(settings.redis_url, lanes.wake, stopping=self.runner.stopping.set)
        self._worker = self._broker.worker(settings.threads)
        self._sweeper = Sweeper(runtime, settings, self._broker, self.runner.stopping)
        self._waker = runtime.database.waker

    @property
    def well(self) -> bool:
        """Whether lost jobs would still be found: without its sweep a process only looks alive."""
        return self._sweeper.lives or self.runner.stopping.is_set()

    def __enter__(self) -> Runner:
        self._require_handlers()
        if self._settings.redis_url:
            check_redis(self._settings.redis_url)
        self.runner.database.waker = self._broker.send
        self._worker.start()
        self._sweeper.start()
        return self.runner

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.runner.stopping.set()
        self.runner.database.waker = self._waker
        try:
            self._worker.stop(timeout=int(self._drain * 1000))
        except (redis.RedisError, dramatiq.DramatiqError):
            log.warning("wake-ups were not put back; the sweep makes up for them", exc_info=True)
        self._sweeper.join(self._drain)
        try:
            given = self.runner.hand_back()
        except sa.exc.SQLAlchemyError:
            log.warning("leases were not given back; they expire by themselves", exc_info=True)
        else:
            log.info("worker stopped", handed_back=given)

    def _require_handlers(self) -> None:
        with self.runner.database.reading() as db:
            strange = sorted(unfinished_kinds(db) - self.runner.kinds)
        if strange:
            raise Refused(
                f"there is work of a kind that this hub cannot do: {', '.join(strange)}; install what handles it",
                code="no_handler",
            )
