"""Set-based statements of the channels slice, each named after the question it answers."""

from hub.channels.store import accounts, connections, places, requests, switches, tokens, warehouses

__all__ = ["accounts", "connections", "places", "requests", "switches", "tokens", "warehouses"]
