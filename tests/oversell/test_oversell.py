"""Many clients and processes want the same few units at once, and processes are killed: nothing is sold twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import fresh
from tests.oversell.crew import NAIVE
from tests.oversell.plan import Plan, Report
from tests.oversell.run import run
from tests.servers import Server

SMALL = Plan(calls=4_000, worker=False)
CONTROL = Plan(calls=150, clients=16, kills=0, cut=0.0, again=0.0, sells_out=False, supply=20)


def told(report: Report) -> set[str]:
    """The sorts of violation that a report names."""
    print(f"\n{report}")  # noqa: T201 - what was reported belongs to the result
    return {violation.split(":")[0] for violation in report.violations}


@pytest.mark.row("B-03")
def test_processes_that_are_killed_sell_no_unit_twice(postgres_server: Server, redis: Server, tmp_path: Path) -> None:
    with fresh(postgres_server) as url:
        report = run("PostgreSQL", SMALL, tmp_path, postgres_url=url, redis_url=redis.url)

    assert told(report) == set()


@pytest.mark.row("B-03")
def test_the_embedded_hub_sells_no_unit_twice(tmp_path: Path) -> None:
    assert told(run("SQLite", Plan(calls=1_000), tmp_path)) == set()


def test_whoever_reads_levels_thinks_and_writes_them_is_reported(tmp_path: Path) -> None:
    assert {"oversold", "unequal"} <= told(run("naive", CONTROL, tmp_path, program=NAIVE))
