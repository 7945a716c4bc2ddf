"""Authorising: proven with the channel first, then kept as a whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hub_hookspecs import ActionRequired, RateLimited, Temporary

from hub.channels.service import connections, switching
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.tables import account, connection, token
from hub.kernel import gate
from hub.kernel.db import Database
from hub.kernel.errors import HubError, Invalid, Refused
from hub.kernel.events import CLI
from tests.callers import a_merchant
from tests.slices.channels.conftest import authorise, count, events_of, run_jobs, together
from tests.slices.channels.shops import ANOTHER_SECRET, Bazaar


@pytest.mark.row("F-07")
def test_an_account_is_kept_once_the_channel_has_accepted_its_settings(
    channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    made = authorise(channels, merchant)

    door = open_door(channels, made.id)
    assert (made.name, made.identity, made.country) == ("Toko 7", "bazaar-7", "ID")
    assert (door.open().settings.shop, door.open().settings.language) == ("7", "id")
    assert door.open().token == bazaar.checks[0][1] != ""
    assert len(bazaar.logins) == 1
    assert events_of(channels.database, merchant) == [
        "merchant.created", "plugin.enabled", "warehouse.created", "account.authorised",
    ]  # fmt: skip


def test_a_new_account_stands_behind_its_own_gate_that_of_its_credentials_and_the_switch(
    channels: Channels, merchant: str
) -> None:
    made = authorise(channels, merchant)

    with channels.database.reading() as db:
        scopes = set(db.execute(gate.member.select().where(gate.member.c.account_id == made.id)).scalars("scope"))
        seats = db.execute(gate.seat.select().where(gate.seat.c.scope == f"account:{made.id}")).all()
    assert scopes == {f"account:{made.id}", f"credentials:{made.credentials}", f"switch:{merchant}:bazaar"}
    assert len(seats) == 4


@pytest.mark.row("F-09")
@pytest.mark.parametrize(
    ("changes", "refusal", "reason"),
    [
        pytest.param({"app_secret": ANOTHER_SECRET}, None, "does not accept this App and Secret", id="wrong secret"),
        pytest.param({"shop": "missing"}, None, "no shop missing", id="a shop that is not there"),
        pytest.param({}, Temporary("the Bazaar is closed for the night"), "closed for the night", id="channel away"),
        pytest.param({}, RateLimited("slow down"), "slow down", id="rate limited"),
    ],
)
def test_what_the_channel_refuses_is_not_kept_and_its_reason_is_shown(
    channels: Channels,
    bazaar: Bazaar,
    merchant: str,
    changes: dict[str, Any],  # Any: settings
    refusal: Exception | None,
    reason: str,
) -> None:
    bazaar.refusal = refusal

    with pytest.raises((ActionRequired, Temporary), match=reason):
        authorise(channels, merchant, **changes)

    assert count(channels.database, account, token, connection, gate.member) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("plugin", "code", "reason"),
    [
        pytest.param("nowhere", "unknown_plugin", "installed: bazaar", id="not installed"),
        pytest.param("broken", "plugin_refused", "calls itself 'misnamed'", id="refused"),
        pytest.param("bazaar", "plugin_disabled", "not enabled for this merchant", id="not enabled"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_named_with_the_reason(
    channels: Channels, bazaar: Bazaar, plugin: str, code: str, reason: str
) -> None:
    merchant = a_merchant(channels.database)

    with pytest.raises(HubError, match=reason) as caught:
        authorise(channels, merchant, plugin=plugin)

    assert caught.value.code == code
    assert bazaar.logins == []


def test_every_wrong_setting_is_named_before_the_channel_is_asked(
    channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    with pytest.raises(Invalid) as caught:
        authorise(channels, merchant, app="", app_secret="abc", colour="red", callback_secret="mine")

    assert {each.field for each in caught.value.errors} == {"app", "app_secret", "colour", "callback_secret"}
    assert bazaar.logins == []


@pytest.mark.row("T-03")
@pytest.mark.row("T-04")
def test_a_checklist_must_be_confirmed_and_is_shown(channels: Channels, bazaar: Bazaar, merchant: str) -> None:
    with pytest.raises(Invalid) as caught:
        authorise(channels, merchant, confirmed=False)

    (wrong,) = caught.value.errors
    assert wrong.field == "preconditions_confirmed"
    assert "(1) The shop is open. (2) SKU codes are tidy." in wrong.message
    assert bazaar.logins == []


@pytest.mark.row("F-12")
def test_an_account_of_another_merchant_is_refused_without_telling_whose_it_is(
    channels: Channels, merchant: str, rival: str
) -> None:
    mine = authorise(channels, merchant)

    with pytest.raises(Refused, match="connected to this hub by somebody else") as caught:
        authorise(channels, rival)

    assert caught.value.code == "identity_taken"
    assert not {mine.id, merchant, "Toko Batik Ayu"} & set(str(caught.value).split())


@pytest.mark.row("F-12")
def test_the_same_merchant_is_told_to_change_the_settings_of_the_account_it_has(
    channels: Channels, merchant: str
) -> None:
    mine = authorise(channels, merchant)

    with pytest.raises(Refused, match=f"already connected as account {mine.id}.*PATCH") as caught:
        authorise(channels, merchant)

    assert caught.value.code == "already_connected"
    assert count(channels.database, account) == [1]


@pytest.mark.row("F-12")
def test_of_merchants_who_authorise_one_shop_at_once_exactly_one_gets_it(
    channels: Channels, merchant: str, rival: str
) -> None:
    results = together([partial(authorise, channels, each) for each in (merchant, rival) * 3])

    winners = [each for each in results if isinstance(each, AccountRow)]
    losers = [each.code for each in results if isinstance(each, Refused)]
    assert len(winners) == 1
    assert len(losers) == 5
    assert set(losers) == {"identity_taken", "already_connected"}
    assert count(channels.database, account, token, connection) == [1, 1, 1]


def test_a_switch_turned_off_while_the_channel_answers_keeps_the_account_out(
    channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    def turn_off() -> None:
        with channels.database.writing() as db:
            switching.turn(channels, db, merchant, "bazaar", enabled=False, actor=CLI)

    bazaar.on_check = turn_off

    with pytest.raises(Refused, match="not enabled"):
        authorise(channels, merchant)

    assert count(channels.database, account, token) == [0, 0]


def test_the_first_import_is_asked_for_in_the_transaction_of_the_account(
    database: Database, channels: Channels, merchant: str
) -> None:
    begun: list[str] = []
    channels = replace(channels, after_authorise=lambda db, made: begun.append(made.id))

    first = authorise(channels, merchant)
    authorise(channels, merchant, shop="8", starts_import=False)

    assert begun == [first.id]


def test_accounts_of_one_application_share_its_token_and_what_the_host_generated(
    channels: Channels, bazaar: Bazaar, merchant: str, rival: str
) -> None:
    first = authorise(channels, merchant)
    second = authorise(channels, rival, shop="8")

    assert first.credentials == second.credentials
    assert open_door(channels, first.id).open().token == open_door(channels, second.id).open().token
    assert len(set(bazaar.generated)) == 1
    assert len(bazaar.generated[0]) > 30
    assert count(channels.database, token, connection) == [1, 1]


def test_a_wrong_secret_is_never_let_in_by_the_token_of_an_account_that_has_the_right_one(
    channels: Channels, bazaar: Bazaar, merchant: str, rival: str
) -> None:
    authorise(channels, merchant)

    with pytest.raises(ActionRequired, match="does not accept"):
        authorise(channels, rival, shop="8", app_secret=ANOTHER_SECRET)

    assert [shop for shop, _ in bazaar.checks] == ["7"]


def test_accounts_of_different_applications_share_nothing(channels: Channels, bazaar: Bazaar, merchant: str) -> None:
    bazaar.secrets["app-2"] = ANOTHER_SECRET

    first = authorise(channels, merchant)
    second = authorise(channels, merchant, shop="8", app="app-2", app_secret=ANOTHER_SECRET)

    assert first.credentials != second.credentials
    assert len(set(bazaar.generated)) == 2


def test_the_callback_address_is_registered_by_a_job_and_leads_back_to_the_connection(
    channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    made = authorise(channels, merchant)

    run_jobs(channels)

    with channels.database.reading() as db:
        secret = connections.expected(channels, db, made.credentials).token
    assert bazaar.callbacks == [f"https://hub.example/webhooks/bazaar/{secret}"]
    assert events_of(channels.database, merchant)[-1] == "account.connected"
