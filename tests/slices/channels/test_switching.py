"""Switches: a disabled plugin starts nothing for its merchant, lets running work end, and is resumed exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_hookspecs import Capability, NotSupported

from hub.channels.schemas import Switch, showing
from hub.channels.service import gates, standing, switching
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import gate, jobs
from hub.kernel.db import Database
from hub.kernel.errors import HubError, NotFound, Refused
from hub.kernel.events import CLI
from hub.kernel.jobs import Again, Done, Job, JobKind, Settled
from tests.slices.channels.conftest import a_merchant_with, authorise, events_of, run_jobs
from tests.slices.channels.shops import Bazaar

WORK = JobKind("tests.work")


@pytest.fixture
def shop(channels: Channels, merchant: str) -> AccountRow:
    made = authorise(channels, merchant)
    run_jobs(channels)  # connected
    return made


def turn(channels: Channels, merchant: str, *, enabled: bool, plugin: str = "bazaar") -> Switch:
    with channels.database.writing() as db:
        switching.turn(channels, db, merchant, plugin, enabled=enabled, actor=CLI)
        return showing.switch(channels, db, merchant, plugin)


def ask_for_work(channels: Channels, shop: AccountRow) -> None:
    with channels.database.writing() as db:
        jobs.enqueue(db, WORK, merchant_id=shop.merchant_id, account_id=shop.id)


@pytest.mark.row("K-05")
def test_nothing_of_a_disabled_plugin_begins_and_enabling_it_goes_on(channels: Channels, shop: AccountRow) -> None:
    done: list[str] = []

    def work(job: Job) -> Settled:
        done.append(job.id)
        return Done()

    turn(channels, shop.merchant_id, enabled=False)
    ask_for_work(channels, shop)
    run_jobs(channels, {WORK: work})
    assert done == []

    turn(channels, shop.merchant_id, enabled=True)
    run_jobs(channels, {WORK: work})
    assert len(done) == 1


@pytest.mark.row("K-05")
def test_work_under_way_ends_at_its_next_page_and_the_switch_shows_that_it_drains(
    channels: Channels, shop: AccountRow
) -> None:
    seen: list[Switch] = []
    allowed: list[bool] = []

    def work(job: Job) -> Settled:
        with channels.database.reading() as db:
            allowed.append(switching.still_allowed(db, job.account_id))
        seen.append(turn(channels, shop.merchant_id, enabled=False))
        with channels.database.reading() as db:
            allowed.append(switching.still_allowed(db, job.account_id))
        return Again(after=timedelta(seconds=5))

    ask_for_work(channels, shop)
    run_jobs(channels, {WORK: work})

    with channels.database.reading() as db:
        drained = showing.switch(channels, db, shop.merchant_id, "bazaar")
    assert allowed == [True, False]
    assert [(each.draining, each.in_flight) for each in (*seen, drained)] == [(True, 1), (False, 0)]


@pytest.mark.row("K-05")
def test_no_hook_runs_through_a_door_while_the_plugin_is_disabled(channels: Channels, shop: AccountRow) -> None:
    turn(channels, shop.merchant_id, enabled=False)

    door = open_door(channels, shop.id)

    assert door.lacks.keys() == set(Capability)
    with pytest.raises(NotSupported, match="bazaar is disabled for this merchant"):
        next(door.host.import_items(door, ""))
    with pytest.raises(Refused, match="not enabled"):
        standing.ask_channel(channels, shop.merchant_id, shop.id, actor=CLI)


def test_enabling_resumes_what_the_switch_held_and_not_what_a_person_paused(
    channels: Channels, shop: AccountRow
) -> None:
    with channels.database.writing() as db:
        standing.pause(db, shop.merchant_id, shop.id, actor=CLI)
    turn(channels, shop.merchant_id, enabled=False)

    turn(channels, shop.merchant_id, enabled=True)

    with channels.database.reading() as db:
        assert gate.is_open(db, gates.switch_scope(shop.merchant_id, "bazaar"))
        assert not gate.is_open(db, gates.account_scope(shop.id))
        assert not switching.still_allowed(db, shop.id)


def test_a_switch_concerns_one_merchant(channels: Channels, shop: AccountRow, rival: str) -> None:
    other = authorise(channels, rival, shop="8")

    turn(channels, shop.merchant_id, enabled=False)

    with channels.database.reading() as db:
        assert not switching.still_allowed(db, shop.id)
        assert switching.still_allowed(db, other.id)


def test_enabling_has_the_accounts_connected_again(channels: Channels, bazaar: Bazaar, shop: AccountRow) -> None:
    turn(channels, shop.merchant_id, enabled=False)
    turn(channels, shop.merchant_id, enabled=True)

    run_jobs(channels)

    assert len(bazaar.callbacks) == 2


def test_turning_a_switch_where_it_stands_is_no_event(channels: Channels, merchant: str) -> None:
    turn(channels, merchant, enabled=True)
    turn(channels, merchant, enabled=False)
    turn(channels, merchant, enabled=False)

    switched = [kind for kind in events_of(channels.database, merchant) if kind.startswith("plugin.")]
    assert switched == ["plugin.enabled", "plugin.disabled"]


@pytest.mark.parametrize(
    ("plugin", "code"),
    [
        pytest.param("nowhere", "unknown_plugin", id="not installed"),
        pytest.param("broken", "plugin_refused", id="refused"),
    ],
)
def test_only_a_loaded_plugin_can_be_enabled(channels: Channels, merchant: str, plugin: str, code: str) -> None:
    with pytest.raises(HubError) as caught:
        turn(channels, merchant, enabled=True, plugin=plugin)

    assert caught.value.code == code


def test_a_merchant_who_does_not_exist_has_no_switch(channels: Channels) -> None:
    with pytest.raises(NotFound):
        turn(channels, "01890000-0000-7000-8000-000000000000", enabled=True)


def test_every_installed_plugin_is_listed_with_its_switch(database: Database, channels: Channels) -> None:
    merchant = a_merchant_with(channels)

    with database.reading() as db:
        found = showing.switches(channels, db, merchant)

    assert [(each.plugin, each.enabled) for each in found] == [("bazaar", True), ("broken", False)]
