"""From an event to a notice: one for each that people should know of, whatever dies in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel import events, files, jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI, Subject, event
from hub.kernel.jobs import LeaseLost
from hub.kernel.sealing import open_ring
from hub.notices import jobs as notices_jobs
from hub.notices import store
from tests.callers import SETTINGS, a_key, a_merchant, bearer, calling
from tests.dying import dying_at

SHOP = Subject(kind="account", id="shop")
FACTS = {"plugin": "pos", "name": "Toko", "reason": "the consent has ended"}
LOST = timedelta(seconds=31)
KIND = "account.needs_action"
Client = TestClient[Litestar]


def happened(database: Database, merchant_id: str, *kinds: str, announce: bool = True) -> None:
    with database.writing() as db:
        for kind in kinds:
            events.record(
                db, kind, merchant_id=merchant_id, subject=SHOP, actor=CLI, after=FACTS, announce=announce
            )  # fmt: skip


def told(database: Database, merchant_id: str) -> list[store.Notice]:
    with database.reading() as db:
        return store.listing(db, merchant_id, limit=1_000)


def runner(database: Database) -> jobs.Runner:
    return jobs.Runner(jobs.Runtime(database=database, handlers=notices_jobs.handlers(database)))


def test_what_is_announced_becomes_one_notice_and_the_rest_none(database: Database) -> None:
    happened(database, "ours", KIND, "unknown.to.people", KIND)
    happened(database, "ours", KIND, announce=False)
    happened(database, "theirs", KIND)

    runner(database).run_lane("default")

    assert [each.title for each in told(database, "ours")] == ["pos: Toko needs you"] * 2
    assert len(told(database, "theirs")) == 1
    with database.reading() as db:
        assert db.execute(sa.select(event.c.id).where(event.c.dispatched_at.is_(None))).all() == []


def test_an_event_that_was_written_first_but_committed_last_is_told_too(database: Database) -> None:
    happened(database, "ours", KIND)
    runner(database).run_lane("default")
    with database.writing() as db:  # an older id, which came to light only now
        row: dict[str, object] = {"id": "0" * 36, "merchant_id": "ours", "kind": KIND, "after": FACTS}
        row |= {"subject_kind": "account", "subject_id": "shop", "actor_kind": "cli", "actor_id": ""}
        row |= {"occurred_at": database.clock.now()}
        db.execute(sa.insert(event).values(row))
        jobs.enqueue(db, events.DISPATCH, key="ours", merchant_id="ours")

    runner(database).run_lane("default")

    assert len(told(database, "ours")) == 2


def test_a_run_that_dies_at_any_statement_leaves_one_notice_for_each_event(database: Database) -> None:
    survived, statements = False, 0

    while not survived:
        merchant_id = f"ours-{statements}"
        happened(database, merchant_id, KIND, KIND)
        with dying_at(database, statements) as life:
            runner(database).run_lane("default")
        survived, statements = not life.over, statements + 1
        database.clock.offset += LOST
        jobs.sweep(database)
        runner(database).run_lane("default")

        assert len(told(database, merchant_id)) == 2

    assert statements > 10


def test_a_worker_that_was_given_up_writes_nothing_more(database: Database) -> None:
    happened(database, "ours", KIND)
    job = jobs.claim_next(database, "default")
    assert job is not None
    database.clock.offset += LOST
    jobs.sweep(database)

    with pytest.raises(LeaseLost):
        notices_jobs.dispatch(job, database)

    assert told(database, "ours") == []


def test_notices_are_read_once_and_found_by_what_matters(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)
    happened(database, merchant_id, KIND, KIND, KIND)
    runner(database).run_lane("default")
    notices = f"/v1/merchants/{merchant_id}/notices"
    first = platform.get(f"{notices}?limit=1").json()
    rest = platform.get(first["next"]).json()

    one = first["items"][0]
    read = [platform.post(f"{notices}/{one['id']}/read").json()["read_at"] for _ in range(2)]

    assert (len(rest["items"]), read[0], one["level"]) == (1, read[1], "warning")
    assert platform.get(f"{notices}/{one['id']}").json()["read_at"] == read[0]
    unread = platform.get(f"{notices}?unread=true").json()["items"]
    assert [each["id"] for each in unread] == [each["id"] for each in platform.get(notices).json()["items"][1:]]
    assert platform.get(f"{notices}?level=failure").json()["items"] == []
    noted = platform.get(f"/v1/merchants/{merchant_id}/events?kind=notice.read").json()["items"]
    assert [each["subject"]["id"] for each in noted] == [one["id"]]


def test_notices_and_files_of_another_merchant_look_absent(platform: Client, database: Database) -> None:
    ours, theirs = a_merchant(database), a_merchant(database, "Warung Sari")
    happened(database, theirs, KIND)
    runner(database).run_lane("default")
    digest = a_file(database, theirs)
    (their_notice,) = told(database, theirs)

    asked = [
        platform.get(f"/v1/merchants/{ours}/notices/{their_notice.id}"),
        platform.post(f"/v1/merchants/{ours}/notices/{their_notice.id}/read"),
        platform.get(files.address(ours, kind="workbook", digest=digest)),
    ]

    assert [(each.status_code, each.json()["code"]) for each in asked] == [(404, "not_found")] * 3


def test_a_file_is_saved_under_a_name_of_ours_and_never_shown(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)
    digest = a_file(database, merchant_id)

    answer = platform.get(files.address(merchant_id, kind="workbook", digest=digest))

    assert (answer.status_code, answer.content) == (200, b"<script>")
    assert answer.headers["content-type"].partition(";")[0] == "text/html"
    assert answer.headers["content-disposition"] == f'attachment; filename="workbook-{digest[:12]}.html"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["label/{digest}", "workbook/abc", "../x/{digest}", "workbook/{digest}0", "%00/{digest}"]
)
def test_a_file_that_is_not_there_is_absent(platform: Client, database: Database, path: str) -> None:
    merchant_id = a_merchant(database)
    digest = a_file(database, merchant_id)

    answer = platform.get(f"/v1/merchants/{merchant_id}/files/{path.format(digest=digest)}")

    assert answer.status_code == 404


def test_a_key_of_one_merchant_downloads_nothing_of_another(platform: Client, database: Database) -> None:
    ours, theirs = a_merchant(database), a_merchant(database, "Warung Sari")
    address = files.address(theirs, kind="workbook", digest=a_file(database, theirs))

    with calling(platform.app, a_key(database, merchants=(ours,))) as client:
        assert client.get(address).status_code == 404
    key = bearer(a_key(database, merchants=(theirs,), name="theirs"))
    assert platform.get(address, headers=key).status_code == 200


def test_notices_past_their_retention_are_thrown_away(database: Database) -> None:
    happened(database, "ours", KIND, KIND)
    runner(database).run_lane("default")
    database.clock.offset += store.KEEP - timedelta(minutes=1)
    with database.writing() as db:
        assert store.purge_notices(db) == 0
    database.clock.offset += timedelta(minutes=2)

    with database.writing() as db:
        assert store.purge_notices(db) == 2

    assert told(database, "ours") == []


def a_file(database: Database, merchant_id: str) -> str:
    with database.writing() as db:
        return files.put(
            db, open_ring(SETTINGS), b"<script>", merchant_id=merchant_id, kind="workbook", media_type="text/html",
            keep=timedelta(days=1),
        )  # fmt: skip
