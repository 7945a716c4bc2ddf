"""Channels that say they talk to no network, and do; or that say nothing and show none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from types import ModuleType

import httpx
from hub_hookspecs import Account, AccountCheck, hookimpl
from hub_hookspecs.testing.sandbox import Unplugged

from .. import market_stall as good
from ..trial import STALL, stall
from .making import caught_by

StallAccount = Account[good.StallSettings]


class StallSandbox(Unplugged):
    """A sandbox that nobody needs."""

    def __init__(self, seed: int, size: int, clock: Callable[[], datetime]) -> None:
        super().__init__({"name": f"Warung {seed} of {size}"})
        self.clock = clock


@caught_by("test_a_channel_has_a_sandbox_unless_it_is_offline", stand={"sandbox": StallSandbox})
def a_sandbox_beside_no_network() -> ModuleType:
    return stall()


@caught_by("test_a_channel_that_is_offline_sends_nothing", stand=STALL)
def a_call_from_a_stall_without_a_telephone() -> ModuleType:
    @hookimpl
    def check_account(account: StallAccount) -> AccountCheck:
        with contextlib.suppress(httpx.HTTPError):
            account.http.get("https://stall.example/ping")
        return good.check_account(account)

    return stall(check_account=check_account)


@caught_by("test_an_identity_is_that_of_the_shop", stand=STALL)
def one_identity_for_every_stall() -> ModuleType:
    @hookimpl
    def check_account(account: StallAccount) -> AccountCheck:
        return AccountCheck(identity="stall", name=account.settings.name)

    return stall(check_account=check_account)
