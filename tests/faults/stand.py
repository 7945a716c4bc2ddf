"""A hub under fault: servers to break, an API, workers to kill, a shop, and an undisturbed import to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.kernel import migrating
from hub.kernel.db import Database
from hub.kernel.jobs.broker import Broker
from hub.runtime import assemble
from hub.settings import Settings
from hub.worker import run_embedded
from tests.faults.crew import Crew, SupervisedCrew
from tests.faults.oracle import Catalogue, catalogue
from tests.faults.plan import PACED, UNPACED, Plan
from tests.faults.watch import Watch
from tests.servers import STARTUP_SECONDS, Pause, Server, postgresql, redis_server
from tests.world import RING, Hub, Json, Merchant, reached

PAGES = "/product/info"
API_PAUSE = 30.0  # seconds; the API holds no lease, so a stall of this machine need not end its transactions


@dataclass(frozen=True, kw_only=True)
class Servers:
    """PostgreSQL and Redis of one's own: others must not suffer from what is done to them."""

    postgres: Server
    redis: Server


@contextmanager
def own_servers() -> Iterator[Servers]:
    with postgresql() as postgres, redis_server() as redis:
        yield Servers(postgres=postgres, redis=redis)


@dataclass(kw_only=True)
class Stand:
    """What the faults act upon."""

    plan: Plan
    folder: Path
    hub: Hub
    crew: Crew
    watch: Watch
    shop: TokopediaSandbox
    alone: bool = False  # the whole hub is one process: while it starts nobody can take over

    def until_it_answers(self) -> None:
        """Wait until the API answers; its process starts sweeping at the same moment."""
        pause = Pause(STARTUP_SECONDS)
        while not self._answers():
            pause.briefly()

    def _answers(self) -> bool:
        try:
            return self.hub.api.get("/v1/merchants?limit=1").is_success
        except httpx.TransportError:
            return False

    @property
    def database(self) -> Database:
        return self.hub.runtime.database

    def begin(self) -> Begun:
        """Connect the shop, which starts an import."""
        return begin(self.hub, self.shop, PACED)

    def patience(self, faults: int = 0, seconds: float = 0.0) -> float:
        """Seconds after which a run is given up: far more than it takes with so many faults."""
        return self.plan.grace + 2 * self.plan.size / 40 / self.plan.rate + faults * 5 * self.plan.lease + 2 * seconds


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An import that was asked for."""

    merchant: Merchant
    account: Json
    import_id: str

    def left(self, database: Database) -> Catalogue:
        return catalogue(database, account_id=self.account["id"], import_id=self.import_id)


def begin(hub: Hub, shop: TokopediaSandbox, plugin: str) -> Begun:
    merchant = hub.merchant("Toko Batik Ayu", plugin)
    connected = merchant.asks_to_connect(shop, plugin)
    return Begun(merchant=merchant, account=connected["account"], import_id=connected["import_id"])


def a_stand_shop(plan: Plan) -> TokopediaSandbox:
    return TokopediaSandbox(seed=plan.seed % 10_000, size=plan.size, rate=None)


@contextmanager
def stand(
    plan: Plan, servers: Servers, url: str, folder: Path, *, sabotage: tuple[str, ...] = (), supervised: bool = False
) -> Iterator[Stand]:
    """The production form, with worker processes in our hands."""
    settings = Settings(
        data_dir=folder, database_url=url, redis_url=servers.redis.url, key_ring=RING, allow_loopback_channels=True,
        job_lease=plan.lease, sweep=plan.sweep,
    )  # fmt: skip
    with ExitStack() as stack:
        hub = _api(stack, settings, plan)
        supervise = SupervisedCrew(settings, plan, folder) if supervised else None
        crew = supervise or Crew(settings, plan, folder, sabotage=sabotage)
        stack.callback(crew.stop)
        crew.start(plan.workers)
        watch = stack.enter_context(Watch(Database(url, pool_size=2)).looking())
        stack.callback(watch.database.dispose)
        shop = a_stand_shop(plan)
        stack.enter_context(serve(shop))
        yield Stand(plan=plan, folder=folder, hub=hub, crew=crew, watch=watch, shop=shop)


def _api(stack: ExitStack, settings: Settings, plan: Plan) -> Hub:
    patient = msgspec.structs.replace(settings, job_lease=API_PAUSE)
    runtime = assemble(patient, plan.hosts())
    stack.callback(runtime.close)
    migrating.upgrade(runtime.database)
    runtime.database.waker = Broker(settings.redis_url).send
    return reached(stack, runtime, "production")


def undisturbed(plan: Plan, folder: Path) -> Catalogue:
    """Import the same shop with nothing done to it: embedded, on SQLite, and as fast as it goes."""
    settings = Settings(data_dir=folder, allow_loopback_channels=True)
    shop = a_stand_shop(plan)
    with ExitStack() as stack:
        stack.enter_context(serve(shop))
        runtime = assemble(settings, plan.hosts())
        stack.callback(runtime.close)
        migrating.upgrade(runtime.database)
        stack.enter_context(run_embedded(runtime.work, settings))
        begun = begin(reached(stack, runtime, "embedded"), shop, UNPACED)
        begun.merchant.waits_for(begun.import_id)
        return msgspec.structs.replace(begun.left(runtime.database), pages=pages_asked(shop))


def pages_asked(shop: TokopediaSandbox) -> int:
    """Count the requests for products that the shop has answered."""
    counts = shop.counts.items()
    return sum(times for (_, path, status), times in counts if status == HTTPStatus.OK and path.endswith(PAGES))
