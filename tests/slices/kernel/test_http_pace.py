"""The declared rate, shared by everything that works for an account."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from hub_hookspecs import Rate, RateLimited

from hub.kernel.db import Database
from hub.kernel.http import ChannelHttp, Limit, purge_rates
from hub.kernel.http.pace import FULL_FOR, Pace, take
from hub.kernel.http.tables import rate as bucket
from tests.slices.kernel.wire import answering, ok


def limit(requests: int, seconds: float, scope: str = "account") -> Limit:
    return Limit(rate=Rate(requests=requests, per=timedelta(seconds=seconds), scope=scope), scope="account:shop")


def asking(path: str = "/items", method: str = "GET") -> httpx.Request:
    return httpx.Request(method, f"https://shop.example{path}")


def most_in_any(window: float, moments: list[float]) -> int:
    return max(sum(start <= moment < start + window for moment in moments) for start in moments)


@pytest.mark.parametrize("requests", [1, 3, 20, 100, 1000])
def test_a_burst_and_what_follows_stay_inside_every_window(database: Database, requests: int) -> None:
    rate = limit(requests, 60)
    granted: list[float] = []

    started = time.monotonic()
    with database.writing() as db:
        for _ in range(3 * requests // rate.batch):
            ahead = take(db, "any", rate, patience=10_000)
            granted += [time.monotonic() - started + ahead] * rate.batch

    assert most_in_any(60, granted) <= requests


def test_a_pace_costs_little_of_the_rate() -> None:
    slowest = max(limit(requests, 60).interval * requests / 60 for requests in range(1, 2_000))

    assert slowest < 1.1


def test_a_bucket_that_was_full_for_long_is_forgotten_and_one_in_use_is_not(database: Database) -> None:
    with database.writing() as db:
        take(db, "long ago", limit(60, 60), patience=1)
    database.clock.offset += FULL_FOR + timedelta(hours=1)
    with database.writing() as db:
        take(db, "today", limit(60, 60), patience=1)

    with database.writing() as db:
        gone = purge_rates(db)
        left = db.execute(sa.select(bucket.c.scope)).scalars().all()

    assert (gone, left) == (1, ["today"])


@pytest.mark.parametrize("scope", ["account", "endpoint"])
def test_all_who_are_being_proven_at_one_host_share_its_rate(scope: str) -> None:
    rate = Rate(requests=5, per=timedelta(seconds=1), scope=scope)
    proofs = Limit(rate=rate, scope="proof:bazaar", by_host=True)
    hosts = ("https://shop.example/login", "https://shop.example/login", "https://other.example/login")

    mine, yours, elsewhere = (proofs.scope_of(httpx.Request("GET", url)) for url in hosts)

    assert (mine == yours, mine == elsewhere) == (True, False)
    assert proofs.patience > Limit(rate=rate, scope="account:shop").patience


def test_two_processes_share_one_rate(database: Database) -> None:
    workers = [Pace(database), Pace(database)]
    rate = limit(20, 1)
    started = time.monotonic()

    def send(worker: Pace) -> float:
        worker.wait(rate, asking(), left=20)
        return time.monotonic() - started

    with ThreadPoolExecutor(8) as threads:
        sent = sorted(threads.map(send, workers * 15))

    assert most_in_any(0.9, sent) <= 20  # a busy machine wakes threads late
    assert 1.4 < sent[-1] < 3


def test_without_the_shared_bucket_two_processes_send_twice_as_much(database: Database) -> None:
    """The control: two buckets of their own let through what one does not."""
    mine, yours = limit(20, 1), Limit(rate=limit(20, 1).rate, scope="account:other")
    waited: list[float] = []
    pace = Pace(database, sleep=waited.append)

    for _ in range(10):
        pace.wait(mine, asking(), left=20)
        pace.wait(yours, asking(), left=20)

    assert max(waited) < 0.6


def test_a_long_wait_frees_the_thread_and_says_how_long(database: Database) -> None:
    pace = Pace(database)
    rate = limit(1, 3600)
    pace.wait(rate, asking(), left=20)

    with pytest.raises(RateLimited, match="1 requests per 3600 s are used up") as refusal:
        pace.wait(rate, asking(), left=20)

    assert refusal.value.retry_after is not None
    assert timedelta(minutes=59) < refusal.value.retry_after < timedelta(minutes=62)


def test_a_refused_request_takes_nothing_from_those_who_come_later(database: Database) -> None:
    pace = Pace(database, sleep=lambda seconds: None)
    rate = limit(1, 3600)
    pace.wait(rate, asking(), left=20)

    pauses = []
    for _ in range(3):
        with pytest.raises(RateLimited) as refusal:
            pace.wait(rate, asking(), left=20)
        pauses.append(refusal.value.retry_after)

    assert max(filter(None, pauses)) <= timedelta(seconds=3673)


@pytest.mark.parametrize(
    ("scope", "first", "second", "shared"),
    [
        pytest.param("account", "/items", "/orders", True, id="one rate for the account"),
        pytest.param("endpoint", "/items", "/orders", False, id="a rate per endpoint"),
        pytest.param("endpoint", "/orders/17", "/orders/18", True, id="one endpoint whatever the number"),
    ],
)
def test_who_shares_a_rate(database: Database, scope: str, first: str, second: str, shared: bool) -> None:
    pace = Pace(database, sleep=lambda seconds: None)
    rate = limit(1, 3600, scope)
    pace.wait(rate, asking(first), left=20)

    if shared:
        with pytest.raises(RateLimited):
            pace.wait(rate, asking(second), left=20)
    else:
        pace.wait(rate, asking(second), left=20)


def test_every_request_of_an_account_keeps_to_the_rate(database: Database) -> None:
    http = ChannelHttp(database, allow_loopback=True)
    client = http.client(account_id="shop", limit=limit(10, 1))

    with answering(ok(b"{}")) as wire:
        started = time.monotonic()
        for _ in range(11):
            client.get(wire.url)

    assert 1.0 <= time.monotonic() - started < 2
