"""Closing: refused while work is open, then final, and nothing secret stays behind."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from hub.channels.rules import State
from hub.channels.service import closing, standing
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.tables import connection, token
from hub.kernel import gate, jobs
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.kernel.jobs import Done, Job, JobKind, Settled
from hub.kernel.jobs import State as JobState
from hub.kernel.jobs.tables import schedule
from tests.slices.channels.conftest import authorise, count, events_of, run_jobs, together
from tests.slices.channels.shops import Bazaar

WORK = JobKind("tests.work")


@pytest.fixture
def shop(channels: Channels, merchant: str) -> AccountRow:
    made = authorise(channels, merchant)
    run_jobs(channels)  # connected
    return made


def close(channels: Channels, shop: AccountRow) -> AccountRow:
    closing.prepare_closing(channels, shop.merchant_id, shop.id, actor=CLI)
    with channels.database.writing() as db:
        return closing.close(channels, db, shop.merchant_id, shop.id, actor=CLI)


def test_a_closed_account_keeps_its_name_and_nothing_secret(channels: Channels, shop: AccountRow) -> None:
    closed = close(channels, shop)

    assert (closed.state, closed.name, closed.settings) == (State.CLOSED, "Toko 7", "")
    assert count(channels.database, token, connection, gate.member, gate.seat, schedule) == [0, 0, 0, 0, 0]
    assert events_of(channels.database, shop.merchant_id)[-2:] == ["account.paused", "account.closed"]
    with pytest.raises(Refused, match="closed"):
        open_door(channels, shop.id)


def test_a_call_that_outlives_its_account_fetches_no_new_token(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    door = open_door(channels, shop.id)
    door.open()
    close(channels, shop)

    with pytest.raises(Refused, match="closed"):
        door.renew()

    assert len(bazaar.logins) == 1
    assert count(channels.database, token) == [0]


@pytest.mark.row("F-12")
def test_a_shop_that_was_closed_can_be_connected_by_somebody_else(
    channels: Channels, shop: AccountRow, rival: str
) -> None:
    close(channels, shop)

    assert authorise(channels, rival).identity == shop.identity


def test_what_others_share_stays_when_one_account_is_closed(channels: Channels, shop: AccountRow) -> None:
    other = authorise(channels, shop.merchant_id, shop="8")

    close(channels, shop)

    assert open_door(channels, other.id).open().token != ""
    assert count(channels.database, token, connection) == [1, 1]


def test_closing_the_last_account_of_an_application_while_another_is_connected_loses_nothing_of_the_new_one(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    bazaar.generated.clear()

    closed, connected = together(
        [partial(close, channels, shop), partial(authorise, channels, shop.merchant_id, shop="8")]
    )

    assert isinstance(closed, AccountRow)
    assert isinstance(connected, AccountRow)
    account = open_door(channels, connected.id).open()
    assert account.settings.callback_secret == bazaar.generated[0] != ""
    assert count(channels.database, token, connection) == [1, 1]


def test_an_account_with_open_work_is_not_closed_and_says_which(channels: Channels, shop: AccountRow) -> None:
    channels = replace(channels, open_work=lambda db, account_id, left: ["outbound OUT-1 is being packed"])

    with pytest.raises(Refused, match="outbound OUT-1 is being packed"):
        close(channels, shop)

    with channels.database.reading() as db:
        assert standing.account(db, shop.merchant_id, shop.id).state is State.ACTIVE


def test_an_account_whose_job_runs_is_not_closed(channels: Channels, shop: AccountRow) -> None:
    refused: list[str] = []

    def work(job: Job) -> Settled:
        with pytest.raises(Refused) as caught:
            close(channels, shop)
        refused.append(str(caught.value))
        return Done()

    with channels.database.writing() as db:
        jobs.enqueue(db, WORK, merchant_id=shop.merchant_id, account_id=shop.id)
    run_jobs(channels, {WORK: work})

    (reason,) = refused
    assert "job tests.work" in reason
    assert "is running" in reason


def test_jobs_that_have_not_begun_are_cancelled(channels: Channels, shop: AccountRow) -> None:
    with channels.database.writing() as db:
        tickets = [
            jobs.enqueue(db, WORK, key=str(n), merchant_id=shop.merchant_id, account_id=shop.id) for n in range(3)
        ]

    close(channels, shop)

    with channels.database.reading() as db:
        states = [job.state for ticket in tickets if (job := jobs.find(db, ticket.job_id))]
    assert states == [JobState.CANCELLED] * 3


def test_other_slices_end_their_schedules_in_the_same_transaction(channels: Channels, shop: AccountRow) -> None:
    told: list[str] = []
    channels = replace(channels, before_close=lambda db, account: told.append(account.id))

    close(channels, shop)

    assert told == [shop.id]


def test_an_account_is_closed_once(channels: Channels, shop: AccountRow) -> None:
    close(channels, shop)

    with pytest.raises(Refused, match="the account is closed"):
        close(channels, shop)
