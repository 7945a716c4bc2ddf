"""What a test or the demo does to the shop as its owner, its buyers or Tokopedia would, and what it knows of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hub_tokopedia.sandbox.catalogue import Catalogue, Expected
from hub_tokopedia.sandbox.desk import Desk
from hub_tokopedia.sandbox.goods import Unit
from hub_tokopedia.sandbox.login import Login
from hub_tokopedia.sandbox.shop import State


class Hands:
    """The tools; a product is named by its id."""

    _login: Login
    _state: State
    _catalogue: Catalogue
    _desk: Desk

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
