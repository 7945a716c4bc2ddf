"""Documents that are made twice, told wrongly, or stopped only once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

import httpx
import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    Cancellation,
    Inbound,
    Outbound,
    Receipt,
    Rejected,
    TaskRef,
    TaskState,
    Temporary,
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
