"""The contract package is light to import, complete, and loads one plugin at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import hub_hookspecs
import pytest
from hub_hookspecs import (
    Account,
    hookimpl,
    load,
)
from pluggy import PluginValidationError

BLOCKED = """
import sys
class Customs:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Customs())
"""


@pytest.mark.parametrize(
    ("blocked", "statement"),
    [
        pytest.param({"httpx", "pytest"}, "import hub_hookspecs, hub_hookspecs.admission", id="the contract"),
        pytest.param({"httpx", "pytest"}, "from hub_hookspecs.__main__ import main; main(['new', 'shop'])", id="new"),
        pytest.param({"pytest"}, "from hub_hookspecs.testing import Sandbox, faults, serve", id="serving a sandbox"),
    ],
)
def test_what_is_not_needed_is_not_imported(blocked: set[str], statement: str, tmp_path: Path) -> None:
    script = BLOCKED.format(blocked=blocked) + statement

    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_is_blocked_cannot_be_imported(tmp_path: Path) -> None:
    script = BLOCKED.format(blocked={"httpx"}) + "from hub_hookspecs.testing import Sandbox"

    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert ran.stderr.endswith("ModuleNotFoundError: httpx\n")


def test_everything_that_a_plugin_needs_has_one_address() -> None:
    exported = {name for name in vars(hub_hookspecs) if not name.startswith("_")}
    modules = {name for name in exported if isinstance(getattr(hub_hookspecs, name), ModuleType)}

    assert exported - modules == set(hub_hookspecs.__all__)


def a_plugin(**hooks: object) -> ModuleType:
    module = ModuleType("hub_small.plugin")
    vars(module).update(hooks)
    return module


def test_a_loaded_plugin_answers_and_what_it_lacks_is_none() -> None:
    @hookimpl
    def check_account(account: Account[None]) -> str:
        return account.id

    hook = load(a_plugin(check_account=check_account)).hook

    assert hook.check_account(account=Account(id="a", merchant_id="m", settings=None, token="", http=None)) == "a"  # type: ignore[arg-type]  # not used
    assert hook.describe_channel() is None


def test_a_misspelt_hook_does_not_load() -> None:
    @hookimpl
    def import_item(account: Account[None]) -> None:
        """Be a singular."""

    with pytest.raises(PluginValidationError, match="unknown hook 'import_item'"):
        load(a_plugin(import_item=import_item))
