"""Streams: taken item by item, gone on with after a new token, and never waited for without end."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import pytest
from hub_hookspecs import (
    ActionRequired,
    Category,
    Item,
    Page,
    Receipt,
    StockOutcome,
    StockStatus,
    StockTarget,
    Temporary,
    Token,
    TokenExpired,
)

from hub.channels.host import Host, OpenDoor, PluginBug
from tests.slices.channels.hosted import (
    OUTBOUND,
    AnyAccount,
    FrontDoor,
    a_host,
    a_page,
    an_item,
    authenticate,
    behaving,
)


def paging(pages: int, *, fails: Mapping[str, int], error: Callable[[], Exception]) -> tuple[Host, list[str]]:
    """Pages "1" … "n"; asked for the page behind a cursor in `fails`, it fails that many times first."""
    left = dict(fails)
    asked: list[str] = []

    def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Item]]:
        asked.append(f"{cursor}@{account.token}")
        for number in range(int(cursor or 0) + 1, pages + 1):
            if left.get(str(number - 1), 0) > 0:
                left[str(number - 1)] -= 1
                raise error()
            yield a_page(an_item(number), cursor=str(number))

    return a_host(import_items=import_items, authenticate=authenticate), asked


def test_an_import_goes_on_behind_the_last_page_with_a_new_token() -> None:
    host, asked = paging(4, fails={"2": 1}, error=lambda: TokenExpired("over"))
    door = FrontDoor()

    refs = [item.ref for page in host.import_items(door, "") for item in page.records]

    assert refs == ["r-1", "r-2", "r-3", "r-4"]
    assert asked == ["@token-0", "2@token-1"]


def test_the_token_is_renewed_anew_after_each_page() -> None:
    host, _ = paging(4, fails={"0": 1, "1": 1, "2": 1, "3": 1}, error=lambda: TokenExpired("over"))
    door = FrontDoor()

    pages = list(host.import_items(door, ""))

    assert (len(pages), door.renewals) == (4, 4)


def test_a_token_refused_twice_at_one_page_needs_a_person() -> None:
    host, _ = paging(4, fails={"2": 2}, error=lambda: TokenExpired("over"))
    door = FrontDoor()
    pages = host.import_items(door, "")
    next(pages)
    next(pages)

    with pytest.raises(ActionRequired, match="does not accept the account's credentials"):
        next(pages)

    assert door.renewals == 1


def test_a_channel_without_tokens_is_not_asked_twice() -> None:
    asked: list[str] = []

    def check_account(account: AnyAccount) -> None:
        asked.append(account.token)
        raise TokenExpired("wrong key")

    door = FrontDoor()
    with pytest.raises(ActionRequired):
        a_host(check_account=check_account).check_account(door)

    assert (len(asked), door.renewals) == (1, 0)


def test_logging_in_never_renews_what_it_is_about_to_make() -> None:
    def refused(account: AnyAccount, old: Token | None) -> Token:
        raise TokenExpired("wrong secret")

    host, door = a_host(authenticate=refused), FrontDoor()

    with pytest.raises(ActionRequired):
        host.authenticate(OpenDoor(account=door.open()), None)

    assert door.renewals == 0


def test_only_the_targets_without_an_outcome_are_asked_again() -> None:
    asked: list[list[str]] = []

    def push_stock(account: AnyAccount, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        asked.append([target.listing_ref for target in targets])
        for number, target in enumerate(targets):
            if account.token == "token-0" and number == 2:
                raise TokenExpired("over")
            yield StockOutcome(listing_ref=target.listing_ref, status=StockStatus.CONFIRMED)

    host = a_host(push_stock=push_stock, authenticate=authenticate)

    outcomes = list(host.push_stock(FrontDoor(), [StockTarget(listing_ref=ref, quantity=1) for ref in "abcd"]))

    assert [outcome.listing_ref for outcome in outcomes] == ["a", "b", "c", "d"]
    assert asked == [["a", "b", "c", "d"], ["c", "d"]]


@pytest.mark.parametrize(
    ("answered_refs", "complaint"),
    [
        pytest.param("ab", "left 1 of its targets unanswered", id="one is missing"),
        pytest.param("abcc", "which was not asked for or has been answered", id="one is told twice"),
        pytest.param("abcx", "which was not asked for or has been answered", id="one was never asked for"),
    ],
)
def test_every_target_has_exactly_one_outcome(answered_refs: str, complaint: str) -> None:
    def push_stock(account: AnyAccount, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        return (StockOutcome(listing_ref=ref, status=StockStatus.CONFIRMED) for ref in answered_refs)

    host = a_host(push_stock=push_stock)

    with pytest.raises(PluginBug, match=complaint):
        list(host.push_stock(FrontDoor(), [StockTarget(listing_ref=ref, quantity=1) for ref in "abc"]))


def test_categories_come_once_though_the_token_ended_between_them() -> None:
    def list_categories(account: AnyAccount) -> Iterator[Category]:
        yield Category(ref="1", name="Clothes")
        if account.token == "token-0":
            raise TokenExpired("over")
        yield Category(ref="2", name="Tees", parent_ref="1")

    host = a_host(list_categories=list_categories, authenticate=authenticate)

    assert [category.ref for category in host.list_categories(FrontDoor())] == ["1", "2"]


def test_an_import_that_never_moves_on_is_stopped() -> None:
    def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Item]]:
        while True:
            yield a_page(an_item(), cursor="1")

    pages = a_host(import_items=import_items).import_items(FrontDoor(), "")

    next(pages)
    next(pages)
    with pytest.raises(PluginBug, match="page after page with the same cursor"):
        next(pages)


def test_a_page_that_waits_may_stand_where_it_is() -> None:
    pages = [Page[Item](records=(), cursor="bulk-1", resume_after=timedelta(seconds=5))] * 3
    host = behaving("import_items", lambda account: iter(pages))

    assert len(list(host.import_items(FrontDoor(), "bulk-1"))) == 3


def test_an_error_of_the_consumer_stays_the_consumers() -> None:
    seen: list[BaseException] = []

    def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Item]]:
        try:
            yield a_page(an_item())
        except Exception as error:
            seen.append(error)
            raise

    pages = a_host(import_items=import_items).import_items(FrontDoor(), "")
    next(pages)

    with pytest.raises(KeyError, match="ours"):
        pages.throw(KeyError("ours"))  # type: ignore[attr-defined]  # a generator, though typed as an iterator

    assert seen == []


def test_a_consumer_that_stops_closes_what_the_plugin_holds_open() -> None:
    closed: list[str] = []

    def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Item]]:
        try:
            yield a_page(an_item())
            yield a_page(an_item(2), cursor="2")
        finally:
            closed.append("yes")
            sys.exit("even so")

    pages = a_host(import_items=import_items).import_items(FrontDoor(), "")
    next(pages)
    pages.close()  # type: ignore[attr-defined]  # a generator, though typed as an iterator

    assert closed == ["yes"]


def wait(seconds: float) -> None:
    """Pass the time without sleeping: nothing ever comes in on this socket."""
    mine, other = socket.socketpair()
    with mine, other:
        mine.settimeout(seconds)
        with pytest.raises(TimeoutError):
            mine.recv(1)


def test_a_page_that_takes_too_long_is_refused_and_the_time_is_counted_per_page() -> None:
    def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Item]]:
        for number, seconds in enumerate((0.06, 0.06, 0.06, 0.2), 1):
            wait(seconds)
            yield a_page(an_item(number), cursor=str(number))

    pages = a_host(deadline=0.1, import_items=import_items).import_items(FrontDoor(), "")

    assert [next(pages).cursor for _ in range(3)] == ["1", "2", "3"]
    with pytest.raises(Temporary, match="for one answer"):
        next(pages)


def test_a_late_receipt_is_better_than_none() -> None:
    def push_outbound(account: AnyAccount, outbound: object) -> Receipt:
        wait(0.1)
        return Receipt(ref="late")

    host = a_host(deadline=0.05, push_outbound=push_outbound)

    assert host.push_outbound(FrontDoor(), OUTBOUND).ref == "late"
