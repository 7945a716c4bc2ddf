"""Kills the embedded hub as a whole, on SQLite, in the middle of an import, and starts it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import msgspec
import sqlalchemy as sa
from hub_hookspecs.testing import serve

from hub.kernel import migrating
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.merchants import service as merchants
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from tests.faults.crew import Crew
from tests.faults.kills import kill_workers, read_again
from tests.faults.oracle import Catalogue
from tests.faults.plan import Plan, Report
from tests.faults.stand import Stand, a_stand_shop
from tests.faults.undergoing import undergo
from tests.faults.watch import Watch
from tests.servers import free_port
from tests.world import Hub, calling


@contextmanager
def embedded_stand(plan: Plan, folder: Path, *, sabotage: tuple[str, ...] = ()) -> Iterator[Stand]:
    """The embedded form in a process of its own, API and all."""
    settings = Settings(
        data_dir=folder, allow_loopback_channels=True, job_lease=plan.lease, sweep=plan.sweep, port=free_port()
    )
    with ExitStack() as stack:
        runtime = assemble(settings, plan.hosts())  # to look at the same file; nothing runs here
        stack.callback(runtime.close)
        migrating.upgrade(runtime.database)
        crew = Crew(settings, plan, folder, serves=True, sabotage=sabotage)
        stack.callback(crew.stop)
        crew.start()
        watch = stack.enter_context(Watch(Database(settings.url)).looking())
        stack.callback(watch.database.dispose)
        shop = a_stand_shop(plan)
        stack.enter_context(serve(shop))
        hub = _called(stack, runtime)
        built = Stand(plan=plan, folder=folder, hub=hub, crew=crew, watch=watch, shop=shop, alone=True)
        built.until_it_answers()
        yield built


def survive_kills_of_everything(stand: Stand, wanted: Catalogue) -> Report:
    """Import while the only process is killed and started again; the file must stay whole."""
    kills = stand.plan.embedded_kills
    disturb = partial(kill_workers, kills=kills)
    report = undergo("kill -9 of the embedded hub", stand, wanted, disturb, patience=stand.patience())
    report = report if report.void else read_again(report, stand.shop, wanted, kills=kills)
    with stand.database.reading() as db:
        whole = db.execute(sa.text("PRAGMA integrity_check")).scalar_one()
    report.figures["integrity_check"] = whole
    broken = [] if whole == "ok" else [f"broken: integrity_check says {whole}"]
    return msgspec.structs.replace(report, violations=[*report.violations, *broken])


def _called(stack: ExitStack, runtime: Runtime) -> Hub:
    settings = runtime.settings
    with runtime.database.writing() as db:
        _, key = merchants.create_key(
            db, "tests", environment=settings.environment, merchants=None, access=Access.ADMIN, expires_at=None,
            actor=CLI,
        )  # fmt: skip
    api = stack.enter_context(calling(f"http://{settings.host}:{settings.port}", key))
    return Hub(form="embedded", api=api, runtime=runtime)
