"""Checks of authorising an account: who it is, wrong credentials, and tokens."""

from __future__ import annotations

import dataclasses

import pytest

from hub_hookspecs.channel import AccountCheck, Connection, Token
from hub_hookspecs.errors import ActionRequired
from hub_hookspecs.testing.contract.stand import AnyAccount, Stand, causes, malformed
from hub_hookspecs.testing.faults import Faulty

CHEAP = 10  # requests


class AccountChecks(Stand):
    def test_an_account_says_who_it_is(self) -> None:
        with self.account() as (account, _):
            check = self.ask("check_account", AccountCheck, account=account)

        if not (check.identity.strip() and check.name.strip()):
            pytest.fail("check_account must give an identity and a name that are not blank", pytrace=False)
        if why := malformed(check, AccountCheck):
            pytest.fail(f"check_account: {why}", pytrace=False)

    def test_an_account_is_the_same_at_every_check(self) -> None:
        with self.account() as (account, _):
            identities = {self.ask("check_account", AccountCheck, account=account).identity for _ in range(2)}

        if len(identities) > 1:
            pytest.fail(f"check_account gave one account two identities: {sorted(identities)}", pytrace=False)

    def test_an_identity_is_that_of_the_shop(self) -> None:
        """A shop on a network is the same whoever connects it; without a network there is nothing else to tell by."""
        with self.account() as (account, _):
            another = dataclasses.replace(account, id="account-2", merchant_id="merchant-2")
            asked = [self.ask("check_account", AccountCheck, account=one) for one in (account, another, account)]

        first, second, again = (check.identity for check in asked)
        if self.channel.offline and first == second:
            pytest.fail(f"two merchants have the identity {first!r}; tell them apart", pytrace=False)
        if not self.channel.offline and second != first == again:
            pytest.fail("check_account took the identity from who connects the shop, not from the shop", pytrace=False)

    def test_checking_an_account_is_cheap(self) -> None:
        with self.account() as (account, wire):
            before = len(wire.requests)
            self.call("check_account", account=account)
            asked = len(wire.requests) - before

        if asked > CHEAP:
            pytest.fail(f"check_account sent {asked} requests; at most {CHEAP} are cheap", pytrace=False)

    def test_wrong_credentials_need_a_person(self) -> None:
        error, _ = self._refused()

        if not isinstance(error, ActionRequired):
            pytest.fail(f"wrong credentials gave {error!r}; raise ActionRequired and say what to do", pytrace=False)

    def test_a_refusal_shows_no_secret(self) -> None:
        error, secrets = self._refused()

        for each in causes(error):
            if any(secret in f"{each} {each!r}" for secret in secrets):
                pytest.fail(f"the {type(each).__name__} about wrong credentials contains a secret", pytrace=False)

    def test_a_new_token_can_be_used(self) -> None:
        if "authenticate" not in self.hooks:
            return
        sandbox = self.make_sandbox(seed=1)
        with self.authorising(sandbox, sandbox.settings()) as account:
            token = self.ask("authenticate", Token, account=account, old=None)

        if not token.value or malformed(token, Token):
            pytest.fail("authenticate answered a token without a value or with fields of the wrong type", pytrace=False)
        if token.expires_at is not None and token.expires_at <= sandbox.clock():
            pytest.fail(f"authenticate answered a token that expired at {token.expires_at}", pytrace=False)

    def test_a_token_can_be_renewed(self) -> None:
        if "authenticate" not in self.hooks:
            return
        sandbox = self.make_sandbox(seed=1)
        with self.authorising(sandbox, sandbox.settings()) as account:
            old = self.call("authenticate", account=account, old=None)
            try:
                renewed = self.ask("authenticate", Token, account=account, old=old)
            except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
                pytest.fail(f"authenticate with the old token raised {error!r}", pytrace=False)

        if not renewed.value:
            pytest.fail("authenticate renewed a token into one without a value", pytrace=False)

    def test_connecting_an_account_can_be_repeated(self) -> None:
        if "connect_account" not in self.hooks:
            return
        with self.account() as (account, _):
            once, again = (self._connect(account) for _ in range(2))

        if once != again:
            pytest.fail(f"connect_account left {once} first and {again} after being repeated", pytrace=False)

    def _connect(self, account: AnyAccount) -> Connection | Exception:
        try:
            return self.ask("connect_account", Connection, account=account, callback_url="https://hub.test/webhooks/a")
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            return error

    def _refused(self) -> tuple[BaseException | None, frozenset[str]]:
        """Authorise with broken settings; give what was raised, and what must not be in it."""
        self.needs_network()
        sandbox = Faulty(self.make_sandbox(seed=1))
        broken = self.broken_settings(sandbox.settings())
        if broken == sandbox.settings():
            pytest.fail("override broken_settings: no setting of this channel is marked as secret", pytrace=False)
        with self.authorising(sandbox, broken) as account:
            try:
                if "authenticate" in self.hooks:
                    self.call("authenticate", account=account, old=None)
                self.call("check_account", account=account)
            except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
                return error, self.secrets(account)
        return None, frozenset()
