"""A figure that a channel refused is told again: when it is seen to be wrong, after a check, in a day, or by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from hub.channels.service import standing
from hub.channels.service.hearing import retell_refused
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.stock.jobs import retry_refused
from hub.stock.service import alarming, retrying
from hub.stock.service.touching import PUSH_STOCK
from hub.stock.store import refusing, stale
from tests.plugins.kiosk import Kiosk
from tests.slices.channels.conftest import Client, an_api
from tests.slices.dropping import works_twice
from tests.slices.kernel.test_bulk import plan
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.test_plans import approves, only_approved, plans

WHY = "its stock is not tracked: switch on Track quantity"
RETELL = "stock.retell_refused"
DAY = timedelta(hours=26)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    """TEE shows 10 at the kiosk, 6 are offered, and the kiosk has refused to be told so; CAP is as it should be."""
    with a_fair(database, north=Kiosk(page=2)) as fair:
        fair.offers("north", TEE=10, CAP=5)
        fair.kiosks["north"].refused["TEE"] = WHY
        fair.goods.adjusts("TEE", -4)
        fair.works()
        fair.passes(timedelta(minutes=1))
        assert (shown(fair), fair.due(), fair.log("north", "TEE")) == (10, [], [("refused", 6, WHY)])
        yield fair


def shown(fair: Fair) -> int:
    return fair.kiosks["north"].shown["TEE", ""]


def calls(fair: Fair) -> int:
    return len(fair.kiosks["north"].calls)


def cures(fair: Fair) -> None:
    """A person does at the marketplace what the reason asks for."""
    del fair.kiosks["north"].refused["TEE"]


def checks(fair: Fair) -> None:
    checked = standing.ask_channel(fair.channels, fair.goods.merchant, fair.accounts["north"], actor=CLI)
    with fair.database.writing() as db:
        standing.note_check(db, checked, actor=CLI)


def takes_care(fair: Fair) -> int:
    with fair.database.writing() as db:
        return retry_refused(db)


def test_an_import_that_sees_another_figure_than_is_offered_has_it_told(fair: Fair) -> None:
    cures(fair)

    fair.lists("north", TEE=10, CAP=5)
    fair.works()

    assert (shown(fair), fair.due(), fair.told("north", "TEE")["expected"]) == (6, [], 6)


def test_an_import_that_sees_what_is_offered_has_nothing_told(fair: Fair) -> None:
    """A person typed the figure himself."""
    fair.kiosks["north"].shown["TEE", ""] = 6
    before = calls(fair)

    fair.lists("north", TEE=6, CAP=5)
    fair.works()

    assert (calls(fair), fair.due()) == (before, [])


def test_what_stays_refused_is_tried_once_for_each_import_and_rings_on(fair: Fair) -> None:
    before = calls(fair)
    with fair.database.writing() as db:
        raised = alarming.go_round(db, after=timedelta(seconds=30))

    for _ in range(3):
        fair.lists("north", TEE=10, CAP=5)
        with fair.database.writing() as db:
            meanwhile = alarming.go_round(db, after=timedelta(seconds=30))
        fair.works()
        fair.passes(timedelta(minutes=1))

    assert (calls(fair) - before, fair.due()) == (3, [])
    assert (raised, meanwhile) == ({"raised": 1, "ended": 0}, {"raised": 0, "ended": 0})


def test_a_page_from_before_the_refusal_says_nothing_of_it(fair: Fair) -> None:
    fair.passes(-timedelta(minutes=2))

    fair.lists("north", TEE=10, CAP=5)

    assert fair.due() == []


def test_a_plan_has_it_again_and_nothing_is_told_before_it_is_approved(fair: Fair) -> None:
    cures(fair)
    only_approved(fair, "north")

    found = plans(fair, "north")
    checks(fair)
    fair.works()
    before = shown(fair)
    approves(fair, "north", "TEE")
    fair.works()

    assert [(sku, one.planned.offered) for sku, one in found.items()] == [("TEE", 6)]
    assert (before, shown(fair)) == (10, 6)


def test_a_check_that_goes_well_has_it_told(fair: Fair) -> None:
    cures(fair)

    checks(fair)
    fair.works()

    assert (shown(fair), fair.due(), fair.unfinished()) == (6, [], [])


def test_a_day_later_it_is_told_by_itself_and_once_a_day_as_long_as_it_is_refused(fair: Fair) -> None:
    before, tries = calls(fair), list[int]()
    for _ in range(3):
        asked = [takes_care(fair) for _ in range(3)]
        fair.works()
        tries.append(calls(fair) - before)
        fair.passes(DAY)
        fair.works()

    assert (asked, tries, calls(fair) - before) == ([1, 0, 0], [0, 1, 2], 3)
    cures(fair)
    takes_care(fair)
    fair.passes(DAY)
    fair.works()
    assert (shown(fair), takes_care(fair), fair.unfinished()) == (6, 0, [])


def test_what_is_due_already_is_left_as_it_is(fair: Fair) -> None:
    only_approved(fair, "north")
    plans(fair, "north")
    approves(fair, "north", "TEE")

    with fair.database.writing() as db:
        retell_refused(db, fair.goods.merchant, fair.accounts["north"])
    cures(fair)
    fair.works()

    assert shown(fair) == 6


def test_an_account_that_hears_nothing_is_not_asked(fair: Fair) -> None:
    fair.switches("north", enabled=False)

    with fair.database.writing() as db:
        found = retrying.some_again(db, fair.accounts["north"], stale.START, cause="test", limit=10)

    assert (takes_care(fair), found, fair.due()) == (0, [], [])


def test_a_worker_that_dies_before_it_is_settled_tells_it_once_more(fair: Fair) -> None:
    cures(fair)
    with fair.database.writing() as db:
        retell_refused(db, fair.goods.merchant, fair.accounts["north"])

    kinds = works_twice(fair.work, fair.unfinished)

    assert RETELL in kinds
    assert (shown(fair), {job.error for job in fair.jobs()}) == (6, {None})


@pytest.mark.parametrize("which", ["listings", "accounts"])
def test_a_person_has_it_told(fair: Fair, which: str) -> None:
    cures(fair)
    ids = {"listings": fair.listing("north", "TEE"), "accounts": fair.accounts["north"]}
    address = f"/v1/merchants/{fair.goods.merchant}/{which}/{ids[which]}/stock/retell"

    with an_api(fair.channels) as client:
        answer = client.post(address)
        if which == "listings":
            assert answer.json()["items"][0]["due"]["cause"] == "asked"
        fair.works()
        refused = _refusals(client, fair)

    assert (answer.status_code, shown(fair), fair.due()) == (202, 6, [])
    assert refused == [(404, "not_found"), (409, "not_linked"), (409, "not_told"), (409, "not_told")]


def _refusals(client: Client, fair: Fair) -> list[tuple[int, str]]:
    """What a listing that is not there, one of no product, and an account that hears nothing come to."""
    home = f"/v1/merchants/{fair.goods.merchant}"
    fair.lists("north", NEW=1)
    at = [f"{home}/listings/{id_}/stock/retell" for id_ in ("nobody", fair.listing("north", "NEW"))]
    answers = [client.post(address) for address in at]
    fair.switches("north", enabled=False)
    at = [
        f"{home}/listings/{fair.listing('north', 'TEE')}/stock/retell",
        f"{home}/accounts/{fair.accounts['north']}/stock/retell",
    ]
    answers += [client.post(address) for address in at]
    return [(each.status_code, each.json()["type"].rsplit("/", 1)[-1]) for each in answers]


def test_many_are_told_again_lot_by_lot(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.stock.jobs.retelling.REFUSED", 2)
    skus = [f"S{n}" for n in range(5)]
    fair.lists("north", **dict.fromkeys(skus, 3))
    fair.confirms("north", *skus)
    fair.works()
    fair.kiosks["north"].refused |= dict.fromkeys(skus, WHY)
    fair.goods.adjusts_all([(sku, -1) for sku in skus])
    fair.works()
    fair.kiosks["north"].refused.clear()

    with fair.database.writing() as db:
        retell_refused(db, fair.goods.merchant, fair.accounts["north"])
    fair.works()

    (job,) = [each for each in fair.jobs() if each.kind == RETELL]
    assert (job.outcome, jobs.State.DONE) == ({"listings": 6}, job.state)
    assert {fair.kiosks["north"].shown[sku, ""] for sku in skus} == {2}


def test_accounts_and_figures_are_found_by_what_is_refused_and_not_by_what_was_told(database: Database) -> None:
    given = {"until": NOON, "after": NOON, "listing": "", "place": "", "limit": 500}
    with database.writing() as db:
        for n in range(300):  # of one account: beside an empty table one index is as good as another
            jobs.enqueue(db, PUSH_STOCK, key=f"{n}", merchant_id="mine", account_id="one")
    with database.writing() as db:
        db.connection.exec_driver_sql("ANALYZE job")

    accounts = plan(database, refusing._left, limit=100)
    figures = plan(database, stale._refused("one", 0), **given)

    assert "ix_told_refused" in accounts, accounts
    assert "uq_job_ready" in accounts, accounts
    assert "ix_told_refused" in figures, figures
