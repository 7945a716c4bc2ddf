"""Makes bad plugins and notes which check has to catch each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from hub_hookspecs import Capability, Channel, hookimpl

from .. import market_stall
from ..corner import plugin as good
from ..trial import CORNER, mutated


class Bad(NamedTuple):
    name: str
    check: str
    make: Callable[[], ModuleType]
    stand: Mapping[str, object]


ALL: list[Bad] = []


def caught_by(
    check: str, *, stand: Mapping[str, object] = CORNER
) -> Callable[[Callable[[], ModuleType]], Callable[[], ModuleType]]:
    def note(make: Callable[[], ModuleType]) -> Callable[[], ModuleType]:
        ALL.append(Bad(name=make.__name__, check=check, make=make, stand=stand))
        return make

    return note


def declaring(**changes: Any) -> dict[str, object]:  # Any: the fields of Channel
    """Describe the corner shop with some fields changed."""
    return _describing(dataclasses.replace(good.describe_channel(), **changes))


def declaring_stall(**changes: Any) -> dict[str, object]:  # Any: the fields of Channel
    """The same for the market stall."""
    return _describing(dataclasses.replace(market_stall.describe_channel(), **changes))


def _describing(channel: Channel) -> dict[str, object]:
    @hookimpl
    def describe_channel() -> Channel:
        return channel

    return {"describe_channel": describe_channel}


def offering(*more: Capability) -> dict[str, object]:
    lacks = {
        capability: reason for capability, reason in good.describe_channel().lacks.items() if capability not in more
    }
    return declaring(offers=good.OFFERS.union(more), lacks=lacks)


def declared(**changes: Any) -> ModuleType:  # Any: the fields of Channel
    return mutated(**declaring(**changes))


def undocumented(**changes: object) -> ModuleType:
    """Give the good plugin of a channel that takes no documents, with some of its names replaced."""
    gone = (Capability.PUSH_INBOUND, Capability.PUSH_OUTBOUND, Capability.CANCEL_OUTBOUND)
    described = declaring(
        offers=good.OFFERS.difference(gone), lacks={**good.describe_channel().lacks, **dict.fromkeys(gone, "no paper")}
    )
    return mutated(**{**dict.fromkeys(map(str, gone)), "read_tasks": None, **described, **changes})
