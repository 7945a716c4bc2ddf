"""Authorising: proven with the channel first, then kept as a whole or not at all."""

from __future__ import annotations

import pytest

from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from tests.slices.channels.conftest import authorise
from tests.slices.channels.shops import Bazaar


@pytest.mark.row("F-07")
def test_an_account_is_kept_once_the_channel_has_accepted_its_settings(
    channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    account = authorise(channels, merchant).account

    door = open_door(channels, account.id)
    assert (account.name, account.identity, account.country) == ("Toko 7", "bazaar-7", "ID")
    assert door.open().settings.shop == "7"
    assert door.open().token == bazaar.checks[0][1] != ""
    assert len(bazaar.logins) == 1
