"""One run: a hub in one of its two forms, clients, kills, a last sale of all that is left, and the books."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.kernel import migrating
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.jobs.broker import Broker
from hub.kernel.types import MICROSECOND
from hub.merchants import service as merchants
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from hub.worker import run_embedded
from tests.oversell import ledger, oracle
from tests.oversell.clients import Client, all_at_once
from tests.oversell.crew import HUB, Crew
from tests.oversell.history import History, Kind
from tests.oversell.plan import Plan, Report
from tests.oversell.scene import Scene, prepare
from tests.servers import Pause
from tests.world import PATIENCE, RING, Hub, calling

# What a killed process held for minutes: the keys that it had not answered, and figures that it may still be telling.
_AGED = {
    "answer": "UPDATE answer SET lease_until = lease_until - :back WHERE sealed IS NULL",
    "due_push": "UPDATE due_push SET not_before = not_before - :back",
    "told": "UPDATE told SET asked_at = asked_at - :back",
    "job": "UPDATE job SET run_at = run_at - :back WHERE state IN ('ready', 'waiting')",
}
LATER = timedelta(minutes=3)
LOOKS = 4  # at the shop in the end, with as many minutes between them as a figure may be in doubt


def run(
    name: str, plan: Plan, folder: Path, *, postgres_url: str = "", redis_url: str = "", program: Sequence[str] = HUB
) -> Report:  # fmt: skip
    """Sell on PostgreSQL and Redis with several processes of the API and a worker, or else on one embedded hub."""
    settings = Settings(
        data_dir=folder, database_url=postgres_url, redis_url=redis_url, key_ring=RING, allow_loopback_channels=True
    )
    with ExitStack() as stack:
        runtime = _opened(stack, settings)
        processes = 1 if settings.embedded else plan.processes
        crew = Crew(_environment(settings), folder, processes=processes, worker=plan.worker, program=program)
        stack.callback(crew.stop)
        crew.start()
        if not (plan.worker or settings.embedded):
            stack.enter_context(run_embedded(runtime.work, settings))
        shop = TokopediaSandbox(seed=plan.seed % 10_000, size=0, rate=None)
        stack.enter_context(serve(shop))
        hub = stack.enter_context(_called(runtime, crew.ports[0]))
        scene = prepare(hub, shop, clients=plan.clients, supply=plan.supply)
        history, before = History(), _counters(runtime.database)
        seconds = _sells(plan, scene, crew, history, runtime.database)
        after = _counters(runtime.database)
        untold = _untold(shop, scene, runtime.database) if plan.sells_out else []
        crew.stop()
        found = [*oracle.violations(history, scene, runtime.database, plan, crew.downs), *untold]
        dead_locks = after["dead-locks"] - before["dead-locks"]
        if dead_locks:
            found.append(f"crosswise: {dead_locks} dead-locks")
        figures = _figures(history, crew, seconds, runtime.database)
        figures |= {what: after[what] - before[what] for what in after}
        return Report(name=name, plan=plan, figures=figures, violations=found)


def _sells(plan: Plan, scene: Scene, crew: Crew, history: History, database: Database) -> float:
    """Everything at once, under kills; then what nobody knows the end of, and what is left; gives the seconds of it."""
    clients = [Client(n, scene, plan, crew.ports, history) for n in range(plan.clients)]
    numbers = itertools.count(1)
    with _killing(plan, crew, history):
        seconds = all_at_once([partial(each.works, lambda: next(numbers) <= plan.calls) for each in clients])
    _time_passes(database)
    for call in history.unknown:
        clients[call.client].settles(call, patience=PATIENCE)
    return seconds + (all_at_once([each.sells_out for each in clients]) if plan.sells_out else 0.0)


@contextmanager
def _killing(plan: Plan, crew: Crew, history: History) -> Iterator[None]:
    """Kill API processes, evenly over the calls, while the block runs."""
    dice, stop = plan.dice("kills"), threading.Event()

    def kill() -> None:
        for n in range(plan.kills):
            while len(history.calls) < plan.calls * (n + 1) / (plan.kills + 1) and not stop.wait(0.01):
                continue
            if not stop.is_set():
                crew.kill(dice.randrange(len(crew.ports)))

    with ThreadPoolExecutor(1) as pool:
        killer = pool.submit(kill)
        try:
            yield
        finally:
            stop.set()
        killer.result()


def _time_passes(database: Database) -> None:
    """Make all that is waited for so much older than it is; a table at a time, so that no worker is met crosswise."""
    for table, aged in _AGED.items():
        with database.writing() as db:
            if not database.embedded:
                db.execute(sa.text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
            db.execute(sa.text(aged), {"back": LATER // MICROSECOND})


def _untold(shop: TokopediaSandbox, scene: Scene, database: Database) -> list[str]:
    """Wait until the shop was told that nothing is left. Minutes pass meanwhile: what nobody answered waits for two."""
    for _ in range(LOOKS):
        pause = Pause(PATIENCE / LOOKS)
        with suppress(TimeoutError):
            while _shown(shop, scene):
                pause.briefly()
            return []
        _time_passes(database)
    return [f"untold: the shop shows {_shown(shop, scene)}, and this is open: {_open(database)}"]


def _shown(shop: TokopediaSandbox, scene: Scene) -> dict[int, int]:
    refs = set(scene.refs.values())
    return {unit.ref: unit.stock for unit in shop.units() if unit.ref in refs and unit.stock}


def _open(database: Database) -> dict[str, list[dict[str, object]]]:
    """What is due to be told, what is believed to be shown, and which jobs are not over."""
    wanted = {
        "due": "SELECT * FROM due_push", "told": "SELECT * FROM told",
        "jobs": "SELECT kind, state, run_at, attempts, error FROM job WHERE finished_at IS NULL",
    }  # fmt: skip
    with database.reading() as db:
        return {what: [dict(row) for row in db.execute(sa.text(sql)).mappings()] for what, sql in wanted.items()}


def _figures(history: History, crew: Crew, seconds: float, database: Database) -> dict[str, object]:
    calls, kinds = history.calls, Counter((call.kind, call.accepted) for call in history.calls)
    times = statistics.quantiles([call.seconds * 1000 for call in calls], n=100)
    entries, most = ledger.oversold(database)
    told: dict[str, object] = {
        "processes": len(crew.ports), "kills": crew.kills, "calls": f"{len(calls):,}",
        "a second": f"{len(calls) / seconds:.0f}", "p50": f"{times[49]:.0f} ms", "p99": f"{times[98]:.0f} ms",
        "orders": f"{kinds[Kind.SELL, True]:,} accepted, {kinds[Kind.SELL, False]:,} refused",
        "cancelled": f"{kinds[Kind.CANCEL, True]:,}",
        "steps of stock": f"{kinds[Kind.ADJUST, True] + kinds[Kind.TRANSFER, True]:,} accepted, "
        f"{kinds[Kind.ADJUST, False] + kinds[Kind.TRANSFER, False]:,} refused",
        "answers 5xx": len(history.troubles),
        "entries of the ledger": f"{entries:,}, at most {most} promised beyond what was there",
    }  # fmt: skip
    return told | {what: f"{times:,}" for what, times in sorted(history.seen.items())}


def _counters(database: Database) -> dict[str, int]:
    """What PostgreSQL has counted of this database; it tells a second late."""
    if database.embedded:
        return {"dead-locks": 0}
    time.sleep(1.1)
    query = "SELECT deadlocks, xact_commit, xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    with database.reading() as db:
        return dict(zip(("dead-locks", "committed", "rolled back"), db.execute(sa.text(query)).one(), strict=True))


def _opened(stack: ExitStack, settings: Settings) -> Runtime:
    runtime = assemble(settings)
    stack.callback(runtime.close)
    migrating.upgrade(runtime.database)
    ledger.keep(runtime.database)
    if settings.redis_url:
        runtime.database.waker = Broker(settings.redis_url).send
    return runtime


def _environment(settings: Settings) -> dict[str, str]:
    given = {
        "HUB_DATA_DIR": str(settings.data_dir), "HUB_KEY_RING": settings.key_ring,
        "HUB_ALLOW_LOOPBACK_CHANNELS": "true", "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}


@contextmanager
def _called(runtime: Runtime, port: int) -> Iterator[Hub]:
    """The hub through one of its processes, to set up what is sold."""
    with runtime.database.writing() as db:
        _, key = merchants.create_key(
            db, "tests", environment=runtime.settings.environment, merchants=None, access=Access.ADMIN,
            expires_at=None, actor=CLI,
        )  # fmt: skip
    with calling(f"http://127.0.0.1:{port}", key) as api:
        yield Hub(form="processes", api=api, runtime=runtime)
