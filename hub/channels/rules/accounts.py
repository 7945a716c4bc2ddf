"""Accounts and tokens: states, early renewal, merged settings, what a switch takes away."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from hub_hookspecs import Capability

Typed: TypeAlias = Mapping[str, Any]  # Any: settings are whatever the plugin's struct has
EARLY = 0.9  # of a token's life: the rest is for clocks that differ and calls that take long


class State(enum.StrEnum):
    """What an account may do: only an active one is worked on."""

    ACTIVE = "active"
    PAUSED = "paused"  # by a person
    NEEDS_ACTION = "needs_action"  # by the hub: the channel wants a person to act
    CLOSED = "closed"


def renew_at(obtained_at: datetime, expires_at: datetime | None) -> datetime | None:
    """When to renew a token ahead of its end; None where it has none."""
    return None if expires_at is None else obtained_at + (expires_at - obtained_at) * EARLY


def lacks(checked: Mapping[str, str], *, enabled: bool, plugin: str) -> dict[Capability, str]:
    """What the account's check took away, and everything while the merchant has the plugin switched off."""
    if not enabled:
        return dict.fromkeys(Capability, f"{plugin} is disabled for this merchant; ops can enable it")
    known = {capability.value for capability in Capability}
    return {Capability(name): why for name, why in checked.items() if name in known}


def merged(stored: Typed, given: Typed, *, known: Collection[str]) -> Typed:
    """Stored settings with the given ones over them; null takes a setting back to its default."""
    whole = {**stored, **given}
    return {name: value for name, value in whole.items() if value is not None or name not in known}
