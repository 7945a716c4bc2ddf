"""The stand on which the checks try a plugin: a sandbox, accounts that work, and one hook at a time."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

import httpx
import msgspec
import pytest

from hub_hookspecs.admission import Hooks, implementations, secret_fields
from hub_hookspecs.channel import Account, AccountCheck, Capability, Channel
from hub_hookspecs.testing.faults import Faulty
from hub_hookspecs.testing.sandbox import Sandbox, Unplugged, transport, utc_now

T = TypeVar("T")
AnyAccount = Account[Any]  # Any: every plugin has settings of its own
Form = dict[str, Any]  # Any: settings as a person types them


def demand(reasons: Iterator[str]) -> None:
    """Fail the check with everything that speaks against it."""
    if found := list(reasons):
        pytest.fail("; ".join(found), pytrace=False)


class Stand:
    plugin: object  # the module that the entry point names
    sandbox: type[Sandbox] | None = None  # None: the channel declares `offline`
    settings: ClassVar[Mapping[str, Any]] = MappingProxyType({})  # Any: typed in, where no sandbox gives them
    sandbox_options: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {}
    )  # Any: each sandbox has its own, such as rate=None
    generated: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {}
    )  # Any: settings that the hub makes, such as a key pair
    size: int = 120  # enough for several pages

    # -- what a plugin may override

    def make_sandbox(self, seed: int) -> Sandbox:
        if self.sandbox is None:
            return Unplugged(self.settings)
        return self.sandbox(**{"seed": seed, "size": self.size, "clock": self.now, **self.sandbox_options})

    def broken_settings(self, settings: Form) -> Form:
        """Give settings that the channel must refuse; without more, every secret is another one."""
        return {**settings, **dict.fromkeys(secret_fields(self.channel.settings) & settings.keys(), "not-the-secret")}

    # -- what the checks use

    passed: timedelta = timedelta()  # what the sandboxes' clocks are ahead

    def now(self) -> datetime:
        return utc_now() + self.passed

    def pass_time(self, span: timedelta) -> None:
        """Let time pass at the sandboxes, and at once."""
        self.passed += span

    @cached_property
    def hooks(self) -> Hooks:
        return implementations(self.plugin)

    @cached_property
    def channel(self) -> Channel:
        return self.ask("describe_channel", Channel)

    def call(self, hook: str, **arguments: object) -> Any:  # Any: each hook answers with a type of its own
        """Call one hook directly: for one misdeclared hook pluggy would refuse the plugin, and so fail every check."""
        function = self.hooks[hook]
        accepted = inspect.signature(function).parameters
        return function(**{name: value for name, value in arguments.items() if name in accepted})

    def ask(self, hook: str, answer: type[T], **arguments: object) -> T:
        """Call a hook that answers once and hold it to its type."""
        given = self.call(hook, **arguments)
        if not isinstance(given, answer):
            pytest.fail(f"{hook} answered {type(given).__name__}, not {answer.__name__}", pytrace=False)
        return given

    def needs(self, capability: Capability) -> None:
        """Skip the check, with the plugin's own reason, where the channel lacks the capability."""
        if capability not in self.channel.offers:
            pytest.skip(f"{capability}: {self.channel.lacks.get(capability, 'not declared')}")

    def needs_network(self) -> None:
        """Skip the check, with the plugin's own reason, where the channel has no wire that could fail."""
        if self.channel.offline:
            pytest.skip(f"offline: {self.channel.offline}")

    @contextmanager
    def account(self, *, seed: int = 1) -> Iterator[tuple[AnyAccount, Faulty]]:
        """Open an account that works, on a sandbox of its own that records what it is asked."""
        wire = Faulty(self.make_sandbox(seed))
        with self.authorising(wire, wire.settings()) as fresh:
            token = self.call("authenticate", account=fresh, old=None).value if "authenticate" in self.hooks else ""
            yield dataclasses.replace(fresh, token=token), wire

    @contextmanager
    def authorising(self, sandbox: Sandbox, form: Form) -> Iterator[AnyAccount]:
        """Open an account as it is while it is being authorised: without a token."""
        settings = msgspec.convert({**form, **self.generated}, self.channel.settings)
        with httpx.Client(transport=transport(sandbox)) as http:
            yield Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)

    def work(self, account: AnyAccount) -> list[object]:
        """Do what every plugin is asked to do, and give all its answers."""
        answers: list[object] = [self.ask("check_account", AccountCheck, account=account)]
        if Capability.LIST_CATEGORIES in self.channel.offers:
            answers += self.call("list_categories", account=account)
        if Capability.IMPORT_ITEMS in self.channel.offers:
            answers += self.call("import_items", account=account, cursor="")
        return answers

    def secrets(self, account: AnyAccount) -> frozenset[str]:
        """Give every value of this account that must never be shown."""
        named = (getattr(account.settings, name) for name in secret_fields(type(account.settings)))
        return frozenset(value for value in (*named, account.token) if value)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give the error and what lies behind it, as a traceback shows them."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def malformed(record: object, kind: object) -> str:
    """Say why a record does not survive the wire between plugin and hub; "" where it does."""
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=kind)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        return f"{error} in {record!r}"
    return ""
