"""What a test or the demo does to the shop as its owner, its buyers or Tokopedia would, and what it knows of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from hub_tokopedia.sandbox.catalogue import Catalogue, Expected
from hub_tokopedia.sandbox.desk import Desk
from hub_tokopedia.sandbox.goods import Unit
from hub_tokopedia.sandbox.login import Login
from hub_tokopedia.sandbox.order_desk import OrderDesk
from hub_tokopedia.sandbox.order_wire import OrderCodec
from hub_tokopedia.sandbox.postbox import Postbox, Registration
from hub_tokopedia.sandbox.sales import SHIPPED, Book, Order, Wish
from hub_tokopedia.sandbox.shop import State


class Hands:
    """The tools; a product is named by its id."""

    _login: Login
    _state: State
    _catalogue: Catalogue
    _desk: Desk
    _book: Book
    _order_desk: OrderDesk
    _orders: OrderCodec
    _postbox: Postbox

    def revoke_token(self) -> None:
        self._login.revoke()

    def block_ip(self) -> None:
        self._state.ip_listed = False

    def allow_ip(self) -> None:
        self._state.ip_listed = True

    def unlink(self) -> None:
        self._state.linked = False

    def link(self) -> None:
        self._state.linked = True

    def close_shop(self, reason: str = "Libur Lebaran", *, status: int = 2) -> None:
        self._state.is_open, self._state.status, self._state.reason = False, status, reason

    def open_shop(self) -> None:
        self._state.is_open, self._state.status, self._state.reason = True, 1, ""

    def show_later(self, by: timedelta) -> None:
        """Let products that are created from now on stay invisible for so long, as where an effect comes late."""
        self._desk.late = by

    def add(self, name: str, sku: str | None, *, stock: int = 10, status: int = 1, price: int = 50_000) -> int:
        """List a new plain product at the end; gives its product id."""
        return self._catalogue.add(name, sku, stock=stock, status=status, price=price)

    def change(self, product_id: int, **fields: Any) -> None:  # Any: values of the fields of `Unit`
        """Change a sellable unit: name, sku, status, stock, reserve, price, sold."""
        self._catalogue.change(product_id, fields)

    def remove(self, product_id: int) -> None:
        """Take a product or a variant away; a parent takes its variants along."""
        self._catalogue.remove(product_id)

    def expected(self) -> Expected:
        """What an undisturbed import of the shop as it is now must count."""
        return self._catalogue.expected()

    def units(self) -> Iterator[Unit]:
        """Every sellable unit as it is now."""
        return self._catalogue.units()

    # Buyers

    def sell(
        self, product_id: int, quantity: int = 1, *, at: datetime | None = None, status: int = 220, **traits: Any
    ) -> int:
        """Let a buyer buy now, or at another time; gives the order's id. `SoldOut` where there are not as many left.

        `traits` are fields of `Order`, such as `second=True` (from the second warehouse) or `cashless=True`.
        """  # Any: the fields of `Order`
        return self.sell_together({product_id: quantity}, at=at, status=status, **traits)

    def sell_together(
        self, wanted: Mapping[int, int], *, at: datetime | None = None, status: int = 220, **traits: Any
    ) -> int:
        """The same for several products in one order: all of it, or `SoldOut` and nothing."""  # Any: as in `sell`
        return self._book.sell(wanted, at=at, status=status, **traits).number

    def orders(self) -> Iterator[Order]:
        """Every order as it is now, seen by the API or not yet, oldest first."""
        return self._book.all()

    def move_order(self, order_id: int, status: int, **fields: Any) -> None:  # Any: the fields of `Order`
        """Let an order go on, or end; one that is cancelled gives back its stock."""
        self._book.change(order_id, status, **fields)

    def cancel_order(self, order_id: int, status: int = 15) -> None:
        """Cancel a whole order, by the buyer unless the status says otherwise; its stock comes back."""
        self._book.change(order_id, status)

    def reject_part(self, order_id: int, product_id: int, quantity: int) -> None:
        """Have some units of an order not delivered; their stock comes back."""
        self._book.reject(order_id, product_id, quantity)

    def ask_to_cancel(self, order_id: int, reason: str = "Salah pilih ukuran") -> None:
        """Let the buyer of an accepted order ask for its cancellation."""
        order = self._book.latest(order_id)
        self._book.change(order_id, wish=Wish(max(order.changed, order.made), reason))

    def ship_order(self, order_id: int, awb: str) -> None:
        self._book.change(order_id, SHIPPED, awb=awb)

    def delay_awb(self) -> None:
        """Let couriers who are called tell their AWB later, by `tell_awb`."""
        self._order_desk.awb_later = True

    def tell_awb(self, order_id: int, awb: str) -> None:
        """Let the courier of an order tell its AWB."""
        self._book.change(order_id, awb=awb)

    def printed(self) -> frozenset[int]:
        """Orders whose label the seller's centre shows as printed."""
        return frozenset(self._order_desk.printed)

    def lag_orders(self, by: timedelta) -> None:
        """Let the API see orders, and what becomes of them, only so much later; stock moves at once."""
        self._book.lag = by

    def limit_windows(self, orders: int | None) -> None:
        """Refuse windows with more orders than this as too big."""
        self._order_desk.most = orders

    def forget_key(self) -> None:
        """Forget the key that the app has registered; buyers are masked from now on."""
        self._orders.key = None

    def seal_with(self, size: int) -> None:
        """Seal buyers with AES keys of so many bytes from now on."""
        self._orders.key_size = size

    # In the words that all channels share

    def offer(self, name: str, sku: str, units: int) -> str:
        return str(self.add(name, sku, stock=units))

    def buy(self, listing: str, units: int) -> str:
        return str(self.sell(int(listing), units))

    def shown(self, listing: str) -> int:
        return next(unit.stock for unit in self.units() if unit.ref == int(listing))

    # Webhooks

    def registered(self) -> Registration | None:
        """Where the app wants to be told; None where it never said."""
        return self._postbox.registration

    def forget_webhooks(self) -> None:
        """Forget where the app wants to be told, as if it had never said."""
        self._postbox.registration = None

    def stir(self) -> None:
        self.sell(next(unit.ref for unit in self.units() if unit.stock and unit.status == 1))

    def deliveries(self) -> list[httpx.Request]:
        return self.webhooks()

    def webhooks(self) -> list[httpx.Request]:
        """What Tokopedia would have sent since this was asked last, oldest first; who asks delivers it, or does not."""
        return self._postbox.fetch()
