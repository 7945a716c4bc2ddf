"""Levels told without being heard, and levels read wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import ModuleType

import httpx
import msgspec
from hub_hookspecs import (
    Account,
    Capability,
    Page,
    StockOutcome,
    StockReading,
    StockStatus,
    StockTarget,
    hookimpl,
)

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by, declared, declaring

CornerAccount = Account[good.CornerSettings]
Outcomes = Iterator[StockOutcome]
Push = Callable[[CornerAccount, Sequence[StockTarget]], Outcomes]


def compare_and_set(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
    for target in targets:
        yield good.tell(account, target, {"level": target.quantity, "expected": target.expected})


def pushing(push: Push, **declaration: object) -> ModuleType:
    @hookimpl
    def push_stock(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        yield from push(account, targets)

    return mutated(push_stock=push_stock, **declaring(**declaration))


def comparing() -> ModuleType:
    """Give the good plugin of a channel that compares before it sets."""
    return pushing(compare_and_set, compare_and_set=True)


def without_stock() -> ModuleType:
    """Give the good plugin of a channel that keeps no stock."""
    gone = dict.fromkeys((Capability.PUSH_STOCK, Capability.SYNC_STOCK), "stock is kept in the head")
    described = declaring(offers=good.OFFERS - gone.keys(), lacks={**good.describe_channel().lacks, **gone})
    return mutated(push_stock=None, sync_stock=None, **described)


@caught_by("test_every_target_gets_exactly_one_outcome")
def an_outcome_left_out() -> ModuleType:
    return pushing(lambda account, targets: iter(list(good.push_stock(account, targets))[:-1]))


@caught_by("test_every_stock_outcome_is_well_formed")
def a_level_in_words() -> ModuleType:
    def push(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        for outcome in good.push_stock(account, targets):
            yield msgspec.structs.replace(outcome, actual="three")

    return pushing(push)


@caught_by("test_a_confirmed_level_is_what_the_channel_shows")
def a_level_confirmed_and_not_written() -> ModuleType:
    def push(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        unchanged = [msgspec.structs.replace(target, quantity=target.expected or 0) for target in targets]
        yield from good.push_stock(account, unchanged)

    return pushing(push)


@caught_by("test_a_listing_that_is_gone_is_refused_alone")
def a_missing_listing_that_stops_the_rest() -> ModuleType:
    def push(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        for outcome in good.push_stock(account, targets):
            if outcome.status is StockStatus.REFUSED:
                raise LookupError(outcome.listing_ref)
            yield outcome

    return pushing(push)


@caught_by("test_telling_the_same_level_twice_is_no_error")
def a_repeated_level_taken_for_a_mistake() -> ModuleType:
    told: set[tuple[httpx.Client, StockTarget]] = set()

    def push(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        for target, outcome in zip(targets, good.push_stock(account, targets), strict=True):
            repeated = (account.http, target) in told
            told.add((account.http, target))
            yield msgspec.structs.replace(outcome, status=StockStatus.REFUSED) if repeated else outcome

    return pushing(push)


@caught_by("test_an_unexpected_level_is_met_as_declared")
def a_comparison_that_is_not_declared() -> ModuleType:
    return pushing(compare_and_set)


@caught_by("test_an_unexpected_level_is_met_as_declared")
def a_declared_comparison_that_is_not_made() -> ModuleType:
    return declared(compare_and_set=True)


@caught_by("test_an_unexpected_level_is_met_as_declared")
def a_level_set_blindly_where_nothing_is_expected() -> ModuleType:
    def push(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        for target in targets:
            one = compare_and_set if target.expected is not None else good.push_stock
            yield from one(account, [target])

    return pushing(push, compare_and_set=True)


@caught_by("test_an_unexpected_level_is_met_as_declared")
def a_target_confirmed_because_it_is_shown_already() -> ModuleType:
    def push(account: CornerAccount, targets: Sequence[StockTarget]) -> Outcomes:
        for target, outcome in zip(targets, compare_and_set(account, targets), strict=True):
            shown_already = outcome.status is StockStatus.STALE and outcome.actual == target.quantity
            yield msgspec.structs.replace(outcome, status=StockStatus.CONFIRMED) if shown_already else outcome

    return pushing(push, compare_and_set=True)


def reading(change: Callable[[StockReading], StockReading]) -> ModuleType:
    @hookimpl
    def sync_stock(account: CornerAccount, cursor: str) -> Iterator[Page[StockReading]]:
        for page in good.sync_stock(account, cursor):
            yield msgspec.structs.replace(page, records=tuple(map(change, page.records)))

    return mutated(sync_stock=sync_stock)


@caught_by("test_every_stock_reading_is_well_formed")
def a_negative_level() -> ModuleType:
    return reading(lambda level: msgspec.structs.replace(level, good=-1))


@caught_by("test_every_stock_reading_is_well_formed")
def a_level_of_nothing() -> ModuleType:
    return reading(lambda level: msgspec.structs.replace(level, listing_ref=""))


@caught_by("test_reading_stock_goes_on_after_any_page")
def a_reading_that_always_starts_over() -> ModuleType:
    @hookimpl
    def sync_stock(account: CornerAccount, cursor: str) -> Iterator[Page[StockReading]]:
        yield from good.sync_stock(account, "")

    return mutated(sync_stock=sync_stock)


@caught_by("test_every_level_is_read_once_and_the_same_again")
def a_level_in_two_parts() -> ModuleType:
    @hookimpl
    def sync_stock(account: CornerAccount, cursor: str) -> Iterator[Page[StockReading]]:
        for page in good.sync_stock(account, cursor):
            parts = (
                msgspec.structs.replace(level, good=part)
                for level in page.records
                for part in (level.good // 2, level.good - level.good // 2)
            )
            yield msgspec.structs.replace(page, records=tuple(parts))

    return mutated(sync_stock=sync_stock)


@caught_by("test_a_time_out_is_temporary")
def a_time_out_taken_for_the_last_page() -> ModuleType:
    @hookimpl
    def sync_stock(account: CornerAccount, cursor: str) -> Iterator[Page[StockReading]]:
        with suppress(httpx.TransportError):
            yield from good.sync_stock(account, cursor)

    return mutated(sync_stock=sync_stock)
