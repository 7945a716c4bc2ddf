"""`Idempotency-Key`: one effect, one answer, whatever happens to the process in between."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar, post
from litestar.testing import TestClient

from hub.kernel.api.answers import KEPT, LEASE, Answers, Claim, ClaimLost, Kept, StillRunning, answer
from hub.kernel.api.policy import Access, allow
from hub.kernel.clock import Clock
from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI
from hub.kernel.sealing import open_ring
from hub.merchants.service import create_merchant
from hub.merchants.tables import merchant
from tests.callers import SETTINGS, a_key, a_merchant, an_app, bearer, calling
from tests.slices.kernel import dying

Client = TestClient[Litestar]
ROOT = Path(__file__).parents[3]
RING = open_ring(SETTINGS)
TOKO = {"name": "Toko Batik Ayu"}
ANSWER = Kept(status=201, headers=[(b"content-type", b"application/json")], body=b"{}")


def _under(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def _merchants(database: Database) -> int:
    with database.reading() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(merchant)).scalar_one())


def _later(database: Database, passed: timedelta) -> Database:
    url = database.engine.url.render_as_string(hide_password=False)
    return Database(url, clock=Clock(passed))


def test_the_first_answer_is_given_again_byte_for_byte(platform: Client, database: Database) -> None:
    first, again = (platform.post("/v1/merchants", json=TOKO, headers=_under("k-1")) for _ in range(2))

    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    for name in ("content-type", "location", "etag"):
        assert again.headers[name] == first.headers[name]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert _merchants(database) == 1


def test_without_a_key_every_request_has_its_own_effect(platform: Client, database: Database) -> None:
    for _ in range(2):
        platform.post("/v1/merchants", json=TOKO)

    assert _merchants(database) == 2


def test_another_body_under_the_same_key_is_refused(platform: Client, database: Database) -> None:
    platform.post("/v1/merchants", json=TOKO, headers=_under("k-1"))

    other = platform.post("/v1/merchants", json={"name": "Warung Sari"}, headers=_under("k-1"))

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert _merchants(database) == 1


def test_a_key_belongs_to_one_caller_and_one_path(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}/keys"
    other = bearer(a_key(database, name="other"))

    answers = [
        platform.post("/v1/merchants", json=TOKO, headers=_under("k-1")),
        platform.post("/v1/merchants", json=TOKO, headers=_under("k-1") | other),
        platform.post(path, json={"name": "erp"}, headers=_under("k-1")),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert all("idempotency-replayed" not in answer.headers for answer in answers)


def test_a_refusal_is_given_again_too(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}/keys"
    old = [platform.post(path, json={"name": "erp"}).json() for _ in range(2)]
    first = platform.post(path, json={"name": "erp"}, headers=_under("k-1"))
    platform.delete(f"{path}/{old[0]['key']['id']}")

    again = platform.post(path, json={"name": "erp"}, headers=_under("k-1"))

    assert (first.status_code, again.status_code, again.content) == (409, 409, first.content)


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "caf\u00e9"])
def test_a_malformed_key_is_refused_by_name(platform: Client, key: str) -> None:
    answer = platform.post("/v1/merchants", json=TOKO, headers=[(b"Idempotency-Key", key.encode())])

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_what_is_kept_cannot_be_read_in_the_database(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}/keys"
    secret = platform.post(path, json={"name": "erp"}, headers=_under("k-1")).json()["secret"]

    with database.reading() as db:
        kept = db.execute(sa.select(answer)).one()

    assert secret not in repr(kept)
    assert platform.post(path, json={"name": "erp"}, headers=_under("k-1")).json()["secret"] == secret


def test_many_at_once_under_one_key_have_one_effect(platform: Client, database: Database) -> None:
    def ask(_: int) -> httpx.Response:
        return platform.post("/v1/merchants", json=TOKO, headers=_under("k-1"))

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(ask, range(24)))

    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert _merchants(database) == 1


def test_a_twin_of_a_running_request_is_told_to_wait(database: Database) -> None:
    entered, leave = threading.Event(), threading.Event()

    @post("/slow", opt=allow(Access.WRITE), sync_to_thread=True)
    def slow() -> str:
        entered.set()
        leave.wait(10)
        return "done"

    with an_app(database) as app:
        app.register(slow)
        with calling(app, a_key(database)) as client, ThreadPoolExecutor(1) as callers:
            first = callers.submit(client.post, "/slow", headers=_under("k-1"))
            entered.wait(10)
            twin = client.post("/slow", headers=_under("k-1"))
            leave.set()
            first.result()
            after = client.post("/slow", headers=_under("k-1"))

    assert (twin.status_code, twin.json()["code"], twin.json()["retryable"]) == (409, "idempotency_running", True)
    assert twin.headers["retry-after"] == "1"
    assert (after.status_code, after.headers["idempotency-replayed"]) == (201, "true")


def test_a_fault_of_ours_is_not_kept_so_trying_again_can_help(database: Database) -> None:
    calls: list[int] = []

    @post("/shaky", opt=allow(Access.WRITE), sync_to_thread=False)
    def shaky() -> str:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return "done"

    with an_app(database) as app:
        app.register(shaky)
        with calling(app, a_key(database)) as client:
            answers = [client.post("/shaky", headers=_under("k-1")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [500, 201, 201]
    assert len(calls) == 2


def test_a_caller_without_the_right_keeps_nothing(platform: Client, database: Database) -> None:
    reader = bearer(a_key(database, access=Access.READ, name="reader"))

    refused = platform.post("/v1/merchants", json=TOKO, headers=_under("k-1") | reader)

    assert refused.status_code == 403
    with database.reading() as db:
        assert db.execute(sa.select(answer)).all() == []


def test_a_request_that_lost_its_key_undoes_its_effect(database: Database) -> None:
    answers = Answers(database, RING)
    frozen = answers.claim("scope", "request")
    taken_over = Answers(_later(database, LEASE * 2), RING).claim("scope", "request")

    assert isinstance(frozen, Claim)
    assert isinstance(taken_over, Claim)
    with pytest.raises(ClaimLost), database.writing() as db:
        _take_in_and_keep(db, answers, frozen)
    assert _merchants(database) == 0
    with database.writing() as db:
        _take_in_and_keep(db, answers, taken_over)
    assert _merchants(database) == 1


def test_within_its_lease_a_claim_is_respected(database: Database) -> None:
    Answers(database, RING).claim("scope", "request")

    with pytest.raises(StillRunning):
        Answers(_later(database, LEASE / 2), RING).claim("scope", "request")


def test_after_seven_days_an_answer_is_forgotten(database: Database) -> None:
    answers = Answers(database, RING)
    first = answers.claim("scope", "request")
    assert isinstance(first, Claim)
    answers.keep_late(first, ANSWER)

    before = Answers(_later(database, KEPT - timedelta(hours=1)), RING).claim("scope", "request")
    after = Answers(_later(database, KEPT + timedelta(hours=1)), RING).claim("scope", "request")

    assert before == ANSWER
    assert isinstance(after, Claim)
    with pytest.raises(StillRunning):
        Answers(_later(database, KEPT + timedelta(hours=1)), RING).claim("scope", "request")


@pytest.mark.parametrize(
    ("moment", "first_retry"),
    [
        pytest.param("before the commit", (409, False), id="killed before the commit"),
        pytest.param("after the commit", (201, True), id="killed after the commit"),
    ],
)
def test_a_killed_process_leaves_one_effect_or_none_and_never_two(
    database: Database, moment: str, first_retry: tuple[int, bool]
) -> None:
    key = a_key(database)
    _die(database, key, moment)

    at_once = _retried(database, key)
    in_time = _retried(database, key, passed=LEASE * 2)

    assert at_once == first_retry
    assert in_time[0] == 201
    assert _merchants(database) == 1


def test_the_harness_sees_a_second_effect_where_the_answer_is_kept_too_late(database: Database) -> None:
    key = a_key(database)
    _die(database, key, "with the answer kept too late")

    _retried(database, key, passed=LEASE * 2)

    assert _merchants(database) == 2


def _die(database: Database, key: str, moment: str) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-W", "ignore", "-m", "tests.slices.kernel.dying", url, key, moment]
    died = subprocess.run(command, cwd=ROOT, check=False, timeout=60, capture_output=True)  # noqa: S603 - our own script
    assert died.returncode == 9, died.stderr.decode()


def _retried(database: Database, key: str, *, passed: timedelta = timedelta(0)) -> tuple[int, bool]:
    with an_app(database, passed=passed) as app, calling(app, key) as client:
        answer = client.post("/v1/merchants", json=dying.BODY, headers=dying.KEY)
    return answer.status_code, "idempotency-replayed" in answer.headers


def _take_in_and_keep(db: Transaction, answers: Answers, claim: Claim) -> None:
    create_merchant(db, "Toko Batik Ayu", actor=CLI)
    answers.keep(db, claim, ANSWER)
