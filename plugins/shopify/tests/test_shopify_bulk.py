"""A large catalogue by a bulk operation: nothing waits, nothing is lost, and every page can be gone on from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from hub_hookspecs import Account, Item, Page, Rejected, Temporary
from hub_hookspecs.testing import Sandbox, transport
from hub_hookspecs.testing.faults import Answer, Faulty, Plan, SteppedClock, time_out_before, truncated_json
from hub_shopify import files, importing, plugin
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.settings import ShopifySettings

SIZE = 120
OUTPUTS = "bulk-operation-outputs"
CANCEL = "mutation Stop($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id } userErrors { message } } }"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hundred variants count as many, and a piece hold about ten of them."""
    monkeypatch.setattr(importing, "BULK_FROM", 100)
    monkeypatch.setattr(files, "PIECE", 12 * 1024)


@contextmanager
def logged_in(sandbox: Sandbox) -> Iterator[Account[ShopifySettings]]:
    settings = msgspec.convert(sandbox.settings(), ShopifySettings)
    with httpx.Client(transport=transport(sandbox)) as http:
        account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
        yield replace(account, token=plugin.authenticate(account, None).value)


def shop(clock: SteppedClock | None = None, *, polls: int = 1, at_once: int = 5) -> Faulty:
    clock = clock or SteppedClock()
    return Faulty(ShopifySandbox(size=SIZE, rate=None, clock=clock, bulk_polls=polls, bulk_at_once=at_once))


def sold_in(faulty: Faulty) -> list[str]:
    sandbox = faulty.sandbox
    assert isinstance(sandbox, ShopifySandbox)
    return sorted(unit.ref for unit in sandbox.units())


def hosted(account: Account[ShopifySettings], cursor: str = "") -> Iterator[Page[Item]]:
    """Do what the host does: after `resume_after` call again with the cursor; a temporary failure likewise."""
    for _ in range(200):
        try:
            for page in plugin.import_items(account, cursor):
                yield page
                cursor = page.cursor
                if page.resume_after is not None:
                    break
            else:
                return
        except (Temporary, httpx.TransportError):
            continue
    pytest.fail("the import does not end")


def refs(pages: Iterator[Page[Item]] | list[Page[Item]]) -> list[str]:
    return sorted(item.ref for page in pages for item in page.records)


