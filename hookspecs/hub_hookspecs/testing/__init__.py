"""The kit for plugin authors: sandboxes, faults and the contract suite."""

from hub_hookspecs.testing import faults
from hub_hookspecs.testing.contract import ChannelContract
from hub_hookspecs.testing.sandbox import Sandbox, serve, transport

__all__ = ["ChannelContract", "Sandbox", "faults", "serve", "transport"]
