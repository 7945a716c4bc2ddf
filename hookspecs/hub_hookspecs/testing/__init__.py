"""The kit for plugin authors: sandboxes, faults and the contract suite."""

from hub_hookspecs.testing.sandbox import Sandbox, serve, transport

__all__ = ["Sandbox", "serve", "transport"]
