"""Checks of what hooks do beside their work: no network of their own, no sleep, no secret in logs or answers."""

from __future__ import annotations

import msgspec
import pytest

from hub_hookspecs.testing.contract.guards import listening, without_network, without_sleep
from hub_hookspecs.testing.contract.publishing import Publishing


class PurityChecks(Publishing):
    def test_describing_a_channel_touches_no_network(self) -> None:
        with without_network() as tried:
            self.call("describe_channel")

        if tried:
            pytest.fail(f"describe_channel tried to reach {tried[0]}", pytrace=False)

    def test_the_network_is_reached_only_through_the_account(self) -> None:
        with self.account() as (account, _), without_network() as tried:
            self.work(account)

        if tried:
            pytest.fail(f"a hook tried to reach {tried[0]} by itself; use account.http", pytrace=False)

    def test_no_hook_sleeps(self) -> None:
        with self.account() as (account, _), without_sleep() as slept:
            self.work(account)

        if slept:
            pytest.fail(f"a hook slept {slept[0]} s; answer Waiting or Page(resume_after=...) instead", pytrace=False)

    def test_no_secret_is_logged(self) -> None:
        with listening() as heard, self.account() as (account, _):
            self.work(account)
            secrets = self.secrets(account)

        for line in heard:
            if any(secret in line for secret in secrets):
                pytest.fail("a secret was logged or printed (a URL with a secret is logged by httpx)", pytrace=False)

    def test_no_answer_carries_a_secret(self) -> None:
        with self.account() as (account, _):
            said = msgspec.json.encode(self.work(account), enc_hook=repr).decode()
            secrets = self.secrets(account)

        if any(secret in said for secret in secrets):
            pytest.fail("a hook answered with a secret in it", pytrace=False)
