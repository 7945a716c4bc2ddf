"""An account that is told only what is approved: exactly those figures, and nothing that changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hub_hookspecs import StockTarget, Temporary

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.stock.rules.planning import Standing, Verdict
from hub.stock.service import approving, planning
from hub.stock.service.approving import Approved
from hub.stock.service.planning import Compared
from hub.stock.service.touching import PUSH_STOCK
from hub.stock.store import due
from tests.dying import dying_at
from tests.plugins.kiosk import Kiosk
from tests.slices import dropping
from tests.slices.channels.conftest import Client, an_api
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.goods import statements

Json = dict[str, Any]  # Any: answers of the API


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(page=2), south=Kiosk()) as fair:
        yield fair


def only_approved(fair: Fair, kiosk: str, *, on: bool = True) -> None:
    merchant, account = fair.goods.merchant, fair.accounts[kiosk]
    with fair.database.writing() as db:
        old = planning.mode(db, merchant, account, for_change=True)
        planning.put_mode(db, merchant, account, old=old, new=on, actor=CLI)


def plans(fair: Fair, kiosk: str) -> dict[str, Compared]:
    """Make a plan; gives its rows by SKU."""
    with fair.database.writing() as db:
        planning.start(db, fair.goods.merchant, fair.accounts[kiosk], actor=CLI)
    fair.works()
    return rows(fair, kiosk)


def rows(fair: Fair, kiosk: str) -> dict[str, Compared]:
    sku_of = {fair.listing(kiosk, ref): ref for ref, _ in fair.kiosks[kiosk].shown}
    with fair.database.reading() as db:
        plan = planning.expect(db, fair.goods.merchant, fair.accounts[kiosk])
        found = planning.listed(db, plan, limit=100, after=("", ""))
    return {sku_of[each.planned.listing_id]: each for each in found}


def approves(fair: Fair, kiosk: str, *skus: str) -> list[Approved]:
    merchant, account = fair.goods.merchant, fair.accounts[kiosk]
    outlets = [(fair.listing(kiosk, sku), "") for sku in skus]
    with fair.database.writing() as db:
        plan = planning.expect(db, merchant, account)
        return approving.approve(db, merchant, account, plan.id, outlets, actor=CLI)


def approves_all(fair: Fair, kiosk: str) -> None:
    merchant, account = fair.goods.merchant, fair.accounts[kiosk]
    with fair.database.writing() as db:
        plan = planning.expect(db, merchant, account)
        approving.approve_all(db, merchant, account, plan.id, actor=CLI)


def a_plan_of(fair: Fair, kiosk: str = "north", **changed: int) -> dict[str, Compared]:
    """An account that is told only what is approved, with these SKUs at 5, each changed by so many; a plan of that."""
    fair.offers(kiosk, **dict.fromkeys(changed, 5))
    only_approved(fair, kiosk)
    fair.goods.adjusts_all([(sku, by) for sku, by in changed.items() if by])
    fair.works()
    return plans(fair, kiosk)


def test_nothing_is_told_before_somebody_approves_it_and_then_just_that(fair: Fair) -> None:
    found = a_plan_of(fair, A=1, B=2, C=3)
    before = list(fair.kiosks["north"].told)

    answers = approves(fair, "north", "A", "C")
    fair.works()

    assert before == []
    assert {sku: (one.planned.offered, one.told.expected) for sku, one in found.items()} == {
        "A": (6, 5), "B": (7, 5), "C": (8, 5),
    }  # fmt: skip
    assert [each.verdict for each in answers] == [Verdict.APPROVED, Verdict.APPROVED]
    assert sorted(fair.kiosks["north"].told) == [("A", 6), ("C", 8)]
    after = rows(fair, "north")
    assert {sku: one.standing for sku, one in after.items()} == {
        "A": Standing.SETTLED, "B": Standing.OPEN, "C": Standing.SETTLED,
    }  # fmt: skip
    assert after["A"].push is not None
    assert (after["A"].push.status, after["B"].push) == ("confirmed", None)
    assert fair.due() == [("north", "B")]


def test_a_plan_shows_what_the_channel_shows_by_now(fair: Fair) -> None:
    fair.offers("north", A=5, B=5, C=5)
    only_approved(fair, "north")
    fair.passes(timedelta(minutes=1))
    fair.kiosks["north"].shown["B", ""] = 3

    found = plans(fair, "north")

    assert list(found) == ["B"]
    assert (found["B"].live.figure, found["B"].told.expected, found["B"].planned.cause) == (3, None, "sync")
    assert found["B"].live.at is not None


def test_a_channel_that_cannot_be_asked_says_so(fair: Fair) -> None:
    a_plan_of(fair, "south", A=1)

    with fair.database.reading() as db:
        plan = planning.expect(db, fair.goods.merchant, fair.accounts["south"])

    assert (plan.rows, plan.no_reading) == (1, "the kiosk only sells")


def test_what_changed_since_the_plan_is_not_approved(fair: Fair) -> None:
    a_plan_of(fair, A=1, B=1)
    fair.goods.adjusts("A", 1)

    answers = {each.outlet[0]: each for each in approves(fair, "north", "A", "B", "A")}
    fair.works()

    assert answers[fair.listing("north", "A")].verdict is Verdict.CHANGED
    assert "7 offered now" in answers[fair.listing("north", "A")].reason
    assert fair.kiosks["north"].told == [("B", 6)]
    assert rows(fair, "north")["A"].standing is Standing.CHANGED


def test_a_change_takes_an_approval_back_though_the_figure_comes_out_the_same(fair: Fair) -> None:
    """What was approved was what stock came to then; who sells two and gets two back has not been asked again."""
    a_plan_of(fair, A=1)
    approves(fair, "north", "A")

    fair.goods.adjusts("A", -2)
    fair.goods.adjusts("A", 2)
    fair.works()

    assert (fair.kiosks["north"].told, fair.due()) == ([], [("north", "A")])


def test_what_changes_between_approving_and_telling_is_not_told(fair: Fair) -> None:
    a_plan_of(fair, A=1, B=1)
    approves(fair, "north", "A", "B")

    fair.goods.adjusts("A", -2)
    fair.works()

    assert fair.kiosks["north"].told == [("B", 6)]
    plans(fair, "north")
    approves(fair, "north", "A")
    fair.works()
    assert fair.kiosks["north"].told == [("B", 6), ("A", 4)]


def test_what_changes_while_it_is_told_waits_for_the_next_approval(fair: Fair) -> None:
    a_plan_of(fair, A=1)
    approves(fair, "north", "A")
    kiosk = fair.kiosks["north"]
    kiosk.before_call = lambda: fair.goods.adjusts("A", 3) if len(kiosk.calls) == 1 else None

    fair.works()

    assert kiosk.told == [("A", 6)]
    assert fair.due() == [("north", "A")]


def test_an_approved_figure_that_nobody_answered_is_told_again(fair: Fair) -> None:
    a_plan_of(fair, A=1)
    approves(fair, "north", "A")
    kiosk = fair.kiosks["north"]

    def breaks(target: StockTarget) -> None:
        raise Temporary("no answer", code="no_answer")

    kiosk.before_answer = breaks
    fair.works()
    kiosk.before_answer = lambda target: None
    fair.passes(timedelta(minutes=20))
    fair.works()

    assert kiosk.told == [("A", 6), ("A", 6)]
    assert fair.due() == []


def test_all_of_a_plan_is_approved_by_a_job(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.stock.jobs.planning.BATCH", 2)
    a_plan_of(fair, A=1, B=1, C=1, D=1, E=1)
    fair.goods.adjusts("C", 1)

    approves_all(fair, "north")
    fair.works()

    assert sorted(fair.kiosks["north"].told) == [(sku, 6) for sku in "ABDE"]
    (job,) = [each for each in fair.jobs() if each.kind == "stock.approve_all"]
    assert job.outcome == {"approved": 4, "changed": 1}


def test_told_by_itself_again_everything_is_told_and_old_approvals_count_no_more(fair: Fair) -> None:
    a_plan_of(fair, A=1, B=1)
    only_approved(fair, "north", on=False)
    fair.works()
    told = sorted(fair.kiosks["north"].told)
    only_approved(fair, "north")
    fair.goods.adjusts("A", 1)
    fair.works()

    assert told == [("A", 6), ("B", 6)]
    assert sorted(fair.kiosks["north"].told) == told


def test_what_waits_for_a_person_wakes_nobody_and_what_was_approved_and_has_lost_its_job_does(fair: Fair) -> None:
    a_plan_of(fair, A=1)
    fair.passes(timedelta(hours=1))
    before = fair.database.clock.now()
    with fair.database.reading() as db:
        waiting = due.overdue(db, before=before, limit=10)
    approves(fair, "north", "A")
    with fair.database.writing() as db:
        for job in (each for each in fair.jobs() if each.kind == PUSH_STOCK.name and each.state == "ready"):
            jobs.cancel(db, job.id)
    with fair.database.reading() as db:
        approved = due.overdue(db, before=before, limit=10)

    assert waiting == []
    assert [each.account_id for each in approved] == [fair.accounts["north"]]


def test_nothing_that_nobody_approved_is_told_wherever_the_process_dies(fair: Fair) -> None:
    """At each statement of approving and telling in turn; what was approved is told in the end, and nothing else."""
    a_plan_of(fair, A=1, B=1)
    kiosk, at, died = fair.kiosks["north"], 0, 0
    while True:
        expected = fair.goods.standing("A")
        assert expected is not None
        with dying_at(fair.database, at) as life:
            approves(fair, "north", "A")
            fair.works()
        died += life.over
        fair.passes(dropping.LOST)
        jobs.sweep(fair.database)
        fair.works()
        if ("A", expected.on_hand) not in kiosk.told:
            approves(fair, "north", "A")
        fair.passes(timedelta(minutes=20))
        fair.works()
        assert ("A", expected.on_hand) in kiosk.told
        assert all(ref == "A" for ref, _ in kiosk.told)
        if not life.over:
            break
        at += 1 if fair.database.embedded else 5  # the same statements, and PostgreSQL takes longer
        fair.goods.adjusts("A", 1)
        plans(fair, "north")
    assert died > 5


def test_a_plan_that_is_made_is_made_once_wherever_the_process_dies(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.stock.jobs.planning.BATCH", 1)
    a_plan_of(fair, A=1, B=1)
    at = 0
    while True:
        with fair.database.writing() as db:
            planning.start(db, fair.goods.merchant, fair.accounts["north"], actor=CLI)
        with dying_at(fair.database, at) as life:
            fair.works()
        fair.passes(dropping.LOST)
        jobs.sweep(fair.database)
        fair.works()
        assert sorted(rows(fair, "north")) == ["A", "B"]
        with fair.database.reading() as db:
            plan = planning.expect(db, fair.goods.merchant, fair.accounts["north"])
        assert (plan.state, plan.rows) == ("ready", 2)
        if not life.over:
            break
        at += 1 if fair.database.embedded else 7
    assert at > 7


def test_plans_and_approvals_end_once_where_their_worker_dies(fair: Fair) -> None:
    a_plan_of(fair, A=1, B=1)
    with fair.database.writing() as db:
        planning.start(db, fair.goods.merchant, fair.accounts["north"], actor=CLI)
    kinds = dropping.works_twice(fair.work, fair.unfinished)
    approves_all(fair, "north")
    kinds |= dropping.works_twice(fair.work, fair.unfinished)

    assert kinds >= {"stock.make_plan", "stock.approve_all", "stock.push"}
    assert set(fair.kiosks["north"].told) == {("A", 6), ("B", 6)}


def test_a_plan_costs_as_many_statements_for_many_as_for_few(fair: Fair) -> None:
    skus = {f"S{n:02d}": 1 for n in range(40)}
    a_plan_of(fair, "north", **skus)
    few = asked_by(fair, ["S00", "S01"])
    many = asked_by(fair, [f"S{n:02d}" for n in range(2, 40)])

    assert many == few


def asked_by(fair: Fair, skus: list[str]) -> int:
    with statements(fair.database) as asked:
        assert {each.verdict for each in approves(fair, "north", *skus)} == {Verdict.APPROVED}
    return len([one for one in asked if "FROM listing" not in one or "account_id = " not in one])


@pytest.fixture
def client(fair: Fair) -> Iterator[Client]:
    with an_api(fair.channels) as client:
        yield client


def test_over_the_api_a_plan_is_made_looked_at_and_approved(client: Client, fair: Fair) -> None:
    fair.offers("north", A=5, B=5)
    address = f"/v1/merchants/{fair.goods.merchant}/accounts/{fair.accounts['north']}"
    mode = client.get(f"{address}/stock-mode")
    absent = client.get(f"{address}/plan")
    put = client.put(f"{address}/stock-mode", json={"approved_only": True}, headers={"If-Match": mode.headers["etag"]})
    late = client.put(
        f"{address}/stock-mode", json={"approved_only": False}, headers={"If-Match": mode.headers["etag"]}
    )
    fair.goods.adjusts_all([("A", 1), ("B", 1)])
    fair.works()
    made = client.post(f"{address}/plan")
    early = client.post(f"{address}/plan/approve", json={"plan_id": made.json()["id"], "all": True})
    fair.works()
    plan = client.get(f"{address}/plan").json()
    first = client.get(f"{address}/plan/rows?limit=1").json()
    rest = client.get(first["next"]).json()

    row = {"listing_id": first["items"][0]["listing_id"]}
    approved = client.post(f"{address}/plan/approve", json={"plan_id": plan["id"], "rows": [row]})
    again = client.post(f"{address}/plan/approve", json={"plan_id": plan["id"], "rows": [row]})
    both = client.post(f"{address}/plan/approve", json={"plan_id": plan["id"], "rows": [row], "all": True})
    everything = client.post(f"{address}/plan/approve", json={"plan_id": plan["id"], "all": True})
    fair.works()
    told = client.get(f"{address}/plan/rows").json()["items"]

    assert (mode.json(), absent.status_code, put.status_code, late.status_code) == (
        {"approved_only": False}, 404, 200, 412,
    )  # fmt: skip
    assert (made.status_code, early.json()["code"], plan["state"], plan["rows"]) == (202, "plan_not_ready", "ready", 2)
    assert (first["items"][0]["offered"], first["items"][0]["difference"], rest["next"]) == (6, 1, None)
    assert approved.json()["items"][0]["outcome"] == "approved"
    assert again.json()["items"][0]["outcome"] == "already_approved"
    assert (both.status_code, everything.status_code) == (422, 202)
    assert [(each["standing"], each["told"], each["shown"]) for each in told] == [("settled", "confirmed", 6)] * 2
    kinds = {each["kind"] for each in client.get(f"/v1/merchants/{fair.goods.merchant}/events").json()["items"]}
    assert kinds >= {"stock.mode_changed", "stock.plan_begun", "stock.plan_approved"}


def test_a_plan_that_was_replaced_is_not_approved(client: Client, fair: Fair) -> None:
    a_plan_of(fair, A=1)
    address = f"/v1/merchants/{fair.goods.merchant}/accounts/{fair.accounts['north']}"
    old = client.get(f"{address}/plan").json()["id"]
    plans(fair, "north")

    answer = client.post(f"{address}/plan/approve", json={"plan_id": old, "all": True})

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_replaced")
