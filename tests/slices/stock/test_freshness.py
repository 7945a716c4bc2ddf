"""Which figures are behind, since when and why; and the alarm that rings once and ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import RateLimited

from hub.channels.service import standing
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI, event
from hub.kernel.ids import new_id
from hub.kernel.jobs.tables import schedule
from hub.notices import jobs as notices_jobs
from hub.notices.store import Notice
from hub.notices.store import listing as noticed
from hub.runtime import CARETAKERS
from hub.settings import SettingError, Settings
from hub.stock.rules.freshness import Lag, Standing, Why, explained
from hub.stock.service import alarming, freshness, pushing
from hub.stock.store import stale
from hub.stock.tables import due_push, stock_alarm
from tests.plugins.kiosk import Kiosk
from tests.slices.channels.conftest import Client, an_api
from tests.slices.dropping import works_twice
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.goods import statements
from tests.slices.stock.test_timeline import plans

Json = dict[str, Any]  # Any: answers of the API
AFTER = timedelta(minutes=15)
LATER = AFTER + timedelta(minutes=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACTIVE = Standing("active")


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        fair.offers("north", TEE=10, CAP=5)
        yield fair


@pytest.fixture
def client(fair: Fair) -> Iterator[Client]:
    with an_api(fair.channels) as client:
        yield client


def behind(client: Client, fair: Fair, **query: object) -> list[Json]:
    """Every figure that is behind, page by page."""
    address = f"/v1/merchants/{fair.goods.merchant}/stock/stale"
    answer = client.get(address, params={name: str(each) for name, each in query.items()})
    found: list[Json] = []
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if not answer.json()["next"]:
            return found
        answer = client.get(answer.json()["next"])


def pauses(fair: Fair, kiosk: str = "north") -> None:
    with fair.database.writing() as db:
        standing.pause(db, fair.goods.merchant, fair.accounts[kiosk], reason="holiday", actor=CLI)


def resumes(fair: Fair, kiosk: str = "north") -> None:
    with fair.database.writing() as db:
        standing.resume(db, fair.account(kiosk), actor=CLI)


def looks(fair: Fair) -> dict[str, int]:
    with fair.database.writing() as db:
        return alarming.go_round(db, after=AFTER)


def notices(fair: Fair) -> list[Notice]:
    """What people are told by now, the oldest first."""
    handlers = notices_jobs.handlers(fair.database)
    jobs.Runner(jobs.Runtime(database=fair.database, handlers=handlers)).run_lane("default")
    with fair.database.reading() as db:
        return [one for one in noticed(db, fair.goods.merchant, limit=50) if one.kind.startswith("stock.")][::-1]


def unfinished(fair: Fair) -> list[str]:
    with fair.database.reading() as db:
        return [f"{job.kind} {job.state}" for job in jobs.listing(db, "", limit=100) if job.state not in jobs.FINISHED]


def test_what_is_behind_is_listed_with_its_age_and_reason_the_oldest_first(client: Client, fair: Fair) -> None:
    pauses(fair)
    fair.goods.adjusts("CAP", 1)
    fair.passes(AFTER)
    fair.goods.adjusts("TEE", 1)

    found = behind(client, fair)

    assert [one["sku"] for one in found] == ["CAP", "TEE"]
    assert {(one["why"], one["text"]) for one in found} == {("account_paused", "the account is paused: holiday")}
    assert [one["sku"] for one in behind(client, fair, older_than=600)] == ["CAP"]
    assert behind(client, fair, limit=1) == found
    assert behind(client, fair, account_id=fair.accounts["north"]) == found


def test_a_refused_figure_is_behind_until_the_channel_takes_one(client: Client, fair: Fair) -> None:
    fair.kiosks["north"].refused["TEE"] = "no such product"
    fair.goods.adjusts("TEE", 1)
    fair.works()
    since = behind(client, fair)[0]["since"]
    fair.passes(AFTER)
    fair.goods.adjusts("TEE", 1)
    fair.works()

    (refused,) = behind(client, fair)
    fair.kiosks["north"].refused.clear()
    fair.goods.adjusts("TEE", 1)
    fair.works()

    assert (refused["why"], refused["since"], refused["told"]) == ("refused", since, 12)
    assert "no such product" in refused["text"]
    assert behind(client, fair) == []


def test_a_figure_that_a_person_typed_on_the_channel_is_refused_no_more(database: Database) -> None:
    """Told again, the channel shows just that: nothing goes out, so no answer would ever say yes."""
    with a_fair(database, north=Kiosk(compare_and_set=True)) as fair, an_api(fair.channels) as client:
        fair.offers("north", TEE=10)
        north = fair.kiosks["north"]
        north.refused["TEE"] = "its stock is not tracked"
        fair.goods.adjusts("TEE", 1)
        fair.works()
        refused = [one["why"] for one in behind(client, fair)]

        north.refused.clear()
        north.shown["TEE", ""] = 11
        one_again(client, fair)

        assert (refused, behind(client, fair), fair.due()) == (["refused"], [], [])
        assert [status for status, _, _ in fair.log("north", "TEE")] == ["refused", "stale"]


def one_again(client: Client, fair: Fair) -> None:
    """A person has it told again."""
    address = f"/v1/merchants/{fair.goods.merchant}/listings/{fair.listing('north', 'TEE')}/stock/retell"
    answer = client.post(address)
    assert answer.is_success, answer.text
    for _ in range(3):
        fair.works()
        fair.passes(timedelta(minutes=1))


def test_nothing_is_behind_where_all_is_told(client: Client, fair: Fair) -> None:
    fair.goods.adjusts("TEE", 1)
    fair.works()

    assert behind(client, fair) == []
    assert client.get(f"/v1/merchants/{fair.goods.merchant}/stock/stale?older_than=-1").status_code == 422
    assert client.get(f"/v1/merchants/{new_id()}/stock/stale").status_code == 404
    assert client.get(f"/v1/merchants/{fair.goods.merchant}/stock/stale?account_id=x").status_code == 404


def test_the_alarm_rings_once_says_why_and_ends_by_itself(fair: Fair) -> None:
    pauses(fair)
    fair.goods.adjusts_all([("TEE", 1), ("CAP", 1)])
    early = looks(fair)
    fair.passes(LATER)

    rounds = [looks(fair) for _ in range(3)]
    (rung,) = notices(fair)
    resumes(fair)
    fair.works()
    over = [looks(fair) for _ in range(2)]

    assert early == {"raised": 0, "ended": 0}
    assert [each["raised"] for each in rounds] == [1, 0, 0]
    assert (rung.level, rung.title) == ("failure", "north (Kios north) is behind with 2 figures")
    assert "the account is paused: holiday" in rung.text
    assert "resume the account" in rung.text
    assert [each["ended"] for each in over] == [1, 0]
    assert [one.title for one in notices(fair)[1:]] == ["north (Kios north) is behind with nothing any more"]


def test_without_the_round_nothing_rings(fair: Fair) -> None:
    """The control of the test above: a figure that is behind announces nothing by itself."""
    pauses(fair)
    fair.goods.adjusts("TEE", 1)
    fair.passes(AFTER + timedelta(hours=1))
    fair.works()

    assert notices(fair) == []


def test_one_refused_figure_does_not_hide_that_the_account_falls_behind(fair: Fair) -> None:
    fair.kiosks["north"].refused["TEE"] = "no such product"
    fair.goods.adjusts("TEE", 1)
    fair.works()
    fair.passes(LATER)
    first = looks(fair)
    pauses(fair)
    fair.goods.adjusts("CAP", 1)
    fair.passes(LATER)
    second = looks(fair)

    assert (first, second) == ({"raised": 1, "ended": 0}, {"raised": 1, "ended": 0})
    told = notices(fair)
    assert [one.title for one in told] == [
        "north (Kios north) refuses 1 figure", "north (Kios north) is behind with 1 figure",
    ]  # fmt: skip
    assert "no such product" in told[0].text


def test_two_workers_that_look_at_once_ring_once(fair: Fair) -> None:
    pauses(fair)
    fair.goods.adjusts("TEE", 1)
    fair.passes(LATER)

    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(lambda _: looks(fair), range(4)))

    assert sum(each["raised"] for each in rounds) == 1
    assert len(notices(fair)) == 1


def test_a_round_that_is_lost_is_run_again_and_rings_once(fair: Fair) -> None:
    pauses(fair)
    fair.goods.adjusts("TEE", 1)
    fair.passes(LATER)
    with fair.database.writing() as db:
        CARETAKERS["keep_alarm"](db)
        CARETAKERS["keep_alarm"](db)
        jobs.enqueue(db, alarming.LOOK)

    handlers = {**fair.handlers, **notices_jobs.handlers(fair.database)}
    work = jobs.Runtime(database=fair.database, handlers=handlers)
    kinds = works_twice(work, lambda: [one for one in unfinished(fair) if "stock.alarm" in one])

    with fair.database.reading() as db:
        rules = db.execute(sa.select(schedule.c.rule).where(schedule.c.kind == "stock.alarm")).scalars().all()
        rung = db.execute(sa.select(sa.func.count()).where(event.c.kind == "stock.behind")).scalar_one()
    assert "stock.alarm" in kinds
    assert (rules, rung) == (["* * * * *"], 1)


def test_an_account_that_waits_for_approval_rings_not_but_is_listed(client: Client, fair: Fair) -> None:
    address = f"/v1/merchants/{fair.goods.merchant}/accounts/{fair.accounts['north']}/stock-mode"
    client.put(address, json={"approved_only": True})
    fair.goods.adjusts("TEE", 1)
    fair.passes(LATER)

    assert looks(fair) == {"raised": 0, "ended": 0}
    assert [one["why"] for one in behind(client, fair)] == ["awaits_approval"]


def test_a_channel_that_limits_us_is_the_reason(client: Client, fair: Fair) -> None:
    def limits() -> None:
        raise RateLimited("slow down", retry_after=timedelta(hours=1))

    fair.kiosks["north"].before_call = limits
    fair.goods.adjusts("TEE", 1)
    fair.works(ticks=1)

    (found,) = behind(client, fair)

    assert found["why"] == "rate_limited"


@pytest.mark.parametrize(
    ("account", "lag", "why"),
    [
        (Standing("paused", "holiday"), Lag(refused="no"), Why.PAUSED),
        (Standing("needs_action", "consent ended"), Lag(), Why.NEEDS_ACTION),
        (Standing("active", approved_only=True), Lag(), Why.APPROVAL),
        (Standing("active", approved_only=True), Lag(approved=True), Why.WORKER),
        (Standing("active", limited_until=NOON), Lag(asked=True), Why.RATE_LIMITED),
        (Standing("active", limited_until=NOON), Lag(refused="no"), Why.REFUSED),
        (Standing("active", failure="502"), Lag(asked=True), Why.FAILING),
        (ACTIVE, Lag(refused=""), Why.REFUSED),
        (ACTIVE, Lag(reads_orders=True, asked=True), Why.ORDERS),
        (ACTIVE, Lag(asked=True), Why.ANSWER),
        (ACTIVE, Lag(), Why.WORKER),
    ],
)
def test_the_first_that_stands_in_the_way_is_named_with_its_cure(account: Standing, lag: Lag, why: Why) -> None:
    found = explained(account, lag)

    assert found.why is why
    assert found.text
    assert found.remedy


@pytest.mark.parametrize("minutes", ["0", "1441", "soon"])
def test_a_wrong_setting_of_the_alarm_is_refused(minutes: str) -> None:
    with pytest.raises(SettingError, match="HUB_STOCK_ALARM"):
        Settings.from_environment({"HUB_STOCK_ALARM": minutes})


def test_a_closed_account_rings_no_more(fair: Fair) -> None:
    pauses(fair)
    fair.goods.adjusts("TEE", 1)
    fair.passes(LATER)
    raised = looks(fair)

    with fair.database.writing() as db:
        pushing.forget(db, fair.accounts["north"])
        left = db.execute(sa.select(sa.func.count()).select_from(stock_alarm)).scalar_one()

    assert (raised["raised"], left) == (1, 0)


def test_very_much_that_is_due_is_read_along_its_index(fair: Fair) -> None:
    """By a page and by a round alike, and a round is as many statements whatever it finds."""
    fill(fair, 3_000)
    fair.passes(LATER)

    with plans(fair.database) as told, fair.database.reading() as db:
        page = freshness.listed(db, fair.goods.merchant, older_than=AFTER, after=stale.START, limit=50)
        lagging = stale.lagging(db, until=fair.database.clock.now() - AFTER)
    with statements(fair.database) as asked:
        raised = looks(fair)
    with statements(fair.database) as again:
        looks(fair)

    assert len(page) == 51
    assert ([one.late for one in lagging], raised["raised"]) == ([3_000], 1)
    assert len([plan for plan in told if "ix_due_push_since" in plan]) == 2, told
    assert not [plan for plan in told if "Seq Scan on due_push" in plan or "SCAN due_push" in plan], told
    assert len(asked) <= 8, asked
    assert len(again) <= 4, again


def fill(fair: Fair, count: int) -> None:
    """Figures of one account that are due."""
    at, listing_id = fair.database.clock.now(), fair.listing("north", "TEE")
    row = {"merchant_id": fair.goods.merchant, "account_id": fair.accounts["north"], "turn": 1, "cause": "linked"}
    row |= {"listing_id": listing_id, "since": at, "not_before": at}
    with fair.database.writing() as db:
        db.execute(sa.insert(due_push), [row | {"place_ref": f"p{n}"} for n in range(count)])
    if not fair.database.embedded:
        with fair.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE due_push")


def test_any_number_of_accounts_is_looked_through(fair: Fair) -> None:
    others = [new_id() for _ in range(2 * stale.AT_ONCE)]
    fair.goods.adjusts("TEE", 1)
    until, first = fair.database.clock.now() + LATER, fair.accounts["north"]

    with fair.database.reading() as db:
        alone = stale.oldest(db, [first], until=until, after=stale.START, limit=50)
        among = stale.oldest(db, [*others, first], until=until, after=stale.START, limit=50)

    assert alone
    assert among == alone
