"""Checks of how the plugin takes a bad answer. The hub knows what an httpx error means, so it may slip through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

import httpx
import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.errors import ActionRequired, ChannelError, RateLimited, Rejected, Temporary, TokenExpired
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.contract.stand import Stand
from hub_hookspecs.testing.faults import Fault

UNREADABLE = {
    "truncated JSON": faults.truncated_json,
    "an empty body": faults.wrong_json(b""),
    "an HTML page": faults.wrong_json(b"<html>please log in</html>", content_type="text/html"),
}
SURPRISING = {text: faults.wrong_json(text.encode()) for text in ('["surprise"]', "null", "42", '{"surprise": {}}')}


def _answered(error: BaseException | None, *statuses: int) -> bool:
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code in statuses


class WireChecks(Stand):
    def test_a_time_out_is_temporary(self) -> None:
        for hook, error in self._reactions(faults.time_out_before):
            if not isinstance(error, Temporary | httpx.TransportError):
                self._blame(hook, error, "a time-out", "Temporary")

    def test_a_request_for_a_pause_says_how_long(self) -> None:
        for hook, error in self._reactions(faults.rate_limited(retry_after=7)):
            heeded = isinstance(error, RateLimited) and (error.retry_after or timedelta()) >= timedelta(seconds=7)
            if not heeded and not _answered(error, 429):
                self._blame(hook, error, "a 429 with Retry-After: 7", "RateLimited(retry_after=7 s)")

    def test_a_failing_channel_is_temporary(self) -> None:
        for status in (500, 502, 503):
            for hook, error in self._reactions(faults.server_error(status)):
                if not isinstance(error, Temporary) and not _answered(error, status):
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
                if not isinstance(error, ChannelError | httpx.HTTPError):
                    self._blame(hook, error, body, "a ChannelError")

    def test_a_surprising_answer_breaks_nothing(self) -> None:
        for body, fault in SURPRISING.items():
            for hook, error in self._reactions(fault):
                if error is not None and not isinstance(error, ChannelError | httpx.HTTPError):
                    self._blame(hook, error, body, "a ChannelError")

    def test_retrying_is_left_to_the_hub(self) -> None:
        with self.account() as (account, wire):
            for hook in self._tried():
                before = len(wire.requests)
                wire.inject(faults.server_error(503))
                self._error_of(hook, account)
                self._no_repeat(hook, wire.requests[before:])

    def _tried(self) -> Iterator[str]:
        self.needs_network()
        yield "check_account"
        if Capability.IMPORT_ITEMS in self.channel.offers:
            yield "import_items"

    def _reactions(self, fault: Fault) -> Iterator[tuple[str, Exception | None]]:
        """Meet every request of each hook with the fault, and give what the hook raised."""
        for hook in self._tried():
            with self.account() as (account, wire):
                wire.inject(fault)
                yield hook, self._error_of(hook, account)

    def _error_of(self, hook: str, account: object) -> Exception | None:
        try:
            answer = self.call(hook, account=account, cursor="")
            if isinstance(answer, Iterator):
                list(answer)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            return error
        return None

    def _no_repeat(self, hook: str, requests: Iterable[httpx.Request]) -> None:
        counts = Counter((request.method, str(request.url)) for request in requests)
        if max(counts.values(), default=0) > 1:
            pytest.fail(f"{hook} sent a refused request again; raise and leave retrying to the hub", pytrace=False)

    def _blame(self, hook: str, error: Exception | None, met: str, wanted: str) -> None:
        did = f"raised {error!r}" if error else "raised nothing"
        pytest.fail(f"{hook} met {met} and {did}; raise {wanted}, or let the httpx error through", pytrace=False)
