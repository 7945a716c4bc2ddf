"""Checks of stock, both ways: levels that are told, and levels that are read."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from types import EllipsisType

import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.records import Page, StockOutcome, StockReading, StockStatus, StockTarget
from hub_hookspecs.testing.contract.stand import AnyAccount, Stand, malformed

Key = tuple[str, str]  # listing and place


class StockChecks(Stand):
    def levels(self, account: AnyAccount) -> list[StockReading]:
        """Give the same three levels whenever asked; override where an item has several, or cannot be imported."""
        pages = self.call("import_items", account=account, cursor="")
        items = islice((item for page in pages for item in page.records if item.quantity is not None), 3)
        return [StockReading(listing_ref=item.ref, place_ref="", good=item.quantity or 0) for item in items]

    def test_every_target_gets_exactly_one_outcome(self) -> None:
        targets, outcomes = self._push(change=1)

        told, answered = list(map(_key, targets)), list(map(_key, outcomes))
        if sorted(told) != sorted(answered):
            pytest.fail(f"push_stock got the targets {told} and answered {answered}", pytrace=False)

    def test_every_stock_outcome_is_well_formed(self) -> None:
        for outcome in self._push(change=1)[1]:
            if why := malformed(outcome, StockOutcome):
                pytest.fail(f"push_stock: {why}", pytrace=False)

    def test_a_confirmed_level_is_what_the_channel_shows(self) -> None:
        self.needs(Capability.PUSH_STOCK)
        with self.account() as (account, _):
            targets = [_target(level, change=1) for level in self.levels(account)]
            confirmed = self._confirmed(account, targets)
            shown = self._shown(account)

        wrong = [target for target in targets if _key(target) in confirmed and shown[_key(target)] != target.quantity]
        if wrong:
            pytest.fail(
                f"push_stock confirmed {wrong[0]}, and the channel shows {shown[_key(wrong[0])]}", pytrace=False
            )

    def test_a_listing_that_is_gone_is_refused_alone(self) -> None:
        self.needs(Capability.PUSH_STOCK)
        with self.account() as (account, _):
            gone = StockTarget(listing_ref="no-such-listing", quantity=1, expected=1)
            targets = [gone, *(_target(level, change=1) for level in self.levels(account))]
            outcomes = self._outcomes(account, targets)

        refused = {
            outcome.listing_ref for outcome in outcomes if outcome.status is StockStatus.REFUSED and outcome.reason
        }
        if refused != {gone.listing_ref}:
            pytest.fail(
                f"of {len(targets)} targets one is gone; push_stock refused {sorted(refused)} with a reason",
                pytrace=False,
            )

    def test_telling_the_same_level_twice_is_no_error(self) -> None:
        self.needs(Capability.PUSH_STOCK)
        with self.account() as (account, _):
            targets = [_target(level, change=0) for level in self.levels(account)]
            once, again = self._confirmed(account, targets), self._confirmed(account, targets)

        if once != again:
            pytest.fail(f"push_stock confirmed {len(once)} levels, and {len(again)} of the same again", pytrace=False)

    def test_an_unexpected_level_is_met_as_declared(self) -> None:
        self.needs(Capability.PUSH_STOCK)
        with self.account() as (account, _):
            before = self._shown(account)
            targets = [  # the first equals what is shown, which a sale may have made so
                _target(level, change=number, expected=None if number == 1 else level.good + 5)
                for number, level in enumerate(self.levels(account))
            ]
            outcomes = self._outcomes(account, targets)
            shown = self._shown(account)

        stale = _stale(outcomes)
        if self.channel.compare_and_set and not (stale == before == shown):
            pytest.fail(
                f"the channel showed {before}; push_stock must leave it and say STALE, not {stale}", pytrace=False
            )
        if stale and not self.channel.compare_and_set:
            pytest.fail("push_stock answered STALE and compare_and_set is not declared", pytrace=False)

    def test_every_stock_reading_is_well_formed(self) -> None:
        for page in self._read():
            if why := malformed(page, Page[StockReading]):
                pytest.fail(f"sync_stock: {why}", pytrace=False)
            if not all(reading.listing_ref or reading.sku for reading in page.records):
                pytest.fail("sync_stock yielded a level that names neither a listing nor a SKU", pytrace=False)

    def test_reading_stock_goes_on_after_any_page(self) -> None:
        pages = self._read()

        for number, page in enumerate(pages, start=1):
            rest = [reading for later in self._read(page.cursor) for reading in later.records]
            if rest != [reading for later in pages[number:] for reading in later.records]:
                pytest.fail(f"sync_stock does not go on where the cursor {page.cursor!r} stands", pytrace=False)

    def test_every_level_is_read_once_and_the_same_again(self) -> None:
        """A level that comes in two parts, or twice, would be taken for another one."""
        readings, again = ([reading for page in self._read() for reading in page.records] for _ in range(2))

        named = Counter(
            (each.place_ref, each.listing_ref or each.sku) for each in readings if each.listing_ref or each.sku
        )
        if repeated := [name for name, times in named.items() if times > 1]:
            pytest.fail(f"sync_stock yielded {repeated[:3]} more than once; yield each level whole", pytrace=False)
        if readings != again:
            pytest.fail("sync_stock gave two results for stock that did not change", pytrace=False)

    def _push(self, *, change: int) -> tuple[list[StockTarget], list[StockOutcome]]:
        self.needs(Capability.PUSH_STOCK)
        with self.account() as (account, _):
            targets = [_target(level, change=change) for level in self.levels(account)]
            return targets, self._outcomes(account, targets)

    def _outcomes(self, account: AnyAccount, targets: list[StockTarget]) -> list[StockOutcome]:
        try:
            return list(self.call("push_stock", account=account, targets=targets))
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            pytest.fail(f"push_stock raised {error!r}; one bad target must not lose the others", pytrace=False)

    def _confirmed(self, account: AnyAccount, targets: list[StockTarget]) -> set[Key]:
        outcomes = self._outcomes(account, targets)
        return {_key(outcome) for outcome in outcomes if outcome.status is StockStatus.CONFIRMED}

    def _shown(self, account: AnyAccount) -> dict[Key, int]:
        return {_key(level): level.good for level in self.levels(account)}

    def _read(self, cursor: str = "") -> list[Page[StockReading]]:
        self.needs(Capability.SYNC_STOCK)
        with self.account() as (account, _):
            return list(self.call("sync_stock", account=account, cursor=cursor))


def _target(level: StockReading, *, change: int, expected: int | EllipsisType | None = ...) -> StockTarget:
    return StockTarget(
        listing_ref=level.listing_ref,
        place_ref=level.place_ref,
        quantity=level.good + change,
        expected=level.good if isinstance(expected, EllipsisType) else expected,
    )


def _key(about: StockTarget | StockOutcome | StockReading) -> Key:
    return about.listing_ref, about.place_ref


def _stale(outcomes: list[StockOutcome]) -> dict[Key, int | None]:
    return {_key(outcome): outcome.actual for outcome in outcomes if outcome.status is StockStatus.STALE}
