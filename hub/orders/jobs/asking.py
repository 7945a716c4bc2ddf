"""Asks a channel for orders by their refs, fewer at once where it refuses one: that must not keep the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from hub_hookspecs import NotSupported, Order, Rejected

from hub.kernel import jobs
from hub.stock.service.desk import Outlet

AT_ONCE = 50
IN_A_ROW = 10  # orders refused by themselves, after which it is the channel that refuses, and not these


class Answers(NamedTuple):
    """Of the refs that were asked for."""

    found: Sequence[Order]
    absent: int = 0
    refused: Mapping[str, str] = MappingProxyType({})  # why, by ref


class Asking:
    """Asks on behalf of one run of a job; `limit` is how many refs the next call may hold."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self.limit = AT_ONCE
        self._refused = 0  # in a row

    def ask(self, refs: Sequence[str]) -> Answers | None:
        """Ask for these, at most `limit`; None: the channel refuses one of them, so ask for fewer at once.

        Raises `Rejected` where it has refused so many one by one that it would refuse all.
        """
        try:
            answers = list(self._outlet.host.read_orders(self._outlet.door, refs))
        except Rejected as error:
            if isinstance(error, NotSupported):  # of the channel, not of these orders
                raise
            if len(refs) > 1:
                self.limit = len(refs) // 2
                return None
            self._refused += 1
            if self._refused == IN_A_ROW:
                raise
            return Answers([], refused={refs[0]: jobs.trouble_of(error).message})
        self._refused = 0
        self.limit = min(2 * self.limit, AT_ONCE)
        found = [each for each in answers if isinstance(each, Order)]
        return Answers(found, absent=len(answers) - len(found))
