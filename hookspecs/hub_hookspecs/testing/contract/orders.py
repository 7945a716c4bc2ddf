"""Checks of orders."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.records import Absent, Order, Page
from hub_hookspecs.testing.contract.stand import Stand, malformed


class OrderChecks(Stand):
    def test_every_order_is_well_formed(self) -> None:
        for page in self._orders():
            if why := malformed(page, Page[Order]):
                pytest.fail(f"import_orders: {why}", pytrace=False)

    def test_no_order_is_lost_when_an_import_goes_on(self) -> None:
        pages = self._orders()

        for number, page in enumerate(pages, start=1):
            left = {order.ref for later in pages[number:] for order in later.records}
            came = {order.ref for later in self._orders(page.cursor) for order in later.records}
            if left - came:
                pytest.fail(
                    f"after the cursor {page.cursor!r} the orders {sorted(left - came)} were lost", pytrace=False
                )

    def test_orders_come_oldest_change_first(self) -> None:
        orders = [order for page in self._orders() for order in page.records if order.updated_at]

        for order, following in pairwise(orders):
            if order.updated_at and following.updated_at and order.updated_at > following.updated_at:
                pytest.fail(f"the order {following.ref} changed before {order.ref} and came after it", pytrace=False)

    def test_every_order_asked_for_is_answered_once(self) -> None:
        self.needs(Capability.IMPORT_ORDERS)
        asked = [*(order.ref for page in self._orders() for order in page.records[:2]), "no-such-order"]
        with self.account() as (account, _):
            answers = list(self.call("read_orders", account=account, refs=asked))

        answered = [answer.key if isinstance(answer, Absent) else answer.ref for answer in answers]
        if sorted(set(asked)) != sorted(answered):
            pytest.fail(
                f"read_orders was asked for {asked} and answered {answered}; say Absent for none", pytrace=False
            )

    def _orders(self, cursor: str = "") -> list[Page[Order]]:
        self.needs(Capability.IMPORT_ORDERS)
        with self.account() as (account, _):
            return list(self.call("import_orders", account=account, cursor=cursor))
