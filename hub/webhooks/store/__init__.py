"""Set-based statements of the webhooks slice, each named after the question it answers."""

from hub.webhooks.store import deliveries, raw, refusals, shops

__all__ = ["deliveries", "raw", "refusals", "shops"]
