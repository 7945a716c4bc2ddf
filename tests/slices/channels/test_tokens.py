"""Tokens: one renewal for all who share them, early, and never lost when somebody dies on the way."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial

import pytest
from hub_hookspecs import ActionRequired, Temporary

from hub.channels import store
from hub.channels.service import tokens
from hub.channels.service.amending import amend, prove_change
from hub.channels.service.doors import AccountDoor, open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Database
from hub.kernel.events import CLI
from tests.slices.channels.conftest import authorise, together
from tests.slices.channels.shops import ANOTHER_SECRET, Bazaar


@pytest.fixture
def shop(channels: Channels, merchant: str) -> AccountRow:
    return authorise(channels, merchant)


def a_turn(channels: Channels, shop: AccountRow, holder: str) -> bool:
    with channels.database.writing() as db:
        row = store.tokens.ensured(db, shop.credentials)
        return store.tokens.take_turn(db, row, holder=holder, lease=tokens.LEASE)


def renewal(door: AccountDoor) -> str:
    return door.renew().token


def opened(channels: Channels, shop: AccountRow) -> AccountDoor:
    """A door whose token has been asked for, as in the middle of a hook."""
    door = open_door(channels, shop.id)
    door.open()
    return door


def test_eight_calls_whose_token_fails_at_once_log_in_once(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    doors = [opened(channels, shop) for _ in range(8)]

    renewed = together([partial(renewal, door) for door in doors])

    assert len(bazaar.logins) == 2  # authorising, and one renewal for all
    assert set(renewed) == {"canary-token-app-1-2"}


def test_without_a_turn_each_of_the_eight_would_log_in(
    channels: Channels, bazaar: Bazaar, shop: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: it would see what the lease prevents."""
    monkeypatch.setattr(store.tokens, "take_turn", lambda db, row, *, holder, lease: True)
    everyone = threading.Barrier(8)  # nobody is done before all have asked
    doors = [opened(channels, shop) for _ in range(8)]

    def meet() -> None:
        everyone.wait(10)

    bazaar.on_login = meet

    together([partial(renewal, door) for door in doors])

    assert len(bazaar.logins) == 9


def test_eight_calls_with_a_revoked_secret_try_it_once_and_fail_alike(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    doors = [opened(channels, shop) for _ in range(8)]
    bazaar.secrets["app-1"] = ANOTHER_SECRET

    failures = together([partial(renewal, door) for door in doors])

    assert len(bazaar.logins) == 2
    assert {type(each) for each in failures} == {ActionRequired}
    assert {str(each) for each in failures} == {"the Bazaar does not accept this App and Secret"}


def test_a_failed_login_is_tried_again_after_a_rest(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    door = opened(channels, shop)
    bazaar.secrets["app-1"] = ANOTHER_SECRET
    with pytest.raises(ActionRequired):
        door.renew()
    bazaar.secrets["app-1"] = "canary-secret-5f1c"

    with pytest.raises(ActionRequired):
        door.renew()
    database.clock.offset += tokens.REST + timedelta(seconds=1)

    assert door.renew().token == "canary-token-app-1-3"


def test_another_takes_over_when_a_renewer_has_died(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    door = opened(channels, shop)
    assert a_turn(channels, shop, "a worker that was killed")
    assert not a_turn(channels, shop, "one that comes too early")

    database.clock.offset += tokens.LEASE + timedelta(seconds=1)

    assert door.renew().token == "canary-token-app-1-2"


def test_a_renewer_that_was_overtaken_uses_what_stands_there(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    slow, quick = opened(channels, shop), opened(channels, shop)

    def overtake() -> None:
        bazaar.on_login = lambda: None
        database.clock.offset += tokens.LEASE + timedelta(seconds=1)
        quick.renew()

    bazaar.on_login = overtake

    assert slow.renew().token == "canary-token-app-1-3"
    assert open_door(channels, shop.id).open().token == "canary-token-app-1-3"


def test_those_who_wait_in_vain_are_told_to_come_again(
    channels: Channels, shop: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = opened(channels, shop)
    assert a_turn(channels, shop, "a slow one")
    monkeypatch.setattr(tokens, "PATIENCE", 0.2)

    with pytest.raises(Temporary, match="another worker renews this token"):
        door.renew()


def test_a_token_that_another_has_stored_is_used_without_asking_the_channel(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    first, second = opened(channels, shop), opened(channels, shop)

    assert first.renew().token == second.renew().token
    assert len(bazaar.logins) == 2


@pytest.mark.parametrize(
    ("age", "logins"),
    [
        pytest.param(timedelta(minutes=53), 1, id="not before nine tenths of its life"),
        pytest.param(timedelta(minutes=55), 2, id="in its last tenth"),
        pytest.param(timedelta(minutes=61), 2, id="after its end"),
    ],
)
def test_a_token_is_renewed_when_nine_tenths_of_its_life_are_over(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow, age: timedelta, logins: int
) -> None:
    database.clock.offset += age

    open_door(channels, shop.id).open()
    open_door(channels, shop.id).open()

    assert len(bazaar.logins) == logins


def test_while_an_early_renewal_fails_or_is_somebody_elses_turn_the_old_token_serves(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    database.clock.offset += timedelta(minutes=55)
    bazaar.secrets["app-1"] = ANOTHER_SECRET

    assert open_door(channels, shop.id).open().token == "canary-token-app-1-1"
    assert open_door(channels, shop.id).open().token == "canary-token-app-1-1"
    assert len(bazaar.logins) == 2


def test_a_renewal_that_gives_the_same_token_is_not_asked_again_before_its_end_unless_it_fails(
    database: Database, channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    bazaar.same_token = True
    shop = authorise(channels, merchant)
    bazaar.life = timedelta(minutes=6)
    database.clock.offset += timedelta(minutes=55)
    for _ in range(3):
        open_door(channels, shop.id).open()
    assert len(bazaar.logins) == 2

    opened(channels, shop).renew()
    assert len(bazaar.logins) == 3

    database.clock.offset += timedelta(minutes=7)
    open_door(channels, shop.id).open()
    assert len(bazaar.logins) == 4


def test_a_token_that_never_ends_is_renewed_only_when_it_fails(
    database: Database, channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    bazaar.life = None
    shop = authorise(channels, merchant)
    database.clock.offset += timedelta(days=3650)

    door = opened(channels, shop)

    assert len(bazaar.logins) == 1
    assert door.renew().token == "canary-token-app-1-2"


def test_a_rotated_refresh_token_is_stored_before_it_is_used(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    opened(channels, shop).renew()
    opened(channels, shop).renew()

    refreshed = [old.refresh if old else "" for old in bazaar.logins]
    assert refreshed == ["", "canary-refresh-1", "canary-refresh-2"]


def test_a_renewal_on_the_way_does_not_undo_what_a_person_has_just_given(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    door = opened(channels, shop)

    def re_authorise() -> None:
        bazaar.on_login = lambda: None
        change = prove_change(channels, shop, {"language": "en"})
        with channels.database.writing() as db:
            amend(channels, db, change, actor=CLI)

    bazaar.on_login = re_authorise

    assert door.renew().token == "canary-token-app-1-3"
    assert open_door(channels, shop.id).open().token == "canary-token-app-1-3"


def test_a_missing_token_is_fetched_by_the_first_who_needs_it(
    channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    with channels.database.writing() as db:
        store.tokens.forget(db, shop.credentials)

    found = together([lambda: open_door(channels, shop.id).open().token] * 4)

    assert set(found) == {"canary-token-app-1-2"}
    assert len(bazaar.logins) == 2
