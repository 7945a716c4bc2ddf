"""What is handed from whoever tells of an order to whoever settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub_hookspecs import Channel

from hub.channels.store.accounts import AccountRow
from hub.kernel.events import Actor
from hub.orders.rules.flags import Code, Flag, Lacking
from hub.orders.service.moves import Word
from hub.orders.store.orders import Stored


@dataclass(frozen=True, kw_only=True)
class Seller:
    """The account whose orders they are, its channel, and who tells of them.

    `channel` None: nothing new is told of them, they are looked at again. `declared` are the channels of all plugins.
    """

    account: AccountRow
    channel: Channel | None
    actor: Actor
    declared: Mapping[str, Channel]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An order as it is told now, whose lines carry what they hold so far; `kind` names the event that it is.

    `waits`: why it waited, in words by code, where it is only looked at again; it is kept where that changes it.
    `is_history`: it left before its account was connected, so it is in no stock of ours and in no figure we read.
    `words`: what is known of lines in warehouses of others, by the line's id; of what left them, `left_at` says when.
    """

    now: Stored
    before: Stored | None
    kind: str
    by_hand: bool = False
    waits: Mapping[Code, str] | None = None
    words: Mapping[str, Word] = field(default_factory=dict)
    left_at: datetime | None = None
    is_history: bool = False


@dataclass(frozen=True, kw_only=True)
class Settled:
    """An order as it is kept now, why it waits, and what its lines did not get, by the line's id.

    `beyond`: units that are said to have left, and of which the hub has none left to let leave, by product.
    """

    stored: Stored
    flags: list[Flag]
    lacks: Mapping[str, tuple[Lacking, ...]] = field(default_factory=dict)
    beyond: Mapping[str, int] = field(default_factory=dict)
