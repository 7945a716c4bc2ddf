"""Orders read: none is lost whatever Tokopedia's days mean, and none is told to be what it is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hub_hookspecs import Absent, Account, Money, Order, OrderState, Rejected
from hub_hookspecs.testing import faults, transport
from hub_hookspecs.testing.faults import Faulty, Plan
from hub_hookspecs.testing.sandbox import utc_now
from hub_tokopedia import plugin
from hub_tokopedia.client import ORDERS
from hub_tokopedia.order_payloads import ListedAddress, ListedOrder, Recipient
from hub_tokopedia.order_translate import listed
from hub_tokopedia.sandbox import TokopediaSandbox, buyer_of
from hub_tokopedia.settings import TokopediaSettings
from hub_tokopedia.windows import CHEAP, Windows

TokopediaAccount = Account[TokopediaSettings]
LIST, REGISTER = "/v2/order/list", "/register"


def a_key_pair() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


KEY = a_key_pair()


def logged_in(sandbox: TokopediaSandbox | Faulty, key: str = KEY) -> TokopediaAccount:
    http = httpx.Client(transport=transport(sandbox))
    settings = msgspec.convert(
        {**sandbox.settings(), "buyer_key": key, "webhook_secret": "a-secret"}, TokopediaSettings
    )
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    return replace(account, token=plugin.authenticate(account, None).value)


def connected(sandbox: TokopediaSandbox | Faulty) -> TokopediaAccount:
    account = logged_in(sandbox)
    plugin.connect_account(account, "https://hub.test/webhooks/tokopedia/a-token")
    return account


def imported(account: TokopediaAccount, cursor: str = "") -> tuple[list[Order], str]:
    pages = list(plugin.import_orders(account, cursor))
    return [order for page in pages for order in page.records], pages[-1].cursor


def read(account: TokopediaAccount, order_id: int) -> Order:
    (answer,) = plugin.read_orders(account, [str(order_id)])
    assert isinstance(answer, Order)
    return answer


def refs(orders: list[Order]) -> set[int]:
    return {int(order.ref) for order in orders}


def asked(shop: TokopediaSandbox, path: str) -> int:
    return sum(seen.path.endswith(path) for seen in shop.requests)


class Clock:
    """The hub's clock and the sandbox's are one: the computer's, and days ahead of it where a test says so."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def shop() -> TokopediaSandbox:
    return TokopediaSandbox(rate=None, size=0)


@pytest.fixture
def shirt(shop: TokopediaSandbox) -> int:
    return shop.add("Kaos Polos &amp; Nyaman", "KS-1", stock=1000, price=50_000)


# -- what is read


def test_an_order_says_what_was_bought_where_it_goes_and_where_it_is_taken_from(
    shop: TokopediaSandbox, shirt: int
) -> None:
    cap = shop.add("Topi", "TP-1", stock=5, price=35_000)
    made = (utc_now() - timedelta(days=2)).replace(microsecond=0)
    number = shop.sell_together({shirt: 2, cap: 1}, at=made)
    account = connected(shop)

    (order,), _ = imported(account)

    buyer = buyer_of(number)
    assert (order.ref, order.state, order.raw_state) == (str(number), OrderState.READY, "220")
    assert order.number.startswith("INV/")
    assert [(line.ref, line.listing_ref, line.sku, line.quantity, line.cancelled) for line in order.lines] == [
        (str(shirt), str(shirt), "KS-1", 2, 0),
        (str(cap), str(cap), "TP-1", 1, 0),
    ]
    assert {line.place_ref for line in order.lines} == {str(shop.warehouse_ids[0])}
    assert order.lines[0].unit_price == Money(amount=Decimal(50_000), currency="IDR")
    assert (order.recipient.phone, order.recipient.city, order.recipient.country) == (buyer.phone, buyer.city, "ID")
    assert buyer.street in order.recipient.lines[0]
    assert order.courier == "JNE Reguler"
    assert (order.placed_at, order.ship_by) == (made, made + timedelta(days=2))


