"""What lies at the warehouse is read as sums, by what may be done with it, however the warehouse tells it."""

import json
import logging
import re
from collections.abc import Callable

import httpx
import pytest
from hub_fastock_my import plugin
from hub_fastock_my.sandbox import FastockSandbox
from hub_fastock_my.wire import heaps
from hub_hookspecs import Page, Rejected, StockReading, Temporary
from hub_hookspecs.testing import Sandbox
from hub_hookspecs.testing.faults import Faulty

from .steps import KL, Stand, connected, inbound, outbound, reaching

JB = "MYJB02"


def read(stand: Stand, cursor: str = "") -> list[Page[StockReading]]:
    return list(plugin.sync_stock(stand.account, cursor))


def levels(pages: list[Page[StockReading]]) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {
        (each.place_ref, each.sku): (each.good, each.frozen, each.damaged) for page in pages for each in page.records
    }


def test_good_promised_and_damaged_are_told_apart(stand: Stand) -> None:
    stand.sandbox.stock("KAIN-1", good=7, warehouse=JB, XS=1, JS=2)
    plugin.push_outbound(stand.account, outbound(quantity=3))
    stand.sandbox.advance("OB-1")

    assert levels(read(stand)) == {(KL, "TEE-M"): (7, 3, 2), (JB, "KAIN-1"): (7, 0, 3)}


def test_stock_follows_what_came_and_what_left(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound(quantity=5))
    plugin.push_outbound(stand.account, outbound(quantity=4))
    before = levels(read(stand))
    stand.sandbox.receive("IB-1", {"TEE-M": 3}, {"TEE-M": 1})
    stand.sandbox.ship("OB-1")

    assert before[KL, "TEE-M"] == (10, 0, 2)  # nothing moves because it was told
    assert levels(read(stand))[KL, "TEE-M"] == (9, 0, 3)


def test_what_the_warehouse_keeps_back_is_not_sellable(stand: Stand) -> None:
    stand.sandbox.stock("TEE-M", good=10, DJ=4)

    assert levels(read(stand))[KL, "TEE-M"] == (10, 4, 0)


def test_two_rows_of_one_item_are_added_up(stand: Stand) -> None:
    stand.sandbox.faults.split_rows = True

    assert levels(read(stand)) == {(KL, "TEE-M"): (10, 0, 2)}


@pytest.mark.parametrize("items", [0, 1, 99, 100, 101, 250])
def test_every_item_is_read_whatever_the_pages(stand: Stand, items: int) -> None:
    for number in range(items):
        stand.sandbox.stock(f"SKU-{number}", good=number, warehouse=JB)

    found = levels(read(stand))
    assert {sku: good for (place, sku), (good, _, _) in found.items() if place == JB} == {
        f"SKU-{number}": number for number in range(items)
    }


def test_reading_goes_on_after_any_page(stand: Stand) -> None:
    for number in range(150):
        stand.sandbox.stock(f"SKU-{number}", good=number)
    pages = read(stand)

    for number, page in enumerate(pages, start=1):
        assert read(stand, page.cursor) == pages[number:]


def test_a_sum_is_whole_though_a_page_ends_within_it(stand: Stand) -> None:
    for number in range(120):
        stand.sandbox.stock(f"SKU-{number}", good=10, CC=1, JS=1)
    stand.sandbox.faults.split_rows = True

    found = [each for page in read(stand) for each in page.records if each.sku != "TEE-M"]
    assert {(each.good, each.damaged) for each in found} == {(10, 2)}
    assert len({each.sku for each in found}) == 120


def drifting(stand: Stand) -> Callable[[], None]:
    """Let a new item stand first after each page, so that every other one moves on by a place."""
    goods, count = stand.sandbox._warehouse.shelves.goods, iter(range(1_000))

    def happen() -> None:
        known = dict(goods)
        stand.sandbox.stock(f"NEW-{next(count)}", good=1)
        added = {key: goods.pop(key) for key in [*goods] if key not in known}
        goods.clear()
        goods.update({**added, **known})

    return happen


def test_items_that_move_between_pages_are_read_all_the_same(stand: Stand) -> None:
    for number in range(150):
        stand.sandbox.stock(f"SKU-{number}", good=number)
    gone = stand.sandbox._warehouse.shelves.goods
    once = iter([True])

    def vanish() -> None:
        if next(once, False):  # the first of the page before: all others move up, one of them past us
            gone.pop((KL, "TEE-M"))

    stand.sandbox.faults.after_page = vanish

    found = levels(read(stand))
    assert {sku for _, sku in found if sku.startswith("SKU-")} == {f"SKU-{number}" for number in range(150)}


def test_a_warehouse_that_never_holds_still_is_left_after_three_walks(stand: Stand) -> None:
    stand.sandbox.faults.after_page = drifting(stand)

    pages = read(stand)

    assert len(pages) <= 6
    assert (KL, "TEE-M") in levels(pages)


def test_a_cursor_of_a_warehouse_that_is_no_longer_the_accounts_begins_anew(stand: Stand) -> None:
    with connected(stand.sandbox, warehouse_numbers=KL) as fewer:
        found = levels(read(fewer, '["MYJB02",1,1,-1,false]'))

    assert found == {(KL, "TEE-M"): (10, 0, 2)}


