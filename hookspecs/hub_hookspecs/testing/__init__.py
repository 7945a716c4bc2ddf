"""The kit for plugin authors: sandboxes, faults and the contract suite."""

from typing import TYPE_CHECKING

from hub_hookspecs.testing import faults
from hub_hookspecs.testing.hands import ShopHands, WarehouseHands
from hub_hookspecs.testing.sandbox import Sandbox, serve, transport

if TYPE_CHECKING:
    from hub_hookspecs.testing.contract import ChannelContract

__all__ = ["ChannelContract", "Sandbox", "ShopHands", "WarehouseHands", "faults", "serve", "transport"]


def __getattr__(name: str) -> object:
    """Load the contract suite when it is asked for: it needs pytest, and serving a sandbox does not."""
    if name != "ChannelContract":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hub_hookspecs.testing.contract import ChannelContract  # noqa: PLC0415 - the point of this function

    return ChannelContract
