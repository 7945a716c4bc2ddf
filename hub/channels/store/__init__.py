"""Set-based statements of the channels slice, each named after the question it answers."""

from hub.channels.store import accounts, connections, requests, switches, tokens

__all__ = ["accounts", "connections", "requests", "switches", "tokens"]
