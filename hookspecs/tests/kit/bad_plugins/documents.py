"""Documents that are made twice, told wrongly, or stopped only once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from types import ModuleType

import httpx
import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    Cancellation,
    CancelOutcome,
    Inbound,
    Outbound,
    Page,
    Receipt,
    Rejected,
    StockReading,
    TaskRef,
    TaskState,
    Temporary,
    UnknownOutcome,
    hookimpl,
)

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


def announcing(push: Callable[[CornerAccount, Inbound], Receipt]) -> ModuleType:
    @hookimpl
    def push_inbound(account: CornerAccount, inbound: Inbound) -> Receipt:
        return push(account, inbound)

    return mutated(push_inbound=push_inbound)


def sending(push: Callable[[CornerAccount, Outbound], Receipt]) -> ModuleType:
    @hookimpl
    def push_outbound(account: CornerAccount, outbound: Outbound) -> Receipt:
        return push(account, outbound)

    return mutated(push_outbound=push_outbound)


def stopping(stop: Callable[[CornerAccount, TaskRef], Cancellation]) -> ModuleType:
    @hookimpl
    def cancel_outbound(account: CornerAccount, task: TaskRef, reason: str) -> Cancellation:
        return stop(account, task)

    return mutated(cancel_outbound=cancel_outbound)


def reading(change: Callable[[CornerAccount, TaskState], TaskState]) -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        for answer in good.read_tasks(account, tasks):
            yield change(account, answer) if isinstance(answer, TaskState) else answer

    return mutated(read_tasks=read_tasks)


@caught_by("test_a_document_that_is_sent_twice_is_one")
def a_new_inbound_each_time() -> ModuleType:
    numbers = itertools.count()
    return announcing(lambda account, inbound: Receipt(ref=f"{good.push_inbound(account, inbound).ref}{next(numbers)}"))


@caught_by("test_a_document_that_is_sent_twice_is_one")
def a_new_outbound_each_time() -> ModuleType:
    numbers = itertools.count()
    return sending(lambda account, given: Receipt(ref=f"{good.push_outbound(account, given).ref}{next(numbers)}"))


@caught_by("test_a_key_that_is_known_for_something_else_is_refused")
def another_inbound_taken_for_the_one_that_is_there() -> ModuleType:
    def push(account: CornerAccount, inbound: Inbound) -> Receipt:
        try:
            return good.push_inbound(account, inbound)
        except Rejected:
            return Receipt(ref=f"inbound-{inbound.key}")

    return announcing(push)


@caught_by("test_a_key_that_is_known_for_something_else_is_refused")
def another_outbound_taken_for_a_failure() -> ModuleType:
    def push(account: CornerAccount, outbound: Outbound) -> Receipt:
        try:
            return good.push_outbound(account, outbound)
        except Rejected as error:
            raise Temporary("try later") from error

    return sending(push)


@caught_by("test_a_document_whose_answer_was_lost_arrives_once")
def a_lost_inbound_taken_for_a_refusal() -> ModuleType:
    def push(account: CornerAccount, inbound: Inbound) -> Receipt:
        try:
            return good.push_inbound(account, inbound)
        except httpx.TransportError as error:
            raise Rejected("the corner shop does not answer") from error

    return announcing(push)


@caught_by("test_a_document_whose_answer_was_lost_arrives_once")
def an_outbound_at_a_gateway_that_gave_up_taken_for_one_that_was_not_sent() -> ModuleType:
    def push(account: CornerAccount, outbound: Outbound) -> Receipt:
        try:
            return good.push_outbound(account, outbound)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.GATEWAY_TIMEOUT:
                raise
            raise Temporary("try later") from None

    return sending(push)


@caught_by("test_every_document_asked_for_is_answered_once")
def a_missing_document_passed_over() -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        yield from (answer for answer in good.read_tasks(account, tasks) if isinstance(answer, TaskState))

    return mutated(read_tasks=read_tasks)


@caught_by("test_every_document_is_read_well_formed")
def a_document_in_a_state_of_its_own() -> ModuleType:
    return reading(lambda account, state: msgspec.structs.replace(state, state="shelved"))


@caught_by("test_quantities_are_read_as_totals")
def what_came_since_the_last_look() -> ModuleType:
    seen: dict[tuple[httpx.Client, str], int] = {}

    def since(account: CornerAccount, state: TaskState) -> TaskState:
        name = account.http, state.key
        before, seen[name] = seen.get(name, 0), state.lines[0].good
        (line,) = state.lines
        return msgspec.structs.replace(state, lines=(msgspec.structs.replace(line, good=max(line.good - before, 0)),))

    return reading(since)


@caught_by("test_cancelling_twice_is_cancelling_once")
def a_second_cancellation_taken_for_a_mistake() -> ModuleType:
    stopped: set[tuple[httpx.Client, str]] = set()

    @hookimpl
    def cancel_outbound(account: CornerAccount, task: TaskRef, reason: str) -> Cancellation:
        if (account.http, task.key) in stopped:
            raise Rejected("it is cancelled already")
        stopped.add((account.http, task.key))
        return good.cancel_outbound(account, task, reason)

    return mutated(cancel_outbound=cancel_outbound)


@caught_by("test_a_document_that_cannot_be_read_is_not_called_absent")
def a_warehouse_that_does_not_answer_taken_for_one_that_has_nothing() -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        for task in tasks:
            try:
                yield from good.read_tasks(account, [task])
            except httpx.TransportError:
                yield Absent(key=task.key)

    return mutated(read_tasks=read_tasks)


@caught_by("test_a_document_that_cannot_be_read_is_not_called_absent")
def documents_that_cannot_be_read_passed_over() -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        with suppress(Temporary):
            yield from good.read_tasks(account, tasks)

    return mutated(read_tasks=read_tasks)


@caught_by("test_a_cancellation_without_an_answer_is_not_decided")
def a_cancellation_without_an_answer_taken_for_done() -> ModuleType:
    def stop(account: CornerAccount, task: TaskRef) -> Cancellation:
        with suppress(httpx.TransportError):
            return good.cancel_outbound(account, task, "")
        return Cancellation(outcome=CancelOutcome.CANCELLED)

    return stopping(stop)


@caught_by("test_a_cancellation_without_an_answer_is_not_decided")
def a_cancellation_without_an_answer_taken_for_a_no() -> ModuleType:
    def stop(account: CornerAccount, task: TaskRef) -> Cancellation:
        with suppress(httpx.TransportError):
            return good.cancel_outbound(account, task, "")
        return Cancellation(outcome=CancelOutcome.REFUSED, reason="no answer")

    return stopping(stop)


@caught_by("test_what_was_cancelled_is_read_as_cancelled")
def a_cancellation_that_nobody_was_asked_for() -> ModuleType:
    return stopping(lambda account, task: Cancellation(outcome=CancelOutcome.CANCELLED))


@caught_by("test_what_came_is_read_as_stock")
def stock_of_another_place() -> ModuleType:
    @hookimpl
    def sync_stock(account: CornerAccount, cursor: str) -> Iterator[Page[StockReading]]:
        for page in good.sync_stock(account, cursor):
            elsewhere = tuple(msgspec.structs.replace(each, place_ref="elsewhere") for each in page.records)
            yield Page(records=elsewhere, cursor=page.cursor)

    return mutated(sync_stock=sync_stock)


@caught_by("test_a_pause_that_a_warehouse_asks_for_is_heeded")
def a_pause_taken_for_a_no() -> ModuleType:
    return announcing(partial(_refusing, httpx.codes.TOO_MANY_REQUESTS, good.push_inbound))


@caught_by("test_keys_that_a_warehouse_refuses_are_no_fault_of_the_document")
def revoked_keys_taken_for_a_bad_outbound() -> ModuleType:
    return sending(partial(_refusing, httpx.codes.UNAUTHORIZED, good.push_outbound))


@caught_by("test_no_failure_of_a_warehouse_shows_a_secret")
def a_failure_that_tells_the_secret() -> ModuleType:
    def push(account: CornerAccount, outbound: Outbound) -> Receipt:
        try:
            return good.push_outbound(account, outbound)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.INTERNAL_SERVER_ERROR:
                raise
            raise UnknownOutcome(f"signed with {account.settings.client_secret}") from None

    return sending(push)


def _refusing(status: int, push: Callable[..., Receipt], account: CornerAccount, document: object) -> Receipt:
    """Take this status for a no."""
    try:
        return push(account, document)
    except httpx.HTTPStatusError as error:
        if error.response.status_code != status:
            raise
        raise Rejected("the corner shop does not want it") from error