@pytest.mark.parametrize("status", [220, 500, 600, 0, 777])
def test_both_shapes_tell_the_same_of_an_order(shop: TokopediaSandbox, shirt: int, status: int) -> None:
    cap = shop.add("Topi", "TP-1", stock=15)
    made = utc_now().replace(microsecond=123_456)
    numbers = [shop.sell_together({shirt: 3, cap: 2}, at=made) for _ in range(3)]  # to three addresses
    for number in numbers:
        shop.reject_part(number, cap, 1)
        shop.move_order(number, status)
    account = connected(shop)

    orders, _ = imported(account)

    assert {order.recipient.lines for order in orders} == {(buyer_of(number).street,) for number in numbers}
    assert {order.placed_at for order in orders} == {made.replace(microsecond=0)}
    assert [read(account, int(order.ref)) for order in orders] == orders


@pytest.mark.parametrize(
    ("whole", "street"),
    [
        ("Jl. Melati 5, Coblong, Kota Bandung, Jawa Barat, 40132", "Jl. Melati 5"),
        ("Jl. Melati 5, RT 3/RW 2,COBLONG , kota bandung,40132,", "Jl. Melati 5, RT 3/RW 2"),
        ("Jl. Coblong, Gang 2", "Jl. Coblong, Gang 2"),
        ("Coblong, Gang 2, Coblong", "Coblong, Gang 2"),
        ("Coblong", "Coblong"),
    ],
)
def test_of_a_whole_address_only_what_stands_beside_it_is_left_out(whole: str, street: str) -> None:
    where = ListedAddress(
        address_full=whole, district="Coblong", city="Kota Bandung", province="Jawa Barat", postal_code="40132"
    )

    order = listed(ListedOrder(order_id=1, recipient=Recipient(address=where)), None, utc_now())

    assert order.recipient.lines == (street,)
    assert (order.recipient.district, order.recipient.postcode) == ("Coblong", "40132")


@pytest.mark.parametrize("size", [16, 32])
def test_a_buyer_is_unsealed_with_a_key_of_any_length(shop: TokopediaSandbox, shirt: int, size: int) -> None:
    shop.seal_with(size)
    number = shop.sell(shirt)

    (order,), _ = imported(connected(shop))

    assert order.recipient.phone == buyer_of(number).phone


def test_a_key_that_tokopedia_forgot_is_registered_anew_and_the_order_read_again(
    shop: TokopediaSandbox, shirt: int
) -> None:
    plugin.connect_account(logged_in(shop, a_key_pair()), "https://hub.test/webhooks/tokopedia/another")
    number = shop.sell(shirt)

    (order,), _ = imported(logged_in(shop))

    assert order.recipient.phone == buyer_of(number).phone
    assert sum(seen.path.endswith(REGISTER) and seen.query == "upload=1" for seen in shop.requests) == 2


def test_an_order_whose_buyer_stays_sealed_takes_stock_all_the_same_and_no_mask_is_an_address(
    shop: TokopediaSandbox, shirt: int
) -> None:
    connected(shop)
    number = shop.sell(shirt)

    (order,), _ = imported(logged_in(shop, key=""))

    assert (order.ref, order.lines[0].quantity) == (str(number), 1)
    assert (order.recipient.name, order.recipient.phone, order.recipient.lines) == ("", "", ())
    assert order.recipient.city == buyer_of(number).city


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((each, OrderState.CANCELLED) for each in (0, 3, 5, 6, 10, 15)),
        *((each, OrderState.READY) for each in (220, 221, 400, 401, 450)),
        *((each, OrderState.SHIPPED) for each in (500, 501, 520, 530, 540)),
        *((each, OrderState.DELIVERED) for each in (600, 601, 700, 701)),
        (550, OrderState.RETURNED),
        *((each, OrderState.UNKNOWN) for each in (2, 4, 11, 690, 695, 777)),
    ],
)
def test_every_number_of_the_table_has_its_state_and_the_others_keep_theirs_raw(
    shop: TokopediaSandbox, shirt: int, status: int, state: OrderState
) -> None:
    number = shop.sell(shirt)
    shop.move_order(number, status)

    (order,), _ = imported(connected(shop))

    assert (order.state, order.raw_state) == (state, str(status))


