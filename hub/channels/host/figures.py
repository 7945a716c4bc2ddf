"""Lets an order through whose figures the contract does not allow: it is left out by itself, and stops no other."""

from __future__ import annotations

from typing import TypeVar

from hub_hookspecs import Order, OrderLine, Page
from msgspec.structs import replace

T = TypeVar("T")
_LARGEST = 2**31 - 1
_KEPT = 2**63 - 1  # of a figure that is beyond any


def within(answer: T) -> T:
    """The same, with 0 where a line of an order has a figure that the contract does not allow."""
    match answer:
        case Page():
            return replace(answer, records=tuple(within(one) for one in answer.records))
        case Order() if _has_lines(answer):
            return replace(answer, lines=tuple(_line_within(line) for line in answer.lines))
    return answer


def as_told(checked: T, told: object) -> T:
    """What was found to be well within these figures, with those that were told."""
    match checked, told:
        case Page(), Page():
            records = zip(checked.records, told.records, strict=True)
            return replace(checked, records=tuple(as_told(one, other) for one, other in records))
        case Order(), Order():
            lines = zip(checked.lines, told.lines, strict=True)
            return replace(checked, lines=tuple(_line_as_told(one, other) for one, other in lines))
    return checked


def _has_lines(order: Order) -> bool:
    return type(order.lines) is tuple and all(type(line) is OrderLine for line in order.lines)


def _line_within(line: OrderLine) -> OrderLine:
    return replace(line, quantity=_figure_within(line.quantity), cancelled=_figure_within(line.cancelled))


def _figure_within(count: int) -> int:
    return 0 if type(count) is int and not 0 <= count <= _LARGEST else count


def _line_as_told(line: OrderLine, told: OrderLine) -> OrderLine:
    return replace(line, quantity=_kept(told.quantity), cancelled=_kept(told.cancelled))


def _kept(count: int) -> int:
    return max(min(count, _KEPT), -_KEPT)
