"""Faults injected from outside befall the planned requests, in process and over loopback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hub_hookspecs.testing import faults, serve, transport
from hub_hookspecs.testing.faults import Faulty, Plan, SteppedClock

from .corner.sandbox import CornerSandbox

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVERY = Plan(times=None)
REF = "1-0001"


@contextmanager
def a_customer(faulty: Faulty, base_url: str = "http://sandbox.test") -> Iterator[httpx.Client]:
    """Open a client that is logged in; what it asked for its token is not counted."""
    mounted = transport(faulty) if base_url == faulty.base_url == "http://sandbox.test" else None
    with httpx.Client(transport=mounted, base_url=base_url) as http:
        token = http.post("/token", json={"secret": "corner-secret-1"}).json()["token"]
        http.headers["authorization"] = f"Bearer {token}"
        faulty.requests.clear()
        yield http


def set_level(http: httpx.Client, level: int) -> httpx.Response:
    return http.put(f"/items/{REF}/stock", json={"level": level})


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        pytest.param(faults.time_out_before, 8, id="before the effect"),
        pytest.param(faults.time_out_after, 99, id="after the effect"),
    ],
)
def test_a_time_out_leaves_open_whether_the_request_took_effect(fault: faults.Fault, level: int) -> None:
    shop = CornerSandbox()
    faulty = Faulty(shop)

    with a_customer(faulty) as http:
        faulty.inject(fault)
        with pytest.raises(httpx.ReadTimeout):
            set_level(http, 99)

    assert shop.levels[REF] == level


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        pytest.param(faults.server_error(504), 8, id="before the effect"),
        pytest.param(faults.failing_after(504), 99, id="after the effect"),
    ],
)
def test_a_failure_leaves_open_whether_the_request_took_effect(fault: faults.Fault, level: int) -> None:
    shop = CornerSandbox()
    faulty = Faulty(shop)

    with a_customer(faulty) as http:
        faulty.inject(fault)
        answer = set_level(http, 99)

    assert (answer.status_code, shop.levels[REF]) == (504, level)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        pytest.param(faults.rate_limited(retry_after=7), 429, "too many", id="429"),
        pytest.param(faults.server_error(502), 502, "<html>", id="502 in HTML"),
        pytest.param(faults.revoked(403), 403, "denied", id="revoked"),
        pytest.param(faults.wrong_json(b"[1]"), 200, "[1]", id="wrong JSON"),
    ],
)
def test_an_answer_can_be_replaced(fault: faults.Fault, status: int, body: str) -> None:
    shop = CornerSandbox()
    faulty = Faulty(shop)

    with a_customer(faulty) as http:
        faulty.inject(fault)
        answer = set_level(http, 99)

    assert (answer.status_code, body in answer.text) == (status, True)
    assert shop.writes == 0


def test_a_pause_is_named_in_seconds() -> None:
    faulty = Faulty(CornerSandbox())
    faulty.inject(faults.rate_limited(retry_after=7))

    with httpx.Client(transport=transport(faulty)) as http:
        assert http.get("http://sandbox.test/shop").headers["retry-after"] == "7"


def test_truncated_json_comes_after_the_effect() -> None:
    shop = CornerSandbox()
    faulty = Faulty(shop)

    with a_customer(faulty) as http:
        faulty.inject(faults.truncated_json)
        answer = set_level(http, 99)

    assert shop.levels[REF] == 99
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("plan", "failed"),
    [
        pytest.param(EVERY, [1, 2, 3, 4, 5, 6], id="every request"),
        pytest.param(Plan(), [1], id="the first"),
        pytest.param(Plan(nth=3, times=2), [3, 4], id="the third and the next"),
        pytest.param(Plan(path="/items", times=None), [2, 4, 6], id="a path"),
        pytest.param(Plan(path="/items", nth=2), [4], id="the second on a path"),
        pytest.param(Plan(method="PUT", times=None), [], id="a method that was not used"),
        pytest.param(Plan(times=None, share=0), [], id="no share"),
    ],
)
def test_a_fault_befalls_what_was_planned(plan: Plan, failed: list[int]) -> None:
    faulty = Faulty(CornerSandbox())

    with a_customer(faulty) as http:
        faulty.inject(faults.server_error(503), plan)
        answers = [http.get(path) for _ in range(3) for path in ("/shop", "/items")]

    assert [number for number, answer in enumerate(answers, start=1) if answer.status_code == 503] == failed
    assert len(faulty.requests) == 6


def test_a_share_of_requests_fails_the_same_way_with_the_same_seed() -> None:
    def failures(seed: int) -> list[int]:
        faulty = Faulty(CornerSandbox(), seed=seed)
        with a_customer(faulty) as http:
            faulty.inject(faults.server_error(503), Plan(times=None, share=0.5))
            return [number for number in range(40) if http.get("/shop").status_code == 503]

    assert failures(7) == failures(7) != failures(8)
    assert 10 < len(failures(7)) < 30


def test_the_first_of_two_planned_faults_wins() -> None:
    faulty = Faulty(CornerSandbox())

    with a_customer(faulty) as http:
        faulty.inject(faults.server_error(503), Plan(nth=2))
        faulty.inject(faults.revoked(), EVERY)
        statuses = [http.get("/shop").status_code for _ in range(3)]

    assert statuses == [401, 503, 401]


def test_a_page_drifts_while_it_is_read() -> None:
    shop = CornerSandbox(size=12)
    faulty = Faulty(shop)

    with a_customer(faulty) as http:
        faulty.inject(faults.meanwhile(lambda: shop.levels.pop("1-0011")), Plan(path="/items", nth=2))
        first = http.get("/items").json()
        second = http.get("/items", params={"after": first["rows"][-1]["ref"]}).json()

    assert [row["ref"] for row in second["rows"]] == ["1-0012"]


def test_a_token_expires_when_the_clock_is_moved() -> None:
    clock = SteppedClock(NOON)
    faulty = Faulty(CornerSandbox(clock=clock))

    with a_customer(faulty) as http:
        before = http.get("/shop").status_code
        clock.advance(timedelta(hours=1))
        after = http.get("/shop").status_code

    assert (before, after) == (200, 401)


def test_a_skewed_clock_stays_wrong_by_the_same_amount() -> None:
    clock = SteppedClock(NOON)
    wrong = faults.skewed(timedelta(minutes=-10), clock=clock)
    clock.advance(timedelta(hours=1))

    assert wrong() == NOON + timedelta(minutes=50)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda: faults.time_out_before, id="a time-out"),
        pytest.param(lambda: faults.time_out_after, id="a time-out after the effect"),
    ],
)
def test_a_served_sandbox_drops_the_connection_where_it_would_time_out(fault: Callable[[], faults.Fault]) -> None:
    faulty = Faulty(CornerSandbox())

    with serve(faulty) as url, a_customer(faulty, url) as http:
        faulty.inject(fault(), Plan())
        with pytest.raises(httpx.RemoteProtocolError):
            http.get("/shop")
        recovered = http.get("/shop")

    assert recovered.json()["name"] == "Corner Shop"
    assert faulty.exceptions == []


def test_a_slow_drip_sends_the_whole_answer_in_pieces() -> None:
    faulty = Faulty(CornerSandbox())

    with serve(faulty) as url, a_customer(faulty, url) as http:
        faulty.inject(faults.slow_drip(pause=0.02, piece=8))
        asked_at = time.monotonic()
        answer = http.get("/shop")

    assert answer.content == b'{"id":"shop-1","name":"Corner Shop"}'
    assert time.monotonic() - asked_at >= 5 * 0.02  # of 36 bytes; a busy reader may find several pieces at once
