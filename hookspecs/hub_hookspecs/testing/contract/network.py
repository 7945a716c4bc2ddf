"""Checks that a channel without a network has none: the checks of the wire are skipped for its word alone."""

from __future__ import annotations

import pytest

from hub_hookspecs.testing.contract.stand import Stand


class NetworkChecks(Stand):
    def test_a_channel_has_a_sandbox_unless_it_is_offline(self) -> None:
        if self.sandbox is None and not self.channel.offline:
            pytest.fail("name the sandbox of the channel, or declare `offline` where it has no network", pytrace=False)
        if self.sandbox is not None and self.channel.offline:
            pytest.fail("the channel declares `offline` and has a sandbox; one of the two is wrong", pytrace=False)

    def test_a_channel_that_is_offline_sends_nothing(self) -> None:
        if not self.channel.offline:
            return
        with self.account() as (account, wire):
            self.work(account)

        if wire.requests:
            pytest.fail(f"the channel declares `offline` and asked for {wire.requests[0].url}", pytrace=False)
