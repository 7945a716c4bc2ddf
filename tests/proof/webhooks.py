"""The long storm: 10,000 deliveries of 2,000 events on PostgreSQL in two API processes, on SQLite, and a control."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from hub_hookspecs.testing import serve

from tests.conftest import fresh
from tests.faults.stand import Servers, own_servers
from tests.oversell.crew import Crew
from tests.proof.page import Line, Page
from tests.servers import versions
from tests.stalls import Shopify, Tokopedia
from tests.webhooks import naive, storm
from tests.webhooks.plan import Plan, Report
from tests.world import RING, Hub, embedded_hub, production_hub

FULL = Plan(sales=1_600, cancelled=400, deliveries=10_000)
CONTROL = Plan(senders=2)
PROCESSES = 2  # of the API, on PostgreSQL
NOTICED = {"accepted", "kept", "from nowhere"}
NOT_RUN = (
    "kills of processes between a message and its effect: the everyday tests drop each job at each of its steps",
    "the channels themselves: both sandboxes sign as the protocol says, Tokopedia's signature is a reconstruction",
    "messages older than a hub that was down: what its channel gives up to send is what polling finds",
)


def prove() -> Page:
    """Run the storm on both forms, and the control."""
    began = time.monotonic()
    with own_servers() as servers, TemporaryDirectory(prefix="hub-proof-") as folder:
        said = versions(servers.postgres, servers.redis)
        reports = [_on_postgresql(servers, Path(folder)), _on_sqlite(Path(folder)), _control(Path(folder))]
    return page(reports, said, time.monotonic() - began)


def _on_postgresql(servers: Servers, folder: Path) -> Report:
    home = _made(folder / "production")
    with fresh(servers.postgres) as url, production_hub(home, url, servers.redis.url) as hub, ExitStack() as stack:
        environment = {
            "HUB_DATA_DIR": str(home), "HUB_KEY_RING": RING, "HUB_ALLOW_LOOPBACK_CHANNELS": "true",
            "HUB_DATABASE_URL": url, "HUB_REDIS_URL": servers.redis.url,
        }  # fmt: skip
        crew = Crew(environment, home, processes=PROCESSES, worker=False)
        stack.callback(crew.stop)
        crew.start()
        doors = [f"http://127.0.0.1:{port}" for port in crew.ports]
        return _storm(f"PostgreSQL and Redis, {PROCESSES} API processes and a worker", FULL, hub, doors)


def _on_sqlite(folder: Path) -> Report:
    with embedded_hub(_made(folder / "embedded")) as hub:
        return _storm("SQLite, the embedded hub", FULL, hub, [str(hub.api.base_url).rstrip("/")])


def _control(folder: Path) -> Report:
    with embedded_hub(_made(folder / "control"), plugins=naive.hosts()) as hub:
        return _storm("control: whatever comes is believed", CONTROL, hub, [str(hub.api.base_url).rstrip("/")])


def _storm(name: str, plan: Plan, hub: Hub, doors: Sequence[str]) -> Report:
    stalls = Tokopedia(), Shopify()
    with serve(stalls[0].sandbox), serve(stalls[1].sandbox):
        report = storm.run(name, plan, hub, stalls, doors)
    print(report, flush=True)  # noqa: T201 - a long run shows how far it is
    return report


def page(reports: Sequence[Report], said: str, seconds: float) -> Page:
    return Page(
        name="webhooks",
        title="Each event has one effect, however its webhooks come",
        sizes=f"{FULL.said()}, on each database",
        versions=said,
        seconds=seconds,
        lines=list(_lines(reports)),
        not_run=NOT_RUN,
    )


def _lines(reports: Sequence[Report]) -> Iterator[Line]:
    for report in reports:
        found = {each.split(":")[0] for each in report.violations}
        if report.name.startswith("control"):
            verdict = "holds" if found >= NOTICED else "the control passes unnoticed"
            yield Line(
                f"{report.name}; it must be noticed", f"{report.told()}: {'; '.join(report.violations)}", verdict
            )
            continue
        yield Line(report.name, report.told(), "; ".join(report.violations) or "holds")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
