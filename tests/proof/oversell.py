"""The long form of the run against overselling: 200,000 calls on PostgreSQL and 50,000 on SQLite, in rounds.

It takes more than an hour: each round is kept under `build/`, and a run that was cut off goes on where it was, as long
as the commit is the same and nothing was changed since.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec.structs import replace

from tests.conftest import fresh
from tests.faults.stand import Servers, own_servers
from tests.oversell.crew import NAIVE
from tests.oversell.plan import Plan, Report
from tests.oversell.run import run
from tests.proof.page import ROOT, Line, Page, commit
from tests.servers import versions

ROUND = Plan(calls=20_000, kills=20)
EMBEDDED = Plan(calls=10_000, kills=10)
CONTROL = Plan(calls=2_000, kills=0, cut=0.0, again=0.0, sells_out=False)
KEPT = ROOT / "build" / "no-oversell"
ON_POSTGRESQL, ON_SQLITE = 10, 5  # rounds, each with dice and a database of its own
NOT_RUN = (
    "several processes over one SQLite file: the hub refuses to serve it twice",
    "orders of marketplaces among the calls: how pushes race with them is simulated, and run against the sandboxes",
    "power loss: the servers keep what the operating system has taken",
    "kills of PostgreSQL and of workers (tests/faults)",
)


class Round(msgspec.Struct, frozen=True):
    """A round that was run, and how long it took."""

    report: Report
    seconds: float


def prove() -> Page:
    """Run all rounds that are not kept yet, one after the other."""
    with own_servers() as servers:
        said = versions(servers.postgres, servers.redis)
        rounds = [kept(n, servers) for n in range(ON_POSTGRESQL + ON_SQLITE + 1)]
    return page([each.report for each in rounds], said, sum(each.seconds for each in rounds))


def kept(n: int, servers: Servers) -> Round:
    """The round as it was kept at this very commit, or else it is run now."""
    at = commit()
    path = KEPT / at / f"{n}.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Round)
    began = time.monotonic()
    with TemporaryDirectory(prefix="hub-proof-") as folder:
        done = Round(one_round(n, servers, Path(folder) / str(n)), time.monotonic() - began)
    print(done.report, flush=True)  # noqa: T201 - a long run shows how far it is
    if " " not in at:  # a changed tree has no name under which it would be found again
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(done))
        part.replace(path)
    return done


def one_round(n: int, servers: Servers, folder: Path) -> Report:
    """The rounds on PostgreSQL come first, then those on SQLite, and the control last."""
    folder.mkdir()
    if n >= ON_POSTGRESQL + ON_SQLITE:
        with fresh(servers.postgres) as url:
            return run(
                "control: levels are read, thought about and written", CONTROL, folder, postgres_url=url,
                redis_url=servers.redis.url, program=NAIVE,
            )  # fmt: skip
    if n >= ON_POSTGRESQL:
        return run("SQLite, the embedded hub", replace(EMBEDDED, seed=EMBEDDED.seed + n), folder)
    with fresh(servers.postgres) as url:
        plan = replace(ROUND, seed=ROUND.seed + n)
        return run("PostgreSQL", plan, folder, postgres_url=url, redis_url=servers.redis.url)


def page(reports: Sequence[Report], said: str, seconds: float) -> Page:
    return Page(
        name="no-oversell",
        title="No unit is sold twice",
        sizes=f"{ROUND.said()}, {ON_POSTGRESQL} rounds on PostgreSQL; {EMBEDDED.calls:,} calls and "
        f"{EMBEDDED.kills} kills in each of {ON_SQLITE} rounds on SQLite",
        versions=said,
        seconds=seconds,
        lines=list(_lines(reports)),
        not_run=NOT_RUN,
    )


def _lines(reports: Sequence[Report]) -> Iterator[Line]:
    for report in reports:
        if report.name.startswith("control"):
            noticed = {"oversold", "unequal"} <= {each.split(":")[0] for each in report.violations}
            yield Line(report.name, report.told(), "holds" if noticed else "the control passes unnoticed")
            continue
        tried = f"{report.name}, seed {report.plan.seed}"
        yield Line(tried, report.told(), "; ".join(report.violations) or "holds")
