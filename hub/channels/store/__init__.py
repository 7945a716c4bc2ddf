"""Set-based statements of the channels slice, each named after the question it answers."""

from hub.channels.store import accounts, connections, farewells, places, requests, switches, tokens, warehouses

__all__ = ["accounts", "connections", "farewells", "places", "requests", "switches", "tokens", "warehouses"]
