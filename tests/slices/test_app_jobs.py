"""Jobs over the API: what a person sees of them, and what a person may ask."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import JobKind
from tests.callers import a_key, a_merchant, bearer

Client = TestClient[Litestar]
SWEEPING = JobKind("tests.sweeping")


def _a_job(database: Database, merchant_id: str, key: str = "floor") -> str:
    with database.writing() as db:
        ticket = jobs.enqueue(db, SWEEPING, key=key, merchant_id=merchant_id, progress={"swept": 3})
    return ticket.job_id


def test_a_job_is_shown_with_its_state_and_how_far_it_is(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)
    job_id = _a_job(database, merchant_id)

    shown = platform.get(f"/v1/merchants/{merchant_id}/jobs/{job_id}").json()

    assert (shown["kind"], shown["state"], shown["subject"]) == ("tests.sweeping", "ready", "floor")
    assert shown["progress"] == {"swept": 3}
    assert {"lease_token", "payload", "traceback"} & shown.keys() == set()


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("?state=ready", 2), ("?state=done", 0), ("?kind=tests.sweeping", 2), ("?kind=other", 0)],
)
def test_jobs_are_listed_newest_first_by_kind_and_state(
    platform: Client, database: Database, query: str, found: int
) -> None:
    merchant_id = a_merchant(database)
    made = [_a_job(database, merchant_id, key) for key in ("floor", "stairs")]

    listed = platform.get(f"/v1/merchants/{merchant_id}/jobs{query}").json()["items"]

    assert [each["id"] for each in listed] == made[::-1][:found]


def test_a_job_of_another_merchant_looks_absent(platform: Client, database: Database) -> None:
    ours, theirs = a_merchant(database), a_merchant(database, "Warung Sari")
    job_id = _a_job(database, theirs)
    key = bearer(a_key(database, merchants=(ours,)))

    for method, end in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry")):
        answer = platform.request(method, f"/v1/merchants/{ours}/jobs/{job_id}{end}", headers=key)
        assert (answer.status_code, answer.json()["detail"]) == (404, "no such job")


def test_a_waiting_job_is_cancelled_at_once_and_it_is_told_who_asked(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}"
    job_id = _a_job(database, path.rpartition("/")[2])

    answers = [platform.post(f"{path}/jobs/{job_id}/cancel") for _ in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "cancelled")] * 2
    told = [each for each in platform.get(f"{path}/events").json()["items"] if each["subject"]["kind"] == "job"]
    assert [(each["kind"], each["actor"]["kind"], each["before"]) for each in told] == [
        ("job.cancel_requested", "key", {"state": "ready"})
    ]


def test_an_ended_job_is_done_again_as_a_job_of_its_own(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}"
    old = _a_job(database, path.rpartition("/")[2])
    platform.post(f"{path}/jobs/{old}/cancel")

    first, again = (platform.post(f"{path}/jobs/{old}/retry", headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, first.content) == (202, again.content)
    assert first.json()["id"] != old
    assert platform.get(first.headers["location"]).json()["state"] == "ready"
    assert len(platform.get(f"{path}/jobs").json()["items"]) == 2


def test_a_job_that_has_not_ended_is_not_done_again(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}"

    answer = platform.post(f"{path}/jobs/{_a_job(database, path.rpartition('/')[2])}/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_finished")
