"""Whatever breaks on the way: nothing is there twice, nothing is called sure that is not, and no secret is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import httpx
import pytest
from hub_fastock_my import plugin
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs import (
    Absent,
    ActionRequired,
    ChannelError,
    RateLimited,
    Receipt,
    Rejected,
    TaskKind,
    TaskRef,
    TaskState,
    Temporary,
    UnknownOutcome,
)
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.faults import Fault, Plan, SteppedClock

from .steps import Stand, connected, inbound, outbound, product, task

T = TypeVar("T")
Act = Callable[[Stand], object]
TELLING: dict[str, Act] = {
    "push_product": lambda stand: plugin.push_product(stand.account, product(), ""),
    "push_inbound": lambda stand: plugin.push_inbound(stand.account, inbound()),
    "push_outbound": lambda stand: plugin.push_outbound(stand.account, outbound()),
    "cancel_outbound": lambda stand: plugin.cancel_outbound(stand.account, task("OB-1"), "why"),
}
ASKING: dict[str, Act] = {
    "check_account": lambda stand: plugin.check_account(stand.account),
    "sync_stock": lambda stand: list(plugin.sync_stock(stand.account, "")),
    "read_tasks": lambda stand: stand.read(task("OB-1"), task("IB-1", TaskKind.INBOUND)),
}
LEAVES_IT_OPEN = {
    "a 500": faults.server_error(500),
    "a 502": faults.server_error(502),
    "a 504": faults.server_error(504),
    "a 408": faults.server_error(408),
    "a 502 after the effect": faults.failing_after(502),
    "an answer cut in half": faults.truncated_json,
    "an empty answer": faults.wrong_json(b""),
    "an HTML page": faults.wrong_json(b"<html>please log in</html>", content_type="text/html"),
    "a 202": faults.server_error(202),
    "a 204 after the effect": faults.failing_after(204),
    "a flag that nobody knows": faults.wrong_json(b"<response><flag>perhaps</flag><code>x</code></response>"),
    "a flag without a word": faults.wrong_json(b"<response><flag></flag></response>"),
    "a JSON list": faults.wrong_json(b"[]"),
}
NOTHING_HAPPENED = {"a 503": faults.server_error(503), "a 429": faults.rate_limited(7)}


def trouble(stand: Stand, act: Act) -> Exception:
    with pytest.raises((ChannelError, httpx.HTTPError)) as raised:
        act(stand)
    return raised.value


@pytest.mark.parametrize("what", LEAVES_IT_OPEN)
@pytest.mark.parametrize("hook", TELLING)
def test_a_broken_answer_leaves_open_what_was_told(stand: Stand, hook: str, what: str) -> None:
    stand.wire.inject(LEAVES_IT_OPEN[what])

    assert isinstance(trouble(stand, TELLING[hook]), UnknownOutcome)


@pytest.mark.parametrize("hook", TELLING)
def test_a_time_out_leaves_it_open_too(stand: Stand, hook: str) -> None:
    stand.wire.inject(faults.time_out_after)

    assert isinstance(trouble(stand, TELLING[hook]), UnknownOutcome | httpx.ReadTimeout)


@pytest.mark.parametrize("what", NOTHING_HAPPENED)
@pytest.mark.parametrize("hook", [*TELLING, *ASKING])
def test_a_request_that_was_not_let_in_is_sent_again_later(stand: Stand, hook: str, what: str) -> None:
    stand.wire.inject(NOTHING_HAPPENED[what])

    error = trouble(stand, {**TELLING, **ASKING}[hook])
    assert type(error) in (Temporary, RateLimited)
    if isinstance(error, RateLimited):
        assert error.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("what", LEAVES_IT_OPEN)
@pytest.mark.parametrize("hook", ASKING)
def test_a_question_is_asked_again(stand: Stand, hook: str, what: str) -> None:
    stand.wire.inject(LEAVES_IT_OPEN[what])

    assert type(trouble(stand, ASKING[hook])) is Temporary


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("hook", [*TELLING, *ASKING])
def test_who_is_not_let_in_needs_a_person(stand: Stand, hook: str, status: int) -> None:
    stand.wire.inject(faults.revoked(status))

    assert isinstance(trouble(stand, {**TELLING, **ASKING}[hook]), ActionRequired)


@pytest.mark.parametrize("hook", [*TELLING, *ASKING])
def test_another_secret_stops_every_hook_until_a_person_has_acted(stand: Stand, hook: str) -> None:
    stand.sandbox.rotate_secret("a-new-secret")

    error = trouble(stand, {**TELLING, **ASKING}[hook])
    assert isinstance(error, ActionRequired)
    assert "check AppKey and secretKey" in str(error)
    assert not stand.sandbox.outbounds()


@pytest.mark.parametrize("fault", [faults.server_error(500), faults.revoked(401), faults.truncated_json])
@pytest.mark.parametrize("hook", [*TELLING, *ASKING])
def test_no_error_tells_the_secret(stand: Stand, hook: str, fault: Fault) -> None:
    stand.wire.inject(fault)
    error: BaseException | None = trouble(stand, {**TELLING, **ASKING}[hook])

    while error is not None:
        assert stand.account.settings.secret_key not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__


def until_sure(stand: Stand, push: Callable[[], Receipt], named: TaskRef) -> TaskState:
    """Push as the hub does: after an unknown end look first, and send again only what is not there."""
    for _ in range(20):
        with suppress(UnknownOutcome, httpx.TransportError, Temporary):
            push()
        try:
            (found,) = stand.read(named)
        except (Temporary, httpx.TransportError):
            continue
        if isinstance(found, TaskState):
            return found
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("fault", [faults.time_out_after, faults.time_out_before, faults.failing_after(504)])
def test_a_push_whose_answer_is_lost_is_there_once(stand: Stand, fault: Fault) -> None:
    stand.sandbox.stock("TEE-M", good=1_000)
    orders = [outbound(f"OB-{number}", awb=f"MY{number}") for number in range(40)]
    for number, order in enumerate(orders):
        stand.wire.inject(fault, Plan(nth=1, times=1 + number % 3))
        until_sure(stand, partial(plugin.push_outbound, stand.account, order), task(order.key))

    assert len(stand.sandbox.outbounds()) == 40
    assert all(len(each.history) == 1 for each in stand.sandbox.outbounds().values())


def test_a_lost_answer_is_no_reason_to_send_again(stand: Stand) -> None:
    stand.sandbox.faults.lose_answers = 1
    with pytest.raises(httpx.ReadTimeout):
        plugin.push_outbound(stand.account, outbound())

    (found,) = stand.read(task("OB-1"))
    assert isinstance(found, TaskState)
    assert plugin.push_outbound(stand.account, outbound()).ref == stand.sandbox.outbounds()["OB-1"].ref


def test_a_document_whose_answer_was_lost_is_known_by_its_name_there_and_gone_is_for_a_person(stand: Stand) -> None:
    stand.sandbox.faults.lose_answers = 1
    with pytest.raises(httpx.ReadTimeout):
        plugin.push_outbound(stand.account, outbound())
    known = stand.state("OB-1").ref
    stand.sandbox.outbounds().clear()

    assert known == "OUT00000001"
    with pytest.raises(Rejected, match="does not know it any more: call them"):
        plugin.cancel_outbound(stand.account, task("OB-1", ref=known), "why")


def test_a_push_that_never_arrived_is_absent(stand: Stand) -> None:
    stand.sandbox.faults.server_errors = 1
    with pytest.raises(UnknownOutcome):
        plugin.push_outbound(stand.account, outbound())

    assert stand.read(task("OB-1")) == [Absent(key="OB-1")]


def test_a_cancellation_whose_answer_is_lost_is_read_back(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.faults.lose_answers = 1
    with pytest.raises(httpx.ReadTimeout):
        plugin.cancel_outbound(stand.account, task("OB-1"), "why")

    assert stand.state("OB-1").cancel is not None
    assert stand.sandbox.shelf("TEE-M").frozen == 0


def test_one_document_that_cannot_be_read_costs_no_other(stand: Stand) -> None:
    for number in range(3):
        plugin.push_outbound(stand.account, outbound(f"OB-{number}", awb=f"MY{number}"))
    asked = len(stand.wire.requests)
    stand.wire.inject(faults.truncated_json, Plan(nth=2, times=1))

    named = [task(key, ref=found.ref) for key, found in stand.sandbox.outbounds().items()]
    answers = plugin.read_tasks(stand.account, named)
    first = [next(answers).key, next(answers).key]
    with pytest.raises(Temporary, match="1 documents could not be read: OB-1: "):
        next(answers)

    assert first == ["OB-0", "OB-2"]
    assert len(stand.wire.requests) == asked + 3


def test_what_concerns_the_account_ends_reading_at_once(stand: Stand) -> None:
    stand.wire.inject(faults.rate_limited(7))
    with pytest.raises(RateLimited):
        stand.read(*(task(f"OB-{number}") for number in range(3)))

    assert len(stand.wire.requests) == 1


def test_shipped_without_a_quantity_is_not_believed(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.say("OB-1", "DELIVERED")

    with pytest.raises(Temporary, match="OB-1: Fastock says that it was shipped, and of no unit"):
        stand.state("OB-1")


def test_received_without_any_quantity_is_not_believed_to_be_nothing(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())
    silent = {
        "qimen": b"<response><flag>success</flag><entryOrder><status>FULFILLED</status></entryOrder><orderLines>"
        b"<orderLine><itemCode>TEE-M</itemCode><planQty>10</planQty></orderLine></orderLines></response>",
        "json": b'{"code": "SUCCESS", "data": {"status": "inbound", "skuDetails": [{"itemSku": "TEE-M", '
        b'"requestQuantity": 10}]}}',
    }
    stand.wire.inject(faults.wrong_json(silent[stand.account.settings.dialect]))

    with pytest.raises(Temporary, match="IB-1: Fastock says that it was received, and of no line how many units"):
        stand.state("IB-1", TaskKind.INBOUND)


def test_a_document_that_is_shipped_and_not_there_is_not_believed(stand: Stand) -> None:
    """Neither as shipped nor as cancelled: both would move stock."""
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1")
    answers = {
        "qimen": b"<response><flag>failure</flag><code>order-not-found</code></response>",
        "json": b'{"code": "order-not-found"}',
    }
    stand.wire.inject(faults.wrong_json(answers[stand.account.settings.dialect]), Plan(nth=2))

    with pytest.raises(Temporary, match="of a document that it does not know"):
        stand.state("OB-1")


def story(stand: Stand) -> None:
    """Goods come, one parcel leaves, another is cancelled: told as the hub tells it, and looked at after each step."""
    ref = trying(lambda: plugin.push_product(stand.account, product(), "")).ref
    announced = inbound(item_ref=ref)
    until_sure(stand, lambda: plugin.push_inbound(stand.account, announced), task("IB-1", TaskKind.INBOUND))
    if not stand.sandbox.inbounds()["IB-1"].received:
        stand.sandbox.receive("IB-1", {"TEE-M": 8}, {"TEE-M": 1})
    for order in (outbound(quantity=5, item_ref=ref), outbound("OB-2", awb="MY2", item_ref=ref)):
        until_sure(stand, partial(plugin.push_outbound, stand.account, order), task(order.key))
    trying(lambda: plugin.cancel_outbound(stand.account, task("OB-2"), "why"))
    stand.sandbox.ship("OB-1")
    trying(lambda: list(plugin.sync_stock(stand.account, "")))


def trying(act: Callable[[], T]) -> T:
    """Do it again until it is answered: each of these is safe to do twice."""
    for _ in range(20):
        try:
            return act()
        except (UnknownOutcome, Temporary, httpx.TransportError):
            continue
    raise AssertionError("it never came to an end")


def small(dialect: str) -> FastockSandbox:
    sandbox = FastockSandbox(size=0, clock=SteppedClock(datetime.now(UTC)), dialect=dialect)  # type: ignore[arg-type]  # one of the two
    sandbox.stock("TEE-M", good=10, CC=2)
    return sandbox


@pytest.mark.parametrize("dialect", ["qimen", "json"])
@pytest.mark.parametrize("fault", [faults.time_out_after, faults.time_out_before, faults.truncated_json])
def test_the_story_ends_the_same_whichever_request_fails(dialect: str, fault: Fault) -> None:
    with connected(small(dialect)) as whole:
        story(whole)
        wanted, requests = whole.sandbox.state(), len(whole.wire.requests)

    assert requests > 8
    for nth in range(1, requests + 1):
        with connected(small(dialect)) as stand:
            stand.wire.inject(fault, Plan(nth=nth))
            story(stand)
            assert stand.sandbox.state() == wanted, f"request {nth}"


@pytest.mark.parametrize("dialect", ["qimen", "json"])
def test_the_story_ends_the_same_when_every_third_request_fails(dialect: str) -> None:
    with connected(small(dialect)) as whole:
        story(whole)
        wanted = whole.sandbox.state()

    for seed in range(20):
        chance = random.Random(seed)
        with connected(small(dialect)) as stand:
            for nth in range(1, 60):
                if chance.random() < 1 / 3:
                    stand.wire.inject(chance.choice([faults.time_out_after, faults.failing_after(502)]), Plan(nth=nth))
            story(stand)
            assert stand.sandbox.state() == wanted, f"seed {seed}"


def test_both_doors_lead_to_the_same_state() -> None:
    states = []
    for dialect in ("qimen", "json"):
        with connected(small(dialect)) as stand:
            story(stand)
            states.append(stand.sandbox.state())

    assert states[0] == states[1]


def test_stock_is_what_came_less_what_left_after_each_step(stand: Stand) -> None:
    def sums() -> tuple[int, int, int]:
        (page, *_) = plugin.sync_stock(stand.account, "")
        (reading,) = page.records
        return reading.good, reading.frozen, reading.damaged

    seen = [sums()]
    plugin.push_inbound(stand.account, inbound())
    plugin.push_outbound(stand.account, outbound(quantity=4))
    seen.append(sums())
    stand.sandbox.advance("OB-1")
    seen.append(sums())
    stand.sandbox.receive("IB-1", {"TEE-M": 3}, {"TEE-M": 1}, final=False)
    seen.append(sums())
    stand.sandbox.ship("OB-1", {"TEE-M": 1}, final=False)
    seen.append(sums())
    stand.sandbox.ship("OB-1", {"TEE-M": 2})
    seen.append(sums())

    assert seen == [(10, 0, 2), (10, 0, 2), (6, 4, 2), (9, 4, 3), (9, 3, 3), (10, 0, 3)]


def test_the_comparison_notices_who_sends_again_under_another_code() -> None:
    """The control: a hub that takes a new code for each try has two parcels where one was ordered."""
    with connected(small("qimen")) as stand:
        stand.wire.inject(faults.time_out_after, Plan(nth=1))
        codes = iter(("OB-1", "OB-1-again"))
        trying(lambda: plugin.push_outbound(stand.account, outbound(code := next(codes), awb=code)))

        assert len(stand.sandbox.outbounds()) == 2
