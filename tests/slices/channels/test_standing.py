"""Accounts as they stand: checked, changed in place, paused by a person, stopped by a failed job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import AccountCheck, ActionRequired, Capability, Place, RateLimited, Temporary

from hub.channels.rules import State
from hub.channels.service import amending, gates, standing
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.tables import connection, token
from hub.kernel import gate, jobs
from hub.kernel.api.etags import Changed
from hub.kernel.db import Database, now
from hub.kernel.errors import Invalid, NotFound, Refused
from hub.kernel.events import CLI
from hub.kernel.jobs import Done, Job, JobKind, Settled
from tests.slices.channels.conftest import authorise, count, events_of, run_jobs
from tests.slices.channels.shops import ANOTHER_SECRET, SECRET, Bazaar

WORK = JobKind("tests.work", max_attempts=1)


@pytest.fixture
def shop(channels: Channels, merchant: str) -> AccountRow:
    made = authorise(channels, merchant)
    run_jobs(channels)  # connected
    return made


def stands(channels: Channels, shop: AccountRow) -> AccountRow:
    with channels.database.reading() as db:
        return standing.account(db, shop.merchant_id, shop.id)


def is_open(channels: Channels, scope: str) -> bool:
    with channels.database.reading() as db:
        return gate.is_open(db, scope)


def check(channels: Channels, shop: AccountRow, *, resumes: bool = False) -> AccountRow:
    checked = standing.ask_channel(channels, shop.merchant_id, shop.id, actor=CLI)
    with channels.database.writing() as db:
        return standing.note_check(db, checked, actor=CLI, resumes=resumes)


def pause(channels: Channels, shop: AccountRow) -> AccountRow:
    with channels.database.writing() as db:
        return standing.pause(db, shop.merchant_id, shop.id, actor=CLI)


def amend(channels: Channels, account: AccountRow, **given: Any) -> AccountRow:  # Any: settings
    change = amending.prove_change(channels, stands(channels, account), given)
    with channels.database.writing() as db:
        return amending.amend(channels, db, change, actor=CLI)


def fail_with(channels: Channels, shop: AccountRow, error: Exception) -> None:
    """Let a job of the account fail as a hook would."""

    def work(job: Job) -> Settled:
        raise error

    with channels.database.writing() as db:
        jobs.enqueue(db, WORK, merchant_id=shop.merchant_id, account_id=shop.id)
    run_jobs(channels, more={WORK: work})


def test_a_check_brings_places_notes_and_limits_up_to_date(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    bazaar.places = (Place(ref="W1", name="Jakarta"), Place(ref="W2", name="Bandung"))
    bazaar.lacks = {Capability.IMPORT_ITEMS: "the catalogue scope was taken away"}

    checked = check(channels, shop)

    assert [place.ref for place in checked.places] == ["W1", "W2"]
    assert open_door(channels, shop.id).lacks == bazaar.lacks
    assert checked.version == shop.version


def test_a_check_that_finds_revoked_credentials_stops_the_account_and_says_why(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    bazaar.refusal = ActionRequired("the shop has withdrawn its consent")

    with pytest.raises(ActionRequired):
        check(channels, shop)

    found = stands(channels, shop)
    assert (found.state, found.reason) == (State.NEEDS_ACTION, "the shop has withdrawn its consent")
    assert not is_open(channels, gates.account_scope(shop.id))
    assert events_of(channels.database, shop.merchant_id)[-1] == "account.needs_action"


def test_a_check_while_the_channel_is_away_changes_nothing(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    bazaar.refusal = Temporary("away")

    with pytest.raises(Temporary):
        check(channels, shop)

    assert stands(channels, shop).state is State.ACTIVE


def test_credentials_that_lead_to_another_shop_are_not_taken_over(
    channels: Channels, bazaar: Bazaar, shop: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bazaar, "check", lambda account: AccountCheck(identity="bazaar-other", name="Toko Lain"))

    with pytest.raises(Refused, match="lead to Toko Lain, not to Toko 7"):
        check(channels, shop)

    assert stands(channels, shop).identity == "bazaar-7"


def test_a_paused_account_starts_nothing_until_a_person_resumes_it_and_the_channel_agrees(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    assert pause(channels, shop).state is State.PAUSED
    assert not is_open(channels, gates.account_scope(shop.id))

    bazaar.refusal = ActionRequired("the shop is closed")
    with pytest.raises(ActionRequired):
        check(channels, shop, resumes=True)
    assert stands(channels, shop).state is State.PAUSED

    bazaar.refusal = None
    assert check(channels, shop, resumes=True).state is State.ACTIVE
    assert is_open(channels, gates.account_scope(shop.id))


@pytest.mark.row("B-30")
def test_a_check_that_passes_lets_an_account_go_on_that_needed_action(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    fail_with(channels, shop, ActionRequired("the shop is on holiday"))
    assert stands(channels, shop).state is State.NEEDS_ACTION

    bazaar.refusal = ActionRequired("the shop is still on holiday")
    with pytest.raises(ActionRequired):
        check(channels, shop)
    assert stands(channels, shop).state is State.NEEDS_ACTION

    bazaar.refusal = None
    checked = check(channels, shop)

    assert (checked.state, checked.reason) == (State.ACTIVE, "")
    assert is_open(channels, gates.account_scope(shop.id))
    assert events_of(channels.database, shop.merchant_id)[-2:] == ["account.checked", "account.resumed"]


def test_a_check_that_passes_ends_no_pause_of_a_person(channels: Channels, shop: AccountRow) -> None:
    pause(channels, shop)

    assert check(channels, shop).state is State.PAUSED
    assert not is_open(channels, gates.account_scope(shop.id))


def test_a_check_does_not_speak_for_what_stopped_the_account_after_it_was_asked(
    channels: Channels, shop: AccountRow
) -> None:
    checked = standing.ask_channel(channels, shop.merchant_id, shop.id, actor=CLI)
    fail_with(channels, shop, ActionRequired("the licence has ended"))

    with channels.database.writing() as db:
        noted = standing.note_check(db, checked, actor=CLI)

    assert (noted.state, noted.reason) == (State.NEEDS_ACTION, "the licence has ended")


def test_pausing_twice_is_told_once(channels: Channels, shop: AccountRow) -> None:
    pause(channels, shop)
    pause(channels, shop)

    assert events_of(channels.database, shop.merchant_id).count("account.paused") == 1


def test_new_settings_replace_old_ones_once_the_channel_accepts_them_and_unsent_secrets_stay(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    changed = amend(channels, shop, language="en")

    assert changed.version == shop.version + 1
    account = open_door(channels, shop.id).open()
    assert (account.settings.language, account.settings.app_secret) == ("en", SECRET)
    assert account.settings.callback_secret == bazaar.generated[0]
    assert account.token == bazaar.checks[-1][1]


def test_a_rotated_secret_is_proven_then_kept_and_what_only_the_old_one_used_is_forgotten(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    bazaar.secrets["app-1"] = ANOTHER_SECRET

    changed = amend(channels, shop, app_secret=ANOTHER_SECRET)

    assert changed.credentials != shop.credentials
    assert open_door(channels, shop.id).open().settings.app_secret == ANOTHER_SECRET
    assert count(channels.database, token, connection) == [1, 1]
    assert len(set(bazaar.generated)) == 2


def test_new_settings_that_fail_change_nothing(channels: Channels, shop: AccountRow) -> None:
    before = stands(channels, shop)

    with pytest.raises(ActionRequired, match="does not accept"):
        amend(channels, shop, app_secret=ANOTHER_SECRET)
    with pytest.raises(Refused, match="authorise it as an account of its own"):
        amend(channels, shop, shop="8")
    with pytest.raises(Invalid):
        amend(channels, shop, app="", colour="red")

    assert stands(channels, shop) == before
    assert open_door(channels, shop.id).open().settings.shop == "7"


def test_of_two_changes_of_the_same_reading_the_second_is_refused(channels: Channels, shop: AccountRow) -> None:
    first = amending.prove_change(channels, shop, {"language": "en"})
    second = amending.prove_change(channels, shop, {"language": "ms"})

    with channels.database.writing() as db:
        amending.amend(channels, db, first, actor=CLI)
    with pytest.raises(Changed), channels.database.writing() as db:
        amending.amend(channels, db, second, actor=CLI)

    assert open_door(channels, shop.id).open().settings.language == "en"


@pytest.mark.row("B-30")
def test_a_job_that_meets_revoked_credentials_stops_the_account_and_new_settings_let_it_go_on(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    fail_with(channels, shop, ActionRequired("the client secret was revoked"))
    found = stands(channels, shop)
    assert (found.state, found.reason) == (State.NEEDS_ACTION, "the client secret was revoked")
    assert not is_open(channels, gates.account_scope(shop.id))

    bazaar.secrets["app-1"] = ANOTHER_SECRET
    again = amend(channels, shop, app_secret=ANOTHER_SECRET)

    assert (again.state, again.reason) == (State.ACTIVE, "")
    assert is_open(channels, gates.account_scope(shop.id))


def test_after_the_first_refusal_no_other_job_of_the_account_asks_the_channel(
    channels: Channels, shop: AccountRow, rival: str
) -> None:
    other = authorise(channels, rival, shop="8")
    asked: list[str] = []

    def work(job: Job) -> Settled:
        asked.append(job.account_id)
        if job.account_id == shop.id:
            raise ActionRequired("the client secret was revoked")
        return Done()

    with channels.database.writing() as db:
        for each in (shop, other):
            for number in range(10):
                jobs.enqueue(db, WORK, key=str(number), merchant_id=each.merchant_id, account_id=each.id)
    run_jobs(channels, {WORK: work})

    assert (asked.count(shop.id), asked.count(other.id)) == (1, 10)


def test_new_settings_do_not_resume_what_a_person_has_paused(channels: Channels, shop: AccountRow) -> None:
    pause(channels, shop)

    assert amend(channels, shop, language="en").state is State.PAUSED


@pytest.mark.row("B-26")
def test_a_rate_limit_holds_all_accounts_that_share_the_rate_for_as_long_as_the_channel_asks_and_no_others(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow, rival: str
) -> None:
    bazaar.secrets["app-2"] = ANOTHER_SECRET
    other = authorise(channels, rival, shop="8", app="app-2", app_secret=ANOTHER_SECRET)

    fail_with(channels, shop, RateLimited("slow down", retry_after=timedelta(seconds=90)))

    shared = gates.credentials_scope(shop.credentials)
    assert not is_open(channels, shared)
    assert is_open(channels, gates.credentials_scope(other.credentials))
    assert stands(channels, shop).state is State.ACTIVE
    database.clock.offset += timedelta(seconds=91)
    assert is_open(channels, shared)


def test_a_rate_limit_without_a_time_holds_for_a_while(
    database: Database, channels: Channels, shop: AccountRow
) -> None:
    with database.reading() as db:
        before = db.execute(sa.select(now())).scalar_one()

    fail_with(channels, shop, RateLimited("slow down"))

    with database.reading() as db:
        until = db.execute(sa.select(gate.gate.c.not_before).where(gate.gate.c.not_before.is_not(None))).scalar_one()
    assert timedelta(seconds=25) < until - before < timedelta(seconds=60)


def test_another_merchants_account_looks_absent(channels: Channels, shop: AccountRow, rival: str) -> None:
    with channels.database.reading() as db, pytest.raises(NotFound):
        standing.account(db, rival, shop.id)
