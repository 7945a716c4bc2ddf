"""A key is rotated while somebody still asks with the old one: what the old key meets stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hub_hookspecs import ActionRequired, ChannelError, TokenExpired

from hub.channels.rules import State
from hub.channels.service import amending, gates, standing
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import gate, jobs
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.kernel.jobs import Done, Job, JobKind, Settled
from tests.slices.channels.conftest import authorise, events_of, run_jobs, together
from tests.slices.channels.shops import ANOTHER_SECRET, SECRET, Bazaar

WORK = JobKind("tests.rotated")
LONGER_THAN_THE_WAIT = timedelta(seconds=10)
REVOKED = ActionRequired("the key was revoked")


@pytest.fixture
def shop(channels: Channels, merchant: str) -> AccountRow:
    made = authorise(channels, merchant)
    run_jobs(channels)  # connected
    return made


class Rotation:
    """A person who gives the account a new key, and a channel that then answers the old one with `refusal`."""

    def __init__(self, channels: Channels, bazaar: Bazaar, shop: AccountRow) -> None:
        self._channels, self._bazaar, self._shop = channels, bazaar, shop

    def happens(self) -> None:
        self._bazaar.on_check = lambda: None
        self._bazaar.secrets["app-1"] = ANOTHER_SECRET
        change = amending.prove_change(self._channels, self.account, {"app_secret": ANOTHER_SECRET})
        with self._channels.database.writing() as db:
            amending.amend(self._channels, db, change, actor=CLI)

    @property
    def account(self) -> AccountRow:
        with self._channels.database.reading() as db:
            return standing.account(db, self._shop.merchant_id, self._shop.id)

    @property
    def is_open(self) -> bool:
        with self._channels.database.reading() as db:
            return gate.is_open(db, gates.account_scope(self._shop.id))


@pytest.fixture
def rotation(channels: Channels, bazaar: Bazaar, shop: AccountRow) -> Rotation:
    return Rotation(channels, bazaar, shop)


class Working:
    """A job that asks the channel, and what happens between its beginning and its question."""

    def __init__(self, channels: Channels, bazaar: Bazaar, shop: AccountRow) -> None:
        self._channels, self._bazaar = channels, bazaar
        self.secrets: list[str] = []  # that each run began with
        with channels.database.writing() as db:
            self._ticket = jobs.enqueue(db, WORK, merchant_id=shop.merchant_id, account_id=shop.id)

    def runs(self, refusal: ChannelError | None = None, meanwhile: Callable[[], None] = lambda: None) -> Job:
        def work(job: Job) -> Settled:
            door = open_door(self._channels, job.account_id)
            self.secrets.append(door.open().settings.app_secret)
            meanwhile()
            self._bazaar.refusal = refusal
            door.host.check_account(door)
            return Done()

        run_jobs(self._channels, {WORK: work})
        self._bazaar.refusal = None
        with self._channels.database.reading() as db:
            found = jobs.find(db, self._ticket.job_id)
        assert found is not None
        return found


@pytest.mark.row("B-30")
@pytest.mark.parametrize(
    "shared", [pytest.param(False, id="its own application"), pytest.param(True, id="another's application too")]
)
@pytest.mark.parametrize("refusal", [REVOKED, TokenExpired("401")], ids=["the key is revoked", "its token has ended"])
def test_a_run_that_began_with_the_old_key_stops_nothing_and_goes_on_with_the_new_one(
    channels: Channels, bazaar: Bazaar, shop: AccountRow, rotation: Rotation, refusal: ChannelError, *, shared: bool
) -> None:
    if shared:  # the old token is kept for the other account, and a new one is asked for with the old key
        authorise(channels, shop.merchant_id, shop="8")
    work = Working(channels, bazaar, shop)

    waiting = work.runs(refusal, rotation.happens)
    account, is_open = rotation.account, rotation.is_open
    channels.database.clock.offset += LONGER_THAN_THE_WAIT
    done = work.runs()

    assert (account.state, account.reason, is_open) == (State.ACTIVE, "", True)
    assert "account.needs_action" not in events_of(channels.database, shop.merchant_id)
    assert (waiting.state, done.state) == ("waiting", "done")
    assert work.secrets == [SECRET, ANOTHER_SECRET]


@pytest.mark.row("B-30")
def test_a_refusal_of_the_new_key_stops_the_account_all_the_same(
    channels: Channels, bazaar: Bazaar, shop: AccountRow, rotation: Rotation
) -> None:
    rotation.happens()

    Working(channels, bazaar, shop).runs(REVOKED)

    assert (rotation.account.state, rotation.account.reason) == (State.NEEDS_ACTION, "the key was revoked")


def _check(channels: Channels, shop: AccountRow) -> AccountRow:
    checked = standing.ask_channel(channels, shop.merchant_id, shop.id, actor=CLI)
    with channels.database.writing() as db:
        return standing.note_check(db, checked, actor=CLI)


def test_a_check_that_asked_with_the_old_key_stops_nothing_and_says_to_check_again(
    channels: Channels, bazaar: Bazaar, shop: AccountRow, rotation: Rotation
) -> None:
    def rotated() -> None:
        rotation.happens()
        bazaar.refusal = REVOKED

    bazaar.on_check = rotated

    with pytest.raises(Refused, match="check it again") as refused:
        _check(channels, shop)

    bazaar.refusal = None
    assert refused.value.code == "settings_changed"
    assert rotation.account.state is State.ACTIVE
    assert _check(channels, shop).state is State.ACTIVE


def test_what_the_channel_said_to_the_old_key_is_not_kept_of_the_new_one(
    channels: Channels, bazaar: Bazaar, shop: AccountRow, rotation: Rotation
) -> None:
    bazaar.on_check = rotation.happens

    with pytest.raises(Refused, match="check it again"):
        _check(channels, shop)

    assert events_of(channels.database, shop.merchant_id)[-1] == "account.settings_changed"


def test_two_accounts_that_swap_their_keys_at_once_wait_for_each_other_and_never_dead_lock(
    channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    bazaar.secrets["app-2"] = ANOTHER_SECRET
    keys: list[dict[str, Any]] = [
        {"app": "app-1", "app_secret": SECRET},
        {"app": "app-2", "app_secret": ANOTHER_SECRET},
    ]
    rows = [authorise(channels, merchant, shop=shop, **keys[n]) for n, shop in enumerate(("1", "2"))]

    for _ in range(20):
        keys.reverse()
        wishes = zip(rows, keys, strict=True)
        assert together([partial(_rotate, channels, row, key) for row, key in wishes]) == [State.ACTIVE, State.ACTIVE]


def _rotate(channels: Channels, row: AccountRow, key: dict[str, Any]) -> State:
    with channels.database.reading() as db:
        now = standing.account(db, row.merchant_id, row.id)
    change = amending.prove_change(channels, now, key)
    with channels.database.writing() as db:
        return amending.amend(channels, db, change, actor=CLI).state
