"""Runs every check of the suite over one plugin, as pytest would: a new instance for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import NamedTuple

import pytest
from hub_hookspecs.testing import ChannelContract

from . import market_stall
from .corner import plugin as good
from .corner.sandbox import CornerSandbox
from .corner.slow import SlowSandbox


def arrive(_: ChannelContract, sandbox: CornerSandbox, key: str, units: int) -> None:
    """As the corner shop's own contract test would say it."""
    document = sandbox.documents["inbound", key]
    document["done"] += units
    sandbox.levels |= {
        ref: level + units for ref, level in sandbox.levels.items() if sandbox.sku_of(ref) in document["lines"]
    }


CORNER = {"sandbox": CornerSandbox, "size": 25, "arrive": arrive}
SLOW = {**CORNER, "sandbox": SlowSandbox}
STALL = {"settings": {"name": "Warung Ayu"}}  # on no network, so without a sandbox
CHECKS = tuple(name for name in dir(ChannelContract) if name.startswith("test_"))


class Verdict(NamedTuple):
    outcome: str
    reason: str = ""


def mutated(**changes: object) -> ModuleType:
    """Give the good plugin with some of its names replaced; None takes one away."""
    return _copied(good, "hub_corner.plugin", changes)


def stall(**changes: object) -> ModuleType:
    """Give the good plugin that talks to no network, changed in the same way."""
    return _copied(market_stall, "hub_stall.plugin", changes)


def _copied(plugin: ModuleType, name: str, changes: Mapping[str, object]) -> ModuleType:
    module = ModuleType(name)
    names = {**vars(plugin), "__name__": name, **changes}
    vars(module).update({name: value for name, value in names.items() if value is not None})
    return module


def try_plugin(
    plugin: ModuleType, stand: Mapping[str, object] = CORNER, *, checks: Sequence[str] = CHECKS
) -> dict[str, Verdict]:
    Contract = type("Contract", (ChannelContract,), {**stand, "plugin": plugin})  # noqa: N806 - a class
    return {check: _verdict(Contract(), check) for check in checks}


def _verdict(contract: ChannelContract, check: str) -> Verdict:
    try:
        getattr(contract, check)()
    except pytest.skip.Exception as skipped:
        return Verdict("skipped", str(skipped))
    except pytest.fail.Exception as failed:
        return Verdict("failed", str(failed))
    except Exception as error:  # noqa: BLE001 - a check that crashes is a finding of the meta-test
        return Verdict("crashed", repr(error))
    return Verdict("passed")
