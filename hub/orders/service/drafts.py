"""What is handed from whoever tells of an order to whoever settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub_hookspecs import Channel

from hub.channels.store.accounts import AccountRow
from hub.kernel.events import Actor
from hub.orders.rules.flags import Code, Flag, Lacking
from hub.orders.store.orders import Stored


@dataclass(frozen=True, kw_only=True)
class Seller:
    """The account whose orders they are, its channel, and who tells of them.

    `channel` None: nothing new is told of them, they are looked at again.
    """

    account: AccountRow
    channel: Channel | None
    actor: Actor


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An order as it is told now, whose lines carry what they hold so far; `kind` names the event that it is.

    `waits`: why it waited, in words by code, where it is only looked at again; it is kept where that changes it.
    """

    now: Stored
    before: Stored | None
    kind: str
    by_hand: bool = False
    waits: Mapping[Code, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Settled:
    """An order as it is kept now, why it waits, and what its lines did not get, by the line's id."""

    stored: Stored
    flags: list[Flag]
    lacks: Mapping[str, tuple[Lacking, ...]] = field(default_factory=dict)
