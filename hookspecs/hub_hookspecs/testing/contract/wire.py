"""Checks of how the plugin takes a bad answer. The hub knows what an httpx error means, so it may slip through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

import httpx
import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.errors import (
    ActionRequired,
    ChannelError,
    RateLimited,
    Rejected,
    Temporary,
    TokenExpired,
    UnknownOutcome,
)
from hub_hookspecs.records import Product
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.contract.publishing import BROKEN_ANSWER, SMALL, Publishing
from hub_hookspecs.testing.contract.stand import AnyAccount, causes
from hub_hookspecs.testing.faults import Fault, Plan

UNREADABLE = {
    "truncated JSON": faults.truncated_json,
    "an empty body": faults.wrong_json(b""),
    "an HTML page": faults.wrong_json(b"<html>please log in</html>", content_type="text/html"),
}
FAILING = {"a 500": faults.server_error(500), "a 401": faults.revoked(401), **UNREADABLE}
SURPRISING = {text: faults.wrong_json(text.encode()) for text in ('["surprise"]', "null", "42", '{"surprise": {}}')}
PUSHING = ("push_product", "find_listing")


class Trial(NamedTuple):
    """A hook, from which of its requests on the wire fails, and whether it is about a listing that is there."""

    hook: str
    plan: Plan
    updates: bool = False


class Met(NamedTuple):
    """What a hook raised, the requests that the fault befell, and what must not be told."""

    error: Exception | None
    refused: Sequence[httpx.Request]
    secrets: frozenset[str]


def _answered(error: BaseException | None, *statuses: int) -> bool:
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code in statuses


def _slips_through(hook: str, error: BaseException | None) -> bool:
    """Whether the hub takes it for an answer that cannot be read, of a request that may have taken effect."""
    return hook == "push_product" and isinstance(error, BROKEN_ANSWER)


class WireChecks(Publishing):
    def test_a_time_out_is_temporary(self) -> None:
        for hook, error in self._reactions(faults.time_out_before):
            if not isinstance(error, Temporary | UnknownOutcome | httpx.TransportError):
                self._blame(hook, error, "a time-out", "Temporary")

    def test_a_request_for_a_pause_says_how_long(self) -> None:
        for hook, error in self._reactions(faults.rate_limited(retry_after=7)):
            heeded = isinstance(error, RateLimited) and (error.retry_after or timedelta()) >= timedelta(seconds=7)
            if not heeded and not _answered(error, 429):
                self._blame(hook, error, "a 429 with Retry-After: 7", "RateLimited(retry_after=7 s)")

    def test_a_failing_channel_is_temporary(self) -> None:
        for status in (500, 502, 503):
            for hook, error in self._reactions(faults.server_error(status)):
                if not isinstance(error, Temporary | UnknownOutcome) and not _answered(error, status):
                    self._blame(hook, error, f"a {status}", "Temporary")

    def test_an_expired_token_is_told_apart(self) -> None:
        for hook, error in self._reactions(faults.revoked(401)):
            if not isinstance(error, TokenExpired | ActionRequired) and not _answered(error, 401):
                self._blame(hook, error, "a 401", "TokenExpired or ActionRequired")

    def test_a_ban_is_not_retried_blindly(self) -> None:
        for hook, error in self._reactions(faults.revoked(403)):
            if not isinstance(error, ActionRequired | TokenExpired | Rejected) and not _answered(error, 403):
                self._blame(hook, error, "a 403", "ActionRequired")

    def test_an_unreadable_answer_is_a_channel_error(self) -> None:
        for body, fault in UNREADABLE.items():
            for hook, error in self._reactions(fault):
                if not isinstance(error, ChannelError | httpx.HTTPError) and not _slips_through(hook, error):
                    self._blame(hook, error, body, "a ChannelError")

    def test_a_surprising_answer_breaks_nothing(self) -> None:
        for body, fault in SURPRISING.items():
            for hook, error in self._reactions(fault):
                fine = error is None or isinstance(error, ChannelError | httpx.HTTPError)
                if not fine and not _slips_through(hook, error):
                    self._blame(hook, error, body, "a ChannelError")

    def test_no_failure_shows_a_secret(self) -> None:
        for what, fault in FAILING.items():
            for hook, met in self._met(fault):
                if any(secret in f"{each} {each!r}" for each in causes(met.error) for secret in met.secrets):
                    pytest.fail(f"{hook} met {what} and raised an error with a secret in it", pytrace=False)

    def test_retrying_is_left_to_the_hub(self) -> None:
        for hook, met in self._met(faults.server_error(503)):
            self._no_repeat(hook, met.refused)

    def _tried(self) -> Iterator[Trial]:
        self.needs_network()
        every = Plan(times=None)
        yield Trial("check_account", every)
        for capability in (Capability.IMPORT_ITEMS, Capability.LIST_CATEGORIES, Capability.SYNC_STOCK):
            if capability in self.channel.offers:
                yield Trial(capability, every)
        if Capability.PUSH_PRODUCT in self.channel.offers:
            yield Trial("find_listing", every)
            yield Trial("find_listing", every, updates=True)
            for updates, number in self.requests_of_a_push:
                yield Trial("push_product", Plan(nth=number, times=None), updates=updates)

    def _reactions(self, fault: Fault) -> Iterator[tuple[str, Exception | None]]:
        """Give what each hook raised when it met the fault."""
        return ((hook, met.error) for hook, met in self._met(fault))

    def _met(self, fault: Fault) -> Iterator[tuple[str, Met]]:
        """Let each hook meet the fault; one that asks the channel nothing cannot."""
        for trial in self._tried():
            met = self._meet(trial, fault)
            if met.refused:
                yield trial.hook, met

    def _meet(self, trial: Trial, fault: Fault) -> Met:
        self.size = min(self.size, SMALL)
        with self.account() as (account, wire):
            product = self.to_push(account, updates=trial.updates) if trial.hook in PUSHING else None
            first = len(wire.requests) + trial.plan.nth - 1
            wire.inject(fault, trial.plan)
            error = self._error_of(trial.hook, account, product)
            return Met(error, wire.requests[first:], self.secrets(account))

    def _error_of(self, hook: str, account: AnyAccount, product: Product | None) -> Exception | None:
        try:
            if hook == "push_product" and product is not None:
                self.publish(account, product)
                return None
            answer = self.call(hook, account=account, cursor="", product=product)
            if isinstance(answer, Iterator):
                list(answer)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            return error
        return None

    def _no_repeat(self, hook: str, requests: Iterable[httpx.Request]) -> None:
        counts = Counter((request.method, str(request.url), request.content) for request in requests)
        if max(counts.values(), default=0) > 1:
            pytest.fail(f"{hook} sent a refused request again; raise and leave retrying to the hub", pytrace=False)

    def _blame(self, hook: str, error: Exception | None, met: str, wanted: str) -> None:
        did = f"raised {error!r}" if error else "raised nothing"
        pytest.fail(f"{hook} met {met} and {did}; raise {wanted}, or let the httpx error through", pytrace=False)