@pytest.mark.parametrize("status", [100, 103, 190, 200])
def test_an_order_nobody_has_paid_is_read_only_when_it_is_asked_for(
    shop: TokopediaSandbox, shirt: int, status: int
) -> None:
    number = shop.sell(shirt, status=status)
    account = connected(shop)

    assert imported(account)[0] == []
    assert read(account, number).state is OrderState.UNPAID


def test_what_a_cancelled_order_wanted_is_wanted_no_more(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, 3)
    shop.cancel_order(number)

    (order,), _ = imported(connected(shop))

    assert [(line.quantity, line.cancelled) for line in order.lines] == [(0, 3)]


def test_units_that_are_not_delivered_are_cancelled_in_both_shapes(shop: TokopediaSandbox, shirt: int) -> None:
    cap = shop.add("Topi", "TP-1", stock=5)
    number = shop.sell_together({shirt: 3, cap: 2})
    account = connected(shop)

    shop.reject_part(number, shirt, 2)
    (listed,), _ = imported(account)

    for order in (listed, read(account, number)):
        assert [(line.quantity, line.cancelled) for line in order.lines] == [(1, 2), (2, 0)]
        assert order.state is OrderState.READY


def test_a_buyers_wish_to_cancel_is_seen_until_it_is_answered(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, status=400)
    account = connected(shop)
    shop.ask_to_cancel(number)

    (order,), cursor = imported(account)
    again, _ = imported(account, cursor)

    assert (order.state, order.raw_state) == (OrderState.CANCEL_REQUESTED, "400")
    assert OrderState.READY not in {each.state for each in again}


def test_an_order_that_is_not_there_is_absent(shop: TokopediaSandbox) -> None:
    answers = list(plugin.read_orders(connected(shop), ["12345", "no-such-order", "9" * 30]))

    assert answers == [Absent(key="12345"), Absent(key="no-such-order"), Absent(key="9" * 30)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda order: order.pop("order_status"), id="without a status"),
        pytest.param(lambda order: order.update(order_status="new"), id="with a word for a status"),
        pytest.param(lambda order: order["products"][0].pop("quantity"), id="without a quantity"),
    ],
)
def test_an_order_that_cannot_be_understood_is_unknown_and_never_cancelled(
    shop: TokopediaSandbox, shirt: int, change: Callable[[dict[str, object]], object]
) -> None:
    def garble(request: httpx.Request, answer: faults.Answer) -> httpx.Response:
        body = answer(request).json()
        for order in body["data"] or ():
            change(order)
        return httpx.Response(200, json=body)

    shop.sell(shirt)
    wire = Faulty(shop)
    wire.inject(garble, Plan(path=LIST, times=None))

    (order,), _ = imported(connected(wire))

    assert order.state is OrderState.UNKNOWN
    assert order.lines[0].cancelled == 0


# -- none is lost


@pytest.mark.parametrize("days", ["Jakarta", "UTC"])
def test_every_order_of_the_last_weeks_comes_whatever_zone_the_days_are_in(days: str) -> None:
    shop = TokopediaSandbox(rate=None, size=0, days=days)  # type: ignore[arg-type]  # one of the two literals
    shirt = shop.add("Kaos", "KS", stock=1000)
    sold = {shop.sell(shirt, at=utc_now() - timedelta(hours=hours)) for hours in range(0, 29 * 24, 5)}

    orders, _ = imported(connected(shop))

    assert refs(orders) == sold
    assert len(orders) == len(sold)


@pytest.mark.parametrize("days", ["Jakarta", "UTC"])
def test_an_import_that_goes_on_finds_what_was_made_since_and_nothing_is_lost_in_between(days: str) -> None:
    shop = TokopediaSandbox(rate=None, size=0, clock=Clock(), days=days)  # type: ignore[arg-type]  # as above
    shirt = shop.add("Kaos", "KS", stock=1000)
    account = connected(shop)
    _, cursor = imported(account)

    late = shop.sell(shirt, at=utc_now() - timedelta(minutes=5))  # made before the last import, and seen only now
    new = shop.sell(shirt)
    orders, _ = imported(account, cursor)

    assert refs(orders) == {late, new}


