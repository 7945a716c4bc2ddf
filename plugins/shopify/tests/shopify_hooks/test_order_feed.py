"""The feed of orders: nothing is lost between two imports, whatever changes, lags or breaks meanwhile."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hub_hookspecs import Order, Page, Rejected
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify import plugin
from hub_shopify.orders import feed
from hub_shopify.sandbox import ShopifySandbox

from .steps import logged_in


def imported(sandbox: ShopifySandbox, cursor: str = "") -> list[Page[Order]]:
    with logged_in(sandbox) as account:
        return list(plugin.import_orders(account, cursor))


def refs(pages: Iterable[Page[Order]]) -> list[str]:
    return [order.ref for page in pages for order in page.records]


def busy(orders: int = 60, *, lag: timedelta = timedelta(0)) -> tuple[ShopifySandbox, SteppedClock]:
    clock = SteppedClock(now=datetime(2026, 11, 22, 10, tzinfo=UTC))
    return ShopifySandbox(size=40, rate=None, clock=clock, orders=orders, order_lag=lag), clock


def test_every_order_comes_once_the_oldest_change_first() -> None:
    sandbox, _ = busy()

    pages = imported(sandbox)

    orders = [order for page in pages for order in page.records]
    assert len(set(refs(pages))) == len(orders) == 60
    assert all(
        one.updated_at <= other.updated_at for one, other in pairwise(orders) if one.updated_at and other.updated_at
    )


def test_the_next_import_brings_what_changed_and_repeats_only_the_overlap() -> None:
    sandbox, clock = busy()
    first = imported(sandbox)
    clock.advance(timedelta(minutes=30))
    changed = refs(first)[3]
    sandbox.pay(changed)

    again = imported(sandbox, first[-1].cursor)

    assert refs(again)[-1] == changed
    assert 1 < len(refs(again)) < 10


def test_an_order_that_the_search_learns_of_late_is_not_passed_over() -> None:
    lag = timedelta(seconds=25)
    sandbox, clock = busy(3, lag=lag)
    late = sandbox.order((next(sandbox.variants()).id, 1))
    clock.advance(timedelta(seconds=5))
    first = imported(sandbox)
    assert late not in refs(first)

    clock.advance(lag)

    assert late in refs(imported(sandbox, first[-1].cursor))


def test_an_order_that_changes_during_an_import_is_met_again_at_its_end() -> None:
    sandbox, clock = busy()

    with logged_in(sandbox) as account:
        pages = plugin.import_orders(account, "")
        first = next(pages)
        clock.advance(timedelta(seconds=1))
        sandbox.cancel(first.records[0].ref)
        waiting = refs(imported(sandbox, first.cursor))
        rest = [order for page in pages for order in page.records]

    assert rest[-1].ref == first.records[0].ref
    assert rest[-1].state == "cancelled"
    assert waiting == [order.ref for order in rest]
    assert len({order.ref for order in [*first.records, *rest]}) == 60


def test_a_long_walk_begins_anew_where_it_stands_before_shopifys_cursors_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_DEEPEST", 50)
    sandbox, _ = busy(200)

    pages = imported(sandbox)

    assert len(set(refs(pages))) == 200
    assert len(refs(pages)) < 250


def test_an_import_may_begin_at_an_instant() -> None:
    sandbox, _ = busy()

    pages = imported(sandbox, "2026-11-22T09:30:00Z")

    assert 30 <= len(refs(pages)) <= 36


@pytest.mark.parametrize("cursor", ["yesterday", "2026-11-22T09:30:00", "[1]"])
def test_a_cursor_of_something_else_is_refused(cursor: str) -> None:
    with pytest.raises(Rejected, match="cannot go on"):
        imported(busy(0)[0], cursor)


def test_trials_of_the_checkout_are_left_out() -> None:
    sandbox, _ = busy(2)
    sandbox.order((next(sandbox.variants()).id, 1), test=True)

    assert len(refs(imported(sandbox))) == 2
