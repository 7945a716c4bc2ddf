"""Runs every check of the suite over one plugin, as pytest would: a new instance for each."""

from __future__ import annotations

from types import ModuleType
from typing import NamedTuple

import pytest
from hub_hookspecs.testing import ChannelContract

from .corner import plugin as good
from .corner.sandbox import CornerSandbox

CHECKS = tuple(name for name in dir(ChannelContract) if name.startswith("test_"))


class Verdict(NamedTuple):
    outcome: str
    reason: str = ""


def mutated(**changes: object) -> ModuleType:
    """Give the good plugin with some of its names replaced; None takes one away."""
    module = ModuleType("hub_corner.plugin")
    names = {**vars(good), "__name__": module.__name__, **changes}
    vars(module).update({name: value for name, value in names.items() if value is not None})
    return module


def try_plugin(plugin: ModuleType) -> dict[str, Verdict]:
    class Contract(ChannelContract):
        sandbox = CornerSandbox
        size = 25

    Contract.plugin = plugin
    return {check: _verdict(Contract(), check) for check in CHECKS}


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