def test_a_cursor_that_is_none_is_refused(stand: Stand) -> None:
    with pytest.raises(Rejected, match="cannot go on from 'nonsense'"):
        read(stand, "nonsense")


class Told(Sandbox):
    """A warehouse that answers every question with the same text."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self._body = body

    def handle(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=self._body)

    def settings(self) -> dict[str, str]:
        return {**FastockSandbox(size=0).settings(), "warehouse_numbers": KL}


def told(*rows: str) -> list[Page[StockReading]]:
    items = "".join(f"<item>{row}</item>" for row in rows)
    body = f"<response><flag>success</flag><totalCount>{len(rows)}</totalCount><items>{items}</items></response>"
    sandbox = Faulty(Told(body))
    with reaching(sandbox, sandbox.settings()) as account:
        return list(plugin.sync_stock(account, ""))


def row(code: str, quantity: str, more: str = "") -> str:
    return f"<itemCode>{code}</itemCode><quantity>{quantity}</quantity>{more}"


def test_a_row_without_a_type_is_good_and_one_with_a_strange_type_is_not() -> None:
    found = told(row("A", "3"), row("A", "2", "<inventoryType>??</inventoryType>"))

    assert levels(found) == {(KL, "A"): (3, 0, 2)}


def test_goods_on_their_way_are_not_there() -> None:
    assert levels(told(row("A", "3"), row("A", "9", "<inventoryType>ZT</inventoryType>"))) == {(KL, "A"): (3, 0, 0)}


def test_rows_of_another_warehouse_are_passed_over() -> None:
    found = told(row("A", "3"), row("A", "9", "<warehouseCode>OTHER</warehouseCode>"))

    assert levels(found) == {(KL, "A"): (3, 0, 0)}


def test_one_sku_that_cannot_be_read_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger=heaps.__name__)  # commands that ran in this process want silence

    found = told(row("A", "3"), row("B", "1.5"), row("B", "4"), row("C", "5"))

    assert levels(found) == {(KL, "A"): (3, 0, 0), (KL, "C"): (5, 0, 0)}
    assert "the stock of the SKU 'B' is left out" in caplog.text


def test_less_than_nothing_is_nothing_to_sell() -> None:
    assert levels(told(row("A", "-3"))) == {(KL, "A"): (0, 0, 0)}


def test_a_page_that_cannot_be_read_is_asked_for_again() -> None:
    sandbox = Faulty(Told("<response><flag>success</flag><totalLines>many</totalLines></response>"))
    with reaching(sandbox, sandbox.settings()) as account, pytest.raises(Temporary, match="totalLines is 'many'"):
        list(plugin.sync_stock(account, ""))


def test_a_page_that_lost_rows_by_its_own_word_is_asked_for_again() -> None:
    """Nor one that the warehouse cut shorter than it was asked for: the next would begin too late."""
    items = f"<totalLines>150</totalLines><items><item>{row('A', '3')}</item></items>"
    sandbox = Faulty(Told(f"<response><flag>success</flag>{items}</response>"))
    with (
        reaching(sandbox, sandbox.settings()) as account,
        pytest.raises(Temporary, match="page 1 has 1 rows, and of 150"),
    ):
        list(plugin.sync_stock(account, ""))


class Batches(Told):
    """A warehouse of the other dialect that tells three batches of each of sixty items, once it is asked for them."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        wanted = asked.get("itemSkuList")
        rows = [{"itemSku": sku, "availableStock": 2} for sku in wanted or SIXTY for _ in range(3 if wanted else 1)]
        start = (asked["page"] - 1) * asked["size"]
        data = {"total": len(rows), "list": rows[start : start + asked["size"]]}
        return httpx.Response(200, json={"code": "SUCCESS", "data": data})

    def settings(self) -> dict[str, str]:
        return {**super().settings(), "dialect": "json"}


SIXTY = [f"SKU-{number}" for number in range(60)]


def test_as_many_rows_as_an_item_has_are_added_up_whatever_the_pages() -> None:
    sandbox = Faulty(Batches(""))
    with reaching(sandbox, sandbox.settings()) as account:
        found = levels(list(plugin.sync_stock(account, "")))

    assert found == {(KL, sku): (6, 0, 0) for sku in SIXTY}


class Counted(Told):
    """A warehouse of many items that does not say how many; every page is as long as it was asked for."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        asked = request.content.decode()
        codes = re.findall("<itemCode>(.*?)</itemCode>", asked)
        if not codes:
            page = int(asked.partition("<page>")[2].partition("<")[0])
            codes = [f"SKU-{number}" for number in range((page - 1) * 100, min(page * 100, 230))]
        rows = "".join(f"<item>{row(code, '3')}</item>" for code in codes)
        return httpx.Response(200, text=f"<response><flag>success</flag><items>{rows}</items></response>")


def test_a_warehouse_that_does_not_say_how_much_there_is_is_read_to_its_end() -> None:
    sandbox = Faulty(Counted(""))
    with reaching(sandbox, sandbox.settings()) as account:
        found = levels(list(plugin.sync_stock(account, "")))

    assert len(found) == 230