def test_an_order_paid_a_day_after_it_was_made_is_found_by_the_next_import(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, at=utc_now() - timedelta(hours=47), status=100)
    account = connected(shop)
    before, cursor = imported(account)
    early, cursor = imported(account, cursor)
    shop.move_order(number, 220)

    at_once, _ = imported(account, cursor)

    assert (before, early) == ([], [])
    assert refs(at_once) == {number}


def test_where_the_last_days_fill_many_pages_an_order_paid_late_is_found_after_a_rest(
    shop: TokopediaSandbox, shirt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = [shop.sell(shirt, at=utc_now() - timedelta(hours=30)) for _ in range(CHEAP * ORDERS + 1)]
    number = shop.sell(shirt, at=utc_now() - timedelta(days=1), status=100)
    account = connected(shop)
    _, cursor = imported(account)
    whole, cursor = imported(account, cursor)  # by now it is known how many pages they fill
    shop.move_order(number, 220)
    shop.move_order(number, 400)
    before = asked(shop, LIST)

    at_once, cursor = imported(account, cursor)
    cost = asked(shop, LIST) - before
    monkeypatch.setattr("hub_tokopedia.windows.REST", timedelta(0))
    after_a_rest, _ = imported(account, cursor)

    assert (refs(whole), at_once, cost) == (set(sold), [], 1)
    assert refs(after_a_rest) == {*sold, number}


@pytest.mark.parametrize(
    ("pages", "rest"),
    [
        pytest.param(CHEAP, timedelta(0), id="few pages: each time"),
        pytest.param(CHEAP + 1, timedelta(seconds=24), id="one more: four seconds for each"),
        pytest.param(74, timedelta(seconds=296), id="7,400 orders: with the next poll"),
        pytest.param(5000, timedelta(hours=1), id="any number: within the hour"),
    ],
)
def test_how_long_an_import_rests_from_looking_back_grows_with_what_it_costs(pages: int, rest: timedelta) -> None:
    looked = datetime(2026, 11, 22, 8, tzinfo=UTC)
    windows = Windows(since=int(looked.timestamp()), looked_back=int(looked.timestamp()), cost=pages)

    assert windows.begun(looked + rest).looking_back
    assert not rest or not windows.begun(looked + rest - timedelta(seconds=1)).looking_back


def test_an_order_that_was_paid_late_and_accepted_at_once_is_found_by_the_next_import(
    shop: TokopediaSandbox, shirt: int
) -> None:
    number = shop.sell(shirt, at=utc_now() - timedelta(days=1), status=100)
    account = connected(shop)
    _, cursor = imported(account)
    shop.move_order(number, 220)
    shop.move_order(number, 400)

    at_once, cursor = imported(account, cursor)
    again, _ = imported(account, cursor)

    assert (refs(at_once), again) == ({number}, [])


def test_the_cursor_remembers_accepted_orders_as_long_as_they_stand_in_the_last_days(
    shop: TokopediaSandbox, shirt: int
) -> None:
    waiting = shop.sell(shirt, at=utc_now() - timedelta(days=1), status=400)
    leaving = shop.sell(shirt, status=450)
    shop.sell(shirt, at=utc_now() - timedelta(days=20), status=400)
    account = connected(shop)
    _, cursor = imported(account)
    shop.move_order(leaving, 500)

    _, cursor = imported(account, cursor)

    assert Windows.read(cursor).known == (waiting,)


def test_an_import_goes_on_from_a_cursor_that_remembers_nothing_yet(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, at=utc_now() - timedelta(hours=3), status=400)
    since = int((utc_now() - timedelta(minutes=5)).timestamp())

    orders, _ = imported(connected(shop), f"[{since},{since},0,0,0,259199,1,true,true,0,3]")

    assert refs(orders) == {number}


def test_an_import_goes_on_after_any_page(shop: TokopediaSandbox, shirt: int) -> None:
    sold = {shop.sell(shirt, at=utc_now() - timedelta(hours=hours)) for hours in range(0, 200, 40)}
    sold |= {shop.sell(shirt) for _ in range(230)}
    account = connected(shop)
    pages = list(plugin.import_orders(account, ""))

    for number, page in enumerate(pages):
        before = {int(order.ref) for each in pages[: number + 1] for order in each.records}
        rest, _ = imported(account, page.cursor)
        assert before | refs(rest) == sold


def test_orders_that_come_in_while_pages_are_read_are_neither_lost_nor_given_twice(
    shop: TokopediaSandbox, shirt: int
) -> None:
    sold = {shop.sell(shirt) for _ in range(150)}
    wire = Faulty(shop)
    wire.inject(faults.meanwhile(lambda: sold.add(shop.sell(shirt))), Plan(path=LIST, nth=2, times=12))
    account = connected(wire)

    orders, cursor = imported(account)
    rest, _ = imported(account, cursor)

    assert len(refs(orders)) == len(orders)
    assert refs(orders) | refs(rest) == sold


def test_windows_that_are_too_full_are_read_by_halves(shop: TokopediaSandbox, shirt: int) -> None:
    sold = {shop.sell(shirt, at=utc_now() - timedelta(hours=hours)) for hours in range(0, 72, 2)}
    shop.limit_windows(5)

    orders, _ = imported(connected(shop))

    assert refs(orders) == sold


def test_windows_that_stay_too_full_end_the_import_instead_of_going_on_for_ever(
    shop: TokopediaSandbox, shirt: int
) -> None:
    shop.sell_together({shirt: 1})
    shop.sell_together({shirt: 1})
    shop.limit_windows(1)

    with pytest.raises(Rejected, match="too big"):
        imported(connected(shop))


def test_a_list_that_never_ends_is_a_refusal(shop: TokopediaSandbox, shirt: int) -> None:
    shop.sell(shirt)

    def repeat(request: httpx.Request, answer: faults.Answer) -> httpx.Response:
        return answer(httpx.Request("GET", request.url.copy_set_param("page", "1"), headers=request.headers))

    wire = Faulty(shop)
    wire.inject(repeat, Plan(path=LIST, times=None))

    with pytest.raises(Rejected, match="the same page of orders twice"):
        imported(connected(wire))


def test_a_quiet_shop_costs_one_request_an_import(shop: TokopediaSandbox) -> None:
    account = connected(shop)
    _, cursor = imported(account)
    before = asked(shop, LIST)

    imported(account, cursor)

    assert asked(shop, LIST) - before == 1


def test_looking_back_each_time_costs_a_page_for_a_hundred_orders_and_no_order_singly(
    shop: TokopediaSandbox, shirt: int
) -> None:
    for status in (220, 400):
        for _ in range(ORDERS):
            shop.sell(shirt, at=utc_now() - timedelta(hours=30), status=status)
    account = connected(shop)
    _, cursor = imported(account)
    before = (asked(shop, LIST), asked(shop, "/order"))

    imported(account, cursor)

    assert (asked(shop, LIST) - before[0], asked(shop, "/order") - before[1]) == (3, 0)


def test_accepted_orders_are_read_singly_once_and_then_left_to_those_who_ask_for_them(
    shop: TokopediaSandbox, shirt: int
) -> None:
    number = shop.sell(shirt, at=utc_now() - timedelta(hours=1), status=400)
    account = connected(shop)
    first, cursor = imported(account)
    before = asked(shop, "/order")

    again, _ = imported(account, cursor)

    assert (refs(first), again) == ({number}, [])
    assert asked(shop, "/order") == before


def test_what_comes_late_is_read_when_it_is_there(shop: TokopediaSandbox, shirt: int) -> None:
    clock = Clock()
    shop.clock = clock
    shop.lag_orders(timedelta(minutes=3))
    account = connected(shop)
    number = shop.sell(shirt)
    at_once, cursor = imported(account)

    clock.ahead = timedelta(minutes=4)
    later, _ = imported(account, cursor)

    assert (at_once, refs(later)) == ([], {number})
    assert next(shop.units()).stock == 999


@pytest.mark.parametrize("cursor", ["nonsense", '{"since":1}', '["a"]'])
def test_a_cursor_of_another_kind_is_refused(shop: TokopediaSandbox, cursor: str) -> None:
    with pytest.raises(Rejected, match="cannot go on from"):
        imported(connected(shop), cursor)
