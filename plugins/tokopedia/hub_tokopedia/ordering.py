"""Reads a shop's orders: what was made since, window by window, and single ones as they are now."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from hub_hookspecs import Absent, Order, Page, Rejected

from hub_tokopedia import order_translate, refusals
from hub_tokopedia.buyers import Buyers
from hub_tokopedia.client import TokopediaClient
from hub_tokopedia.order_payloads import ListedOrder, SingleOrder, Unsealed
from hub_tokopedia.windows import Windows

T = TypeVar("T", ListedOrder, SingleOrder)


class Ordering:
    """One call's reading."""

    def __init__(self, client: TokopediaClient, buyers: Buyers) -> None:
        self._client, self._buyers = client, buyers
        self._registered = not buyers.public_key  # the key, during this call
        self._given: dict[str, int] = {}  # the digest of each order that was handed out

    def since(self, cursor: str) -> Iterator[Page[Order]]:
        """Give every order made since the cursor was written, and those of the last days again, page by page."""
        windows = Windows.read(cursor).begun(datetime.now(UTC))
        last: tuple[int, ...] = ()
        while windows.under_way:
            try:
                found = self._opened(partial(self._client.orders, windows.start, windows.stop, windows.page))
            except Rejected as error:
                narrower = windows.narrowed() if error.code in refusals.TOO_MANY_ORDERS else None
                if narrower is None:
                    raise
                windows, last = narrower, ()
                continue
            ids = tuple(order.order_id for order, _ in found)
            if ids and ids == last:  # without this an import of a list without an end never ended
                raise Rejected(
                    f"Tokopedia gave the same page of orders twice: page {windows.page} ends with {ids[-1]} too"
                )
            given = windows.given
            orders = [order for each, buyer in found for order in self._worth_giving(each, buyer, given)]
            accepted = [each.order_id for each, _ in found if each.order_status in order_translate.ACCEPTED]
            windows, last = windows.after_page(empty=not found, accepted=accepted), ids
            fresh = tuple(order for order in sorted(orders, key=_placed) if self._is_fresh(order))
            yield Page(records=fresh, cursor=windows.write(), resume_after=self._client.pause)

    def each(self, refs: Iterable[str]) -> Iterator[Order | Absent]:
        """Give these orders as they are now."""
        for ref in refs:
            found = self._one(ref) if ref.isascii() and ref.isdecimal() and len(ref) < 19 else None
            yield found or Absent(key=ref)

    def _worth_giving(self, order: ListedOrder, buyer: Unsealed | None, given: Collection[int]) -> Iterator[Order]:
        """Leave out what has no id; read accepted orders singly, for a list does not tell of a wish to cancel.

        Those that were `given` before are left to `read_orders`, so that an import stays as quick as its list.
        """
        is_accepted = order.order_status in order_translate.ACCEPTED
        if order.order_id <= 0 or (is_accepted and order.order_id in given):
            return
        translated = order_translate.listed(order, buyer, datetime.now(UTC))
        yield (self._one(translated.ref) if is_accepted else None) or translated

    def _one(self, ref: str) -> Order | None:
        found = self._opened(lambda: filter(self._is_ours, self._client.order(ref)))
        return next((order_translate.single(order, buyer, datetime.now(UTC)) for order, buyer in found), None)

    def _opened(self, read: Callable[[], Iterable[T]]) -> list[tuple[T, Unsealed | None]]:
        """Read orders and open what is sealed of them.

        Where that fails the key is registered anew and all is read once more. An order whose buyer stays unknown is
        given all the same, for it takes stock.
        """
        found = [(order, self._buyers.unsealed(order.encryption)) for order in read()]
        if self._registered or all(buyer for _, buyer in found):
            return found
        self._registered = True
        self._client.register_key(self._buyers.public_key)
        return [(order, self._buyers.unsealed(order.encryption)) for order in read()]

    def _is_ours(self, order: SingleOrder) -> bool:
        """The app may have other shops, whose orders it can read as well."""
        shop_id = order.shop_info.shop_id if order.shop_info else 0
        return not shop_id or str(shop_id) == self._client.shop_id

    def _is_fresh(self, order: Order) -> bool:
        """Windows overlap, and pages shift while they are read."""
        known, digest = self._given.get(order.ref), hash(order)
        self._given[order.ref] = digest
        return known != digest


def _placed(order: Order) -> datetime:
    return order.placed_at
