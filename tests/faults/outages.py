"""Takes Redis and PostgreSQL away in the middle of an import, while the API is called all the time."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence

import msgspec
import redis
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.faults.caller import Caller
from tests.faults.kills import wait
from tests.faults.oracle import Catalogue
from tests.faults.plan import UNPACED, Plan, Report
from tests.faults.stand import Begun, Servers, Stand, begin
from tests.faults.undergoing import Figures, undergo

AWAY_AT = 2.0  # seconds into the import, up to
Outage = Callable[[Plan, Servers], Figures]


def survive(names: Sequence[str], stand: Stand, servers: Servers, wanted: Catalogue) -> Report:
    """Import through outages: the catalogue must not tell, and the API keeps its word all along."""
    name = "; ".join(names)
    little = TokopediaSandbox(seed=4_711, size=20, rate=None)
    with serve(little):
        aside = begin(stand.hub, little, UNPACED)
        caller = Caller(stand.hub, aside.merchant, aside.account, grace=stand.plan.grace)

        def disturb(stand: Stand, begun: Begun) -> tuple[Figures, str]:
            by = stand.plan.dice(name).uniform(0, AWAY_AT)
            stand.watch.waits_for_a_run(begun.import_id, patience=stand.patience())
            with caller.calling():
                wait(by)
                figures = _one_after_the_other(names, stand.plan, servers)
            return figures, "" if stand.watch.held_one(
                begun.import_id
            ) else "the import was over before the last outage"

        seconds = stand.patience(seconds=stand.plan.redis_stop)
        report = undergo(name, stand, wanted, disturb, patience=seconds)
        if report.void:
            return report
        found = [*report.violations, *caller.violations()]
    return msgspec.structs.replace(report, figures=report.figures | caller.figures(), violations=found)


def _one_after_the_other(names: Sequence[str], plan: Plan, servers: Servers) -> Figures:
    figures: Figures = {}
    for name in names:
        figures |= OUTAGES[name](plan, servers)
        wait(plan.lease)  # what comes back must not be helped by the next fault
    return figures


def flushed(plan: Plan, servers: Servers) -> Figures:
    """FLUSHALL at seeded moments."""
    dice = plan.dice("flushes")
    with redis.Redis.from_url(servers.redis.url) as client:
        for _ in range(plan.flushes):
            wait(dice.uniform(0.1, 1.0))
            client.flushall()
    return {"flushes": plan.flushes}


def redis_away_with_its_data(plan: Plan, servers: Servers) -> Figures:
    with redis.Redis.from_url(servers.redis.url) as client:
        client.save()
    return _redis_away(plan, servers)


def redis_away_for_good(plan: Plan, servers: Servers) -> Figures:
    """Redis comes back and remembers nothing."""
    with redis.Redis.from_url(servers.redis.url) as client:
        client.flushall()
        client.save()
    return _redis_away(plan, servers)


def _redis_away(plan: Plan, servers: Servers) -> Figures:
    server = servers.redis
    if not server.ours:
        raise RuntimeError("a Redis that was given by URL cannot be stopped: unset HUB_TEST_REDIS_URL")
    server.stop(signal.SIGKILL)
    wait(plan.redis_stop)
    server.start()
    return {"Redis away": f"{plan.redis_stop:g} s"}


def postgresql_restarted_fast(plan: Plan, servers: Servers) -> Figures:
    return _restart(servers, signal.SIGINT)


def postgresql_restarted_immediately(plan: Plan, servers: Servers) -> Figures:
    """As after a crash: nothing is rolled back in order, the log is replayed."""
    return _restart(servers, signal.SIGQUIT)


def _restart(servers: Servers, sign: signal.Signals) -> Figures:
    server = servers.postgres
    if not server.ours:
        raise RuntimeError("a PostgreSQL that was given by URL cannot be restarted: unset HUB_TEST_POSTGRES_URL")
    before = time.monotonic()
    server.restart(sign)
    return {"PostgreSQL away": f"{time.monotonic() - before:.1f} s"}


OUTAGES: dict[str, Outage] = {
    "FLUSHALL": flushed,
    "Redis stopped, data kept": redis_away_with_its_data,
    "Redis stopped, data lost": redis_away_for_good,
    "PostgreSQL restarted, fast": postgresql_restarted_fast,
    "PostgreSQL restarted, immediate": postgresql_restarted_immediately,
}
