"""What an outbound waits for: the truth table of what must hold, in which each false has a reason of its own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hub_hookspecs import OrderState, Paper
from msgspec.structs import replace

from hub.fulfilment.rules.gate import Facts, Wait, is_open, waits

FINE = Facts(state=OrderState.READY, needs=frozenset(Paper), awb="AWB-1", has_label=True)
NO_RULE = Wait("no_rule", "no shipping rule names the warehouse")
COUNTRY = Wait("country", "the store sells in ID, the warehouse serves MY")
NO_MAKER = Wait("papers", "no shipping label: the shop supplies none")


def routed(wait: Wait) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, routing=(*facts.routing, wait))


BREAKS: dict[str, Callable[[Facts], Facts]] = {
    "no_rule": routed(NO_RULE),
    "unlinked": lambda facts: replace(facts, unlinked=("TEE",)),
    "country": routed(COUNTRY),
    "papers": routed(NO_MAKER),
    "no_awb": lambda facts: replace(facts, awb=""),
    "no_label": lambda facts: replace(facts, has_label=False),
    "shipped": lambda facts: replace(facts, state=OrderState.SHIPPED),
}


@pytest.mark.parametrize("broken", list(product([False, True], repeat=len(BREAKS))))
def test_only_what_nothing_stands_against_is_pushed_and_each_thing_has_its_own_reason(broken: tuple[bool, ...]) -> None:
    wrong = [code for code, is_broken in zip(BREAKS, broken, strict=True) if is_broken]
    facts = FINE
    for code in wrong:
        facts = BREAKS[code](facts)

    found = waits(facts)

    assert {each.code for each in found} == set(wrong)
    assert len({each.reason for each in found}) == len(wrong)
    assert is_open(found) is (not wrong)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (OrderState.READY, None),
        (OrderState.UNPAID, "unpaid"),
        (OrderState.CANCEL_REQUESTED, "cancel_requested"),
        (OrderState.CANCELLED, "cancelled"),
        (OrderState.SHIPPED, "shipped"),
        (OrderState.DELIVERED, "shipped"),
        (OrderState.RETURNED, "shipped"),
        (OrderState.UNKNOWN, "unknown_state"),
    ],
)
def test_only_an_order_that_is_ready_is_pushed(state: OrderState, code: str | None) -> None:
    assert [each.code for each in waits(replace(FINE, state=state))] == ([code] if code else [])


def test_a_warehouse_that_needs_no_papers_waits_for_none() -> None:
    assert waits(Facts(state=OrderState.READY)) == []


def test_papers_that_are_no_good_are_named() -> None:
    (taken,) = waits(replace(FINE, rival="order #9"))
    (lacking,) = waits(replace(FINE, has_label=False, label_error="the shop's courier was not booked"))
    (other,) = waits(replace(FINE, other="AWB-2"))

    assert other == Wait("awb_differs", "its label says AWB-1, and its channel AWB-2; look at it there")
    assert taken == Wait("awb_in_use", "its AWB AWB-1 belongs to order #9; correct it on its channel")
    assert lacking == Wait("no_label", "the shop's courier was not booked")


def test_what_its_channel_sends_itself_or_lacks_stock_is_not_pushed() -> None:
    facts = replace(FINE, sent_by_channel=True, short=("TEE", "CAP"))

    assert [each.code for each in waits(facts)] == ["sent_by_channel", "short"]


def test_a_paper_that_is_never_to_come_is_not_awaited_as_well() -> None:
    lacking = [Wait("no_awb", "the shop books no courier"), Wait("no_label", "the shop makes none")]

    assert waits(replace(FINE, routing=lacking, awb="", has_label=False)) == lacking
