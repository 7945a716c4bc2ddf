"""What people do behind a sandbox's wire, in words that all channels share: the demo plays on whatever is there.

A sandbox lends its hands by having these methods. One that has none of them is imported from, and nothing else.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class ShopHands(Protocol):
    """Who sells and buys on a channel that sells; listings and orders go by the refs that its plugin gives them."""

    def offer(self, name: str, sku: str, units: int) -> str:
        """Put something on sale, of which so many are there; gives the listing's ref."""

    def buy(self, listing: str, units: int) -> str:
        """Let a buyer order and pay; gives the order's ref."""

    def shown(self, listing: str) -> int:
        """How many of it buyers may buy now."""


@runtime_checkable
class WarehouseHands(Protocol):
    """Who works at a warehouse of a 3PL; documents go by the code that the hub gave them.

    `callback_url` is where the warehouse tells what came and what left: people type it in there, no wire does.
    """

    callback_url: str

    def receive(self, code: str) -> None:
        """Take in all that was announced by an inbound."""

    def ship(self, code: str) -> None:
        """Let the parcel of an outbound leave, from whatever step it is at."""

    def stock(self, code: str, good: int) -> None:
        """Count a SKU anew, in the first warehouse: so many good units lie there, whatever documents say."""


__all__ = ["ShopHands", "WarehouseHands"]