def test_the_file_gives_what_the_pages_give(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged_in(shop()) as account:
        by_file = [item for page in hosted(account) for item in page.records]
        monkeypatch.setattr(importing, "BULK_FROM", 10_000)
        by_pages = [item for page in hosted(account) for item in page.records]

    assert sorted(by_file, key=lambda item: item.ref) == sorted(by_pages, key=lambda item: item.ref)
    assert len(by_file) == SIZE


def test_nothing_waits_while_the_operation_runs_and_its_id_is_kept_first() -> None:
    with logged_in(shop(polls=3)) as account:
        pages = list(hosted(account))

    waiting = [page for page in pages if page.resume_after is not None]
    assert len(waiting) >= 3
    assert all(page.records == () and "gid://shopify/BulkOperation/" in page.cursor for page in waiting)
    assert "http" not in "".join(page.cursor for page in pages)  # whoever has the address can read the file


def test_an_import_goes_on_after_any_page_of_the_file() -> None:
    with logged_in(shop()) as account:
        pages = list(hosted(account))
        with_records = [number for number, page in enumerate(pages) if page.records]
        for number in with_records:
            assert refs(list(hosted(account, pages[number].cursor))) == refs(pages[number + 1 :])

    assert len(with_records) > 5


def test_a_file_is_read_in_pieces_of_one_size() -> None:
    faulty = shop()

    with logged_in(faulty) as account:
        list(hosted(account))

    asked = [request.headers["range"] for request in faulty.requests if OUTPUTS in request.url.path]
    widths = {int(last) - int(first) + 1 for first, last in (one.removeprefix("bytes=").split("-") for one in asked)}
    assert widths == {files.PIECE}


@pytest.mark.parametrize("nth", [1, 2, 5])
def test_a_truncated_file_costs_a_try_and_no_variant(nth: int) -> None:
    faulty = shop()

    with logged_in(faulty) as account:
        faulty.inject(truncated_json, Plan(path=OUTPUTS, nth=nth, times=2))
        faulty.inject(time_out_before, Plan(path=OUTPUTS, nth=nth + 3))
        items = refs(list(hosted(account)))

    assert items == sold_in(faulty)


def test_a_file_that_is_shorter_than_shopify_says_is_never_taken_for_the_whole() -> None:
    def without_its_end(request: httpx.Request, answer: Answer) -> httpx.Response:
        """Serve the first lines as the whole, and say so."""
        told = answer(httpx.Request("GET", request.url)).read().splitlines(keepends=True)
        half = b"".join(told[: len(told) // 2])
        first, last = (int(end) for end in request.headers["range"].removeprefix("bytes=").split("-"))
        headers = {"Content-Range": f"bytes {first}-{last}/{len(half)}"}
        return httpx.Response(206, content=half[first : last + 1], headers=headers)

    faulty = shop()
    with logged_in(faulty) as account:
        faulty.inject(without_its_end, Plan(path=OUTPUTS, times=None))
        with pytest.raises(Temporary, match=r"ended after \d+ of 120 variants"):
            list(plugin.import_items(account, ""))


def test_a_file_that_is_gone_is_asked_for_anew() -> None:
    clock = SteppedClock(datetime(2026, 11, 22, tzinfo=UTC))
    faulty = shop(clock)

    with logged_in(faulty) as account:
        pages = hosted(account)
        early = [next(pages) for _ in range(6)]
        clock.advance(timedelta(days=8))  # results are kept for seven
        renewed = replace(account, token=plugin.authenticate(account, None).value)
        late = list(hosted(renewed, early[-1].cursor))

    assert any(page.records for page in early)
    assert sorted({*refs(early), *refs(late)}) == sold_in(faulty)
    assert refs(late) == sold_in(faulty)


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_an_operation_that_failed_begins_anew_and_its_partial_data_is_not_the_catalogue(code: str) -> None:
    faulty = shop()
    assert isinstance(faulty.sandbox, ShopifySandbox)
    faulty.sandbox.fail_next_bulk(code)

    with logged_in(faulty) as account:
        items = refs(list(hosted(account)))

    assert items == sold_in(faulty)


def test_an_operation_that_somebody_cancelled_begins_anew() -> None:
    faulty = shop(polls=2)
    assert isinstance(faulty.sandbox, ShopifySandbox)

    with logged_in(faulty) as account:
        pages = hosted(account)
        begun = next(pages)
        faulty.sandbox.ask(CANCEL, id=msgspec.json.decode(begun.cursor)[1])
        items = refs(list(hosted(account, begun.cursor)))

    assert items == sold_in(faulty)


def test_an_operation_that_keeps_failing_ends_the_import_and_says_so() -> None:
    faulty = shop()
    assert isinstance(faulty.sandbox, ShopifySandbox)
    for _ in range(3):
        faulty.sandbox.fail_next_bulk()

    with logged_in(faulty) as account, pytest.raises(Rejected, match=r"3 times, .* FAILED INTERNAL_SERVER_ERROR"):
        list(hosted(account))


def test_a_place_among_the_operations_is_waited_for_outside() -> None:
    with logged_in(shop(at_once=0)) as account, pytest.raises(Temporary) as caught:
        list(plugin.import_items(account, ""))

    assert caught.value.retry_after == timedelta(minutes=2)


def test_an_operation_that_shopify_forgot_begins_anew() -> None:
    faulty = shop()

    with logged_in(faulty) as account:
        items = refs(list(hosted(account, '["bulk","gid://shopify/BulkOperation/1",500,4,3,0,false]')))

    assert items == sold_in(faulty)
