"""Checks of a warehouse that answers badly: what it did not say is never taken for an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import httpx
import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.errors import ActionRequired, ChannelError, RateLimited, Rejected, TokenExpired
from hub_hookspecs.records import CancelOutcome, DocumentState, Outbound, StockReading, TaskState
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.contract.documents import Document, DocumentChecks, hook_of
from hub_hookspecs.testing.contract.publishing import BROKEN_ANSWER
from hub_hookspecs.testing.contract.pushing import LOST
from hub_hookspecs.testing.contract.stand import AnyAccount, causes, malformed
from hub_hookspecs.testing.contract.wire import FAILING, UNREADABLE
from hub_hookspecs.testing.faults import Fault, Plan

SILENT = {"a time-out": faults.time_out_before, "a 500": faults.server_error(500), "a 503": faults.server_error(503)}
REFUSED = frozenset({CancelOutcome.REFUSED, CancelOutcome.TOO_LATE})


class Met(NamedTuple):
    """What a hook raised when it met the fault, and what must not be told."""

    hook: str
    error: Exception | None
    secrets: frozenset[str]


class WarehouseChecks(DocumentChecks):
    def test_a_document_that_cannot_be_read_is_not_called_absent(self) -> None:
        """The hub would send it again, or take it for lost."""
        for what, fault in {**SILENT, **UNREADABLE}.items():
            with self._sent() as (account, wire, documents):
                wire.inject(fault)
                try:
                    answers = self._states(account, documents)
                except (ChannelError, httpx.HTTPError, *BROKEN_ANSWER):
                    continue
                pytest.fail(f"read_tasks met {what} and answered {answers}; raise Temporary, or let the httpx error "
                            "through", pytrace=False)  # fmt: skip

    def test_a_cancellation_without_an_answer_is_not_decided(self) -> None:
        """Neither way: the hub would free stock of a parcel that leaves, or flag one that was stopped."""
        self.needs(Capability.CANCEL_OUTBOUND)
        for what, fault in {**SILENT, **LOST}.items():
            with self._sent() as (account, wire, documents):
                for outbound in (each for each in documents if isinstance(each, Outbound)):
                    before = len(wire.requests)
                    wire.inject(fault, Plan())
                    answer = self._cancel(account, outbound)
                    if len(wire.requests) > before and (why := self._decided(account, outbound, answer)):
                        pytest.fail(f"cancel_outbound met {what} and {why}; raise UnknownOutcome", pytrace=False)

    def test_what_was_cancelled_is_read_as_cancelled(self) -> None:
        self.needs(Capability.CANCEL_OUTBOUND)
        with self._sent() as (account, _, documents):
            for outbound in (each for each in documents if isinstance(each, Outbound)):
                if self._cancel(account, outbound) is CancelOutcome.CANCELLED and not self._stopped(account, outbound):
                    pytest.fail("cancel_outbound answered CANCELLED, and read_tasks does not: the hub frees the stock, "
                                "and the parcel leaves", pytrace=False)  # fmt: skip

    def test_what_came_is_read_as_stock(self) -> None:
        self.needs(Capability.SYNC_STOCK)
        with self._warehouse() as (account, wire, documents):
            inbound = documents[0]
            self._send(account, inbound)
            before = self._good(account, inbound)
            self.arrive(wire.sandbox, inbound.key, 3)
            after = self._good(account, inbound)

        if before is not None and after is not None and after - before != 3:
            pytest.fail(f"3 good units came to {inbound.place_ref!r}, and sync_stock told {before} there before and "
                        f"{after} after", pytrace=False)  # fmt: skip

    def test_a_pause_that_a_warehouse_asks_for_is_heeded(self) -> None:
        for hook, error, _ in self._meeting(faults.rate_limited(retry_after=7)):
            heeded = isinstance(error, RateLimited) and (error.retry_after or timedelta()) >= timedelta(seconds=7)
            if not heeded and not _answered(error, 429):
                pytest.fail(f"{hook} met a 429 with Retry-After: 7 and raised {error!r}; raise RateLimited("
                            "retry_after=7 s), or let the httpx error through", pytrace=False)  # fmt: skip

    def test_keys_that_a_warehouse_refuses_are_no_fault_of_the_document(self) -> None:
        """Else each document fails by itself, where one account needs a person."""
        for hook, error, _ in self._meeting(faults.revoked(401)):
            if not isinstance(error, TokenExpired | ActionRequired) and not _answered(error, 401):
                pytest.fail(f"{hook} met a 401 and raised {error!r}; raise TokenExpired or ActionRequired, or let the "
                            "httpx error through", pytrace=False)  # fmt: skip

    def test_no_failure_of_a_warehouse_shows_a_secret(self) -> None:
        for what, fault in FAILING.items():
            for hook, error, secrets in self._meeting(fault):
                if any(secret in f"{each} {each!r}" for each in causes(error) for secret in secrets):
                    pytest.fail(f"{hook} met {what} and raised an error with a secret in it", pytrace=False)

    # -- how

    def _meeting(self, fault: Fault) -> Iterator[Met]:
        """Let each hook of documents meet the fault; one that asks nothing cannot."""
        with self._sent() as (account, wire, documents):
            wire.inject(fault)
            for hook, act in self._acts(account, documents):
                before, error = len(wire.requests), _error_of(act)
                if len(wire.requests) > before:
                    yield Met(hook, error, self.secrets(account))

    def _acts(self, account: AnyAccount, documents: list[Document]) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "read_tasks", partial(self._states, account, documents)
        for document in documents:
            yield hook_of(document), partial(self._send, account, document)
        if Capability.CANCEL_OUTBOUND in self.channel.offers:
            for outbound in (each for each in documents if isinstance(each, Outbound)):
                yield "cancel_outbound", partial(self._stop, account, outbound)

    def _decided(self, account: AnyAccount, outbound: Outbound, answer: CancelOutcome | Exception) -> str:
        """Say what was made up; "" where nothing was."""
        if isinstance(answer, Rejected) or answer in REFUSED:
            return f"took it for a no: {answer!r}"
        if answer is CancelOutcome.CANCELLED and not self._stopped(account, outbound):
            return "answered CANCELLED, and nothing was cancelled"
        return ""

    def _stopped(self, account: AnyAccount, outbound: Outbound) -> bool:
        (found,) = self._states(account, [outbound])
        if not isinstance(found, TaskState):
            return False
        is_over = found.state is DocumentState.INVALID or found.cancel is CancelOutcome.CANCELLED
        return is_over or bool(malformed(found, TaskState))  # which is another check's business

    def _good(self, account: AnyAccount, inbound: Document) -> int | None:
        """How many good units sync_stock tells of an inbound's one SKU in its place; None where it tells no levels."""
        (line,) = inbound.lines if not isinstance(inbound, Outbound) else inbound.parcels[0].lines
        readings: list[StockReading] = [
            each for page in self.call("sync_stock", account=account, cursor="") for each in page.records
        ]
        if any(malformed(each, StockReading) or not (each.sku or each.listing_ref) for each in readings):
            return None
        here = (each for each in readings if each.place_ref == inbound.place_ref)
        return sum(each.good for each in here if (each.sku or each.listing_ref) in (line.sku, line.item_ref))


def _error_of(act: Callable[[], object]) -> Exception | None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
        return error
    return None


def _answered(error: Exception | None, status: int) -> bool:
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code == status
