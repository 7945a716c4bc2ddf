"""Row B-25: what is done every night is done once each night, whatever clocks and processes do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import LANES, Runner
from hub.kernel.jobs.schedules import next_after
from tests.slices.kernel.job_desk import GREET

BERLIN = "Europe/Berlin"
ZONES = (BERLIN, "Asia/Jakarta", "America/New_York", "Australia/Lord_Howe", "UTC")
SPRING, AUTUMN = (
    datetime(2027, 3, 27, tzinfo=UTC),
    datetime(2027, 10, 30, tzinfo=UTC),
)  # a day before the clocks change
HALF_AN_HOUR = timedelta(minutes=30)


class Nights:
    """A process that wakes up at some instants, and notes on which nights, by the clocks of Berlin, it worked."""

    def __init__(self, database: Database) -> None:
        self.worked: list[datetime] = []
        self._database = database
        self._work = jobs.Runtime(database=database, handlers={GREET: self._note})

    def is_at(self, instant: datetime) -> None:
        self._database.clock.offset = instant - datetime.now(UTC)

    def wakes(self, instant: datetime) -> None:
        """Do what a process does at each round: ask for what is due, and do it."""
        self.is_at(instant)
        jobs.sweep(self._database)
        for lane in LANES:
            Runner(self._work).run_lane(lane)

    @property
    def dates(self) -> list[date]:
        return [each.astimezone(ZoneInfo(BERLIN)).date() for each in self.worked]

    def _note(self, job: jobs.Job) -> jobs.Settled:
        self.worked.append(self._database.clock.now())
        return jobs.Done()


def scheduled(database: Database, rule: str, at: datetime) -> Nights:
    """A process that has just been told to work every night."""
    nights = Nights(database)
    nights.is_at(at)
    told(database, rule)
    return nights


def told(database: Database, rule: str) -> None:
    with database.writing() as db:
        jobs.every(db, GREET, rule=rule, zone=BERLIN)


def rounds(begin: datetime, days: int) -> Iterator[datetime]:
    """Every half hour of each night."""
    for day in range(days):
        for step in range(7):
            yield begin + timedelta(days=day) - HALF_AN_HOUR + step * HALF_AN_HOUR


@pytest.mark.row("B-25")
@pytest.mark.parametrize("rule", ["0 2 * * *", "30 2 * * *", "0 3 * * *"])
@pytest.mark.parametrize("begin", [pytest.param(SPRING, id="spring"), pytest.param(AUTUMN, id="autumn")])
def test_each_night_has_one_run_also_when_the_clocks_change(database: Database, rule: str, begin: datetime) -> None:
    nights = scheduled(database, rule, begin - timedelta(hours=2))

    for instant in rounds(begin, days=3):
        nights.wakes(instant)

    assert nights.dates == [(begin + timedelta(days=day)).date() for day in range(3)]


@pytest.mark.row("B-25")
def test_nights_that_were_missed_are_caught_up_once_and_the_next_comes_in_its_time(database: Database) -> None:
    nights = scheduled(database, "30 2 * * *", AUTUMN)

    for instant in (AUTUMN + timedelta(days=5, hours=12), AUTUMN + timedelta(days=5, hours=13)):
        nights.wakes(instant)
    caught_up = len(nights.worked)
    nights.wakes(AUTUMN + timedelta(days=6, hours=2))

    assert (caught_up, len(nights.worked)) == (1, 2)


@pytest.mark.row("B-25")
def test_a_schedule_survives_a_restart_and_being_told_again(database: Database) -> None:
    rule = "30 2 * * *"
    scheduled(database, rule, AUTUMN)
    again = Database(database.engine.url.render_as_string(hide_password=False))
    try:
        nights = Nights(again)
        nights.is_at(AUTUMN + timedelta(minutes=10))
        told(again, rule)
        nights.wakes(AUTUMN + timedelta(minutes=10))
        nothing_yet = list(nights.worked)
        nights.wakes(AUTUMN + timedelta(minutes=40))

        assert (nothing_yet, len(nights.worked)) == ([], 1)
    finally:
        again.dispose()


def test_who_comes_late_within_the_hour_that_comes_twice_does_not_work_twice(database: Database) -> None:
    twice = AUTUMN + timedelta(days=1)  # 02:00 to 03:00 in Berlin is 00:00 to 01:00 and 01:00 to 02:00 in UTC
    nights = scheduled(database, "30 2 * * *", twice)

    for minutes in (70, 75, 80, 95):
        nights.wakes(twice + timedelta(minutes=minutes))

    assert len(nights.worked) == 1


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
    hour=st.integers(0, 23), minute=st.integers(0, 59), zone=st.sampled_from(ZONES),
)  # fmt: skip
@example(moment=datetime(2027, 10, 31, 1, 10, tzinfo=UTC), hour=2, minute=30, zone=BERLIN)
@settings(max_examples=300, deadline=None)
def test_what_comes_next_is_ahead_and_never_twice_a_day(moment: datetime, hour: int, minute: int, zone: str) -> None:
    rule = f"{minute} {hour} * * *"

    first = next_after(rule, zone, moment)
    second = next_after(rule, zone, first)

    days = [each.astimezone(ZoneInfo(zone)).date() for each in (first, second)]
    assert moment < first < second
    assert days[1] - days[0] == timedelta(days=1)
