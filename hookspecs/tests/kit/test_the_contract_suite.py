"""The contract suite: the good plugin passes every check, and each check alone catches a bad one."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from hub_hookspecs.admission import objections
from hub_hookspecs.testing.contract.declaration import DeclarationChecks
from hub_hookspecs.testing.contract.shape import ShapeChecks

from . import bad_plugins
from .trial import CHECKS, Verdict, mutated, try_plugin


@pytest.fixture(autouse=True)
def installed_as_corner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "hub_corner-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: hub-corner\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[hub.plugins]\ncorner = hub_corner.plugin\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize(
    "plugin",
    [pytest.param(mutated(), id="plain"), pytest.param(bad_plugins.comparing(), id="with compare-and-set")],
)
def test_a_good_plugin_passes_every_check(plugin: ModuleType) -> None:
    verdicts = try_plugin(plugin)

    assert verdicts == dict.fromkeys(CHECKS, Verdict("passed"))


# One of them is a generator that refuses to be closed, wherever a check leaves it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("bad", bad_plugins.ALL, ids=lambda bad: bad.name)
def test_a_bad_plugin_is_caught_by_its_check_alone(bad: bad_plugins.Bad) -> None:
    verdicts = try_plugin(bad.make())

    caught = {check: verdict for check, verdict in verdicts.items() if verdict.outcome != "passed"}
    assert caught.keys() == {bad.check}, caught
    assert caught[bad.check].outcome == "failed", "a check explains itself instead of crashing"


def test_every_check_has_a_bad_plugin() -> None:
    assert {bad.check for bad in bad_plugins.ALL} == set(CHECKS)


def test_the_suite_has_at_least_thirty_checks() -> None:
    assert len(CHECKS) >= 30


def test_a_lacking_capability_skips_its_checks_with_the_reason_of_the_plugin() -> None:
    verdicts = try_plugin(bad_plugins.without_stock())

    skipped = {check: verdict.reason for check, verdict in verdicts.items() if verdict.outcome != "passed"}
    assert set(skipped.values()) == {"push_stock: stock is kept in the head", "sync_stock: stock is kept in the head"}


# What can be said of a plugin before any of its hooks is called for an account.
AT_LOAD = {*dir(ShapeChecks), *dir(DeclarationChecks)} - {
    "test_the_channel_describes_itself_the_same_each_time",
    "test_the_name_is_that_of_the_entry_point",
}


@pytest.mark.parametrize("bad", bad_plugins.ALL, ids=lambda bad: bad.name)
def test_the_host_hears_what_speaks_against_a_plugin_and_nothing_else(bad: bad_plugins.Bad) -> None:
    said = list(objections(bad.make()))

    assert bool(said) is (bad.check in AT_LOAD), said


def test_nothing_speaks_against_a_good_plugin() -> None:
    assert list(objections(mutated())) == []
