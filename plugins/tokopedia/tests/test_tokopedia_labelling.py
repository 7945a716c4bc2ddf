"""Labels: accepted, collected and read, a step a call; what was lost on the way is not done twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from hub_hookspecs import Account, Address, Label, Order, Rejected, Shipment, UnknownOutcome, Waiting
from hub_hookspecs.testing import faults, transport
from hub_hookspecs.testing.faults import Faulty, Plan
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox
from hub_tokopedia.settings import TokopediaSettings


class Clock:
    """Goes on only by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def connected(sandbox: TokopediaSandbox | Faulty) -> Account[TokopediaSettings]:
    http = httpx.Client(transport=transport(sandbox))
    settings = msgspec.convert(sandbox.settings(), TokopediaSettings)
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    return replace(account, token=plugin.authenticate(account, None).value)


def a_label_of(number: int) -> Shipment:
    nowhere = Address()
    return Shipment(
        key="label-1", order_ref=str(number), order_number="INV/1", sender=nowhere, recipient=nowhere, lines=()
    )


def history(shop: TokopediaSandbox, number: int) -> list[int]:
    (order,) = (each for each in shop.orders() if each.number == number)
    return [status for status, _ in order.history]


def asked(shop: TokopediaSandbox, path: str) -> int:
    return sum(seen.path.endswith(path) for seen in shop.requests)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> TokopediaSandbox:
    return TokopediaSandbox(rate=None, size=0, clock=clock)


def made(shop: TokopediaSandbox | Faulty, clock: Clock, number: int, resume: str = "") -> tuple[Label, list[str]]:
    """Ask until the label is there, waiting as the plugin says."""
    account, states = connected(shop), [resume]
    while True:
        answer = plugin.create_label(account, a_label_of(number), states[-1])
        if isinstance(answer, Label):
            return answer, states[1:]
        clock.now += answer.after
        states.append(answer.state)


def test_an_order_is_accepted_its_courier_called_and_its_page_read(shop: TokopediaSandbox, clock: Clock) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), 2, cashless=True)

    label, states = made(shop, clock, number)

    assert states == ["accepted", "called 1"]
    assert history(shop, number)[-1] == 450
    assert label.awb.startswith("TKP")
    assert label.media_type == "text/html"
    assert b"Kaos" in label.content
    assert label.awb.encode() in label.content
    assert shop.printed() == frozenset()
    (order,) = plugin.read_orders(connected(shop), [str(number)])
    assert isinstance(order, Order)
    assert order.awb == label.awb


def test_a_courier_that_the_seller_chose_is_not_called_and_tells_no_awb(shop: TokopediaSandbox, clock: Clock) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10))

    label, states = made(shop, clock, number)

    assert (states, label.awb) == (["accepted"], "")
    assert asked(shop, "/pick-up") == 0


def test_whoever_accepted_it_a_moment_ago_the_courier_is_called_later(shop: TokopediaSandbox, clock: Clock) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), cashless=True)
    clock.now += timedelta(minutes=1)
    shop.move_order(number, 400)

    label, states = made(shop, clock, number)

    assert (states[0], label.awb != "") == ("accepted", True)


def test_an_awb_that_comes_late_is_waited_for(shop: TokopediaSandbox, clock: Clock) -> None:
    shop.delay_awb()
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), status=450, cashless=True)
    waits = plugin.create_label(connected(shop), a_label_of(number), "called 1")
    shop.tell_awb(number, "TKP-LATE")

    label, _ = made(shop, clock, number, "called 2")

    assert isinstance(waits, Waiting)
    assert waits.state == "called 2"
    assert label.awb == "TKP-LATE"


def test_a_label_without_an_awb_comes_in_the_end(shop: TokopediaSandbox, clock: Clock) -> None:
    shop.delay_awb()
    began = clock.now
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), cashless=True)

    label, _ = made(shop, clock, number)

    assert label.awb == ""
    assert timedelta(minutes=4) < clock.now - began < timedelta(minutes=10)


@pytest.mark.parametrize("path", ["/ack", "/pick-up"])
def test_a_step_without_a_clear_answer_is_open_and_not_taken_twice(
    shop: TokopediaSandbox, clock: Clock, path: str
) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), cashless=True)
    wire = Faulty(shop)
    wire.inject(faults.failing_after(504), Plan(path=path))
    resume = ""
    if path == "/pick-up":
        shop.move_order(number, 400)
        clock.now += timedelta(minutes=1)
        resume = "accepted"

    with pytest.raises(UnknownOutcome):
        plugin.create_label(connected(wire), a_label_of(number), resume)
    label, _ = made(wire, clock, number, resume)

    assert label.awb
    assert history(shop, number).count(450) == 1
    assert asked(shop, path) == 1


@pytest.mark.parametrize("fault", [faults.truncated_json, faults.wrong_json(b"<html></html>")])
def test_a_courier_called_with_a_broken_answer_is_open(
    shop: TokopediaSandbox, clock: Clock, fault: faults.Fault
) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), status=400, cashless=True)
    clock.now += timedelta(minutes=1)
    wire = Faulty(shop)
    wire.inject(fault, Plan(path="/pick-up"))

    with pytest.raises(UnknownOutcome):
        plugin.create_label(connected(wire), a_label_of(number), "accepted")


@pytest.mark.parametrize("status", [15, 550, 690])
def test_what_is_cancelled_or_under_review_has_no_label(shop: TokopediaSandbox, status: int) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10))
    shop.move_order(number, status)

    with pytest.raises(Rejected, match=str(status)):
        plugin.create_label(connected(shop), a_label_of(number), "")


def test_an_order_on_its_way_still_has_its_label(shop: TokopediaSandbox, clock: Clock) -> None:
    number = shop.sell(shop.add("Kaos", "KS-1", stock=10), status=400)
    shop.ship_order(number, "JNE-1")

    label, states = made(shop, clock, number)

    assert (label.awb, states) == ("JNE-1", [])
