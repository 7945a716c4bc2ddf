"""The contract suite: the good plugin passes every check, and each check alone catches a bad one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hub_hookspecs import Account, Listing, Product, Waiting, hookimpl
from hub_hookspecs.admission import objections
from hub_hookspecs.testing.contract.declaration import DeclarationChecks
from hub_hookspecs.testing.contract.pushing import PushChecks
from hub_hookspecs.testing.contract.shape import ShapeChecks
from hub_hookspecs.testing.contract.warehouses import WarehouseChecks
from hub_hookspecs.testing.contract.wire import WireChecks

from . import bad_plugins, market_stall
from .bad_plugins.making import declared
from .corner import slow
from .corner.sandbox import CornerSandbox
from .trial import CHECKS, CORNER, SLOW, STALL, Verdict, mutated, stall, try_plugin

OFFLINE = frozenset(check for check, verdict in try_plugin(stall(), STALL).items() if verdict.outcome == "skipped")
OF_THE_NETWORK = ("test_a_channel_has_a_sandbox_unless_it_is_offline", "test_a_channel_that_is_offline_sends_nothing")
OF_PUSHING = frozenset(check for check in dir(PushChecks) if check.startswith("test_"))
OF_DOCUMENTS = frozenset(check for check in dir(WarehouseChecks) if check.startswith("test_"))
OF_THE_WIRE = {
    "test_wrong_credentials_need_a_person",
    "test_a_refusal_shows_no_secret",
    *(check for check in dir(WireChecks) if check.startswith("test_")),
}


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


@pytest.mark.parametrize("check", sorted({*OF_PUSHING, *OF_THE_WIRE}))
def test_a_good_plugin_may_ask_for_patience(check: str) -> None:
    verdicts = try_plugin(mutated(push_product=slow.push_product), SLOW, checks=[check])

    assert verdicts == {check: Verdict("passed")}


@pytest.mark.parametrize(
    ("pause", "outcome"),
    [
        pytest.param(timedelta(hours=8), "passed", id="within a day"),
        pytest.param(timedelta(hours=13), "failed", id="for longer than the hub asks"),
        pytest.param(timedelta(0), "failed", id="and has itself asked without end"),
    ],
)
def test_a_plugin_that_asks_for_too_much_patience_is_told(pause: timedelta, outcome: str) -> None:
    answers = iter([Waiting(after=pause, state="upload")] * (3 if pause else 10_000))

    @hookimpl
    def push_product(account: Account[Any], product: Product, resume: str) -> Listing | Waiting:  # Any: the stall's
        return next(answers, None) or market_stall.push_product(account, product, resume)

    check = "test_a_pushed_product_has_a_listing"
    verdict = try_plugin(stall(push_product=push_product), STALL, checks=[check])[check]

    assert verdict.outcome == outcome, verdict
    assert verdict.reason.startswith("push_product was still waiting after") is (outcome == "failed")


# One of them is a generator that refuses to be closed, wherever a check leaves it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("bad", bad_plugins.ALL, ids=lambda bad: bad.name)
def test_a_bad_plugin_is_caught_by_its_check_alone(bad: bad_plugins.Bad) -> None:
    plugin = bad.make()

    verdicts = try_plugin(plugin, bad.stand)

    caught = {check: verdict for check, verdict in verdicts.items() if verdict.outcome in ("failed", "crashed")}
    assert caught.keys() == {bad.check}, caught
    assert {check for check, verdict in verdicts.items() if verdict.outcome == "skipped"} == excused(plugin)
    assert caught[bad.check].outcome == "failed", "a check explains itself instead of crashing"


def test_a_good_plugin_without_a_network_passes_every_check_that_it_is_not_excused_from() -> None:
    verdicts = try_plugin(stall(), STALL)

    skipped = {check: verdict.reason for check, verdict in verdicts.items() if verdict.outcome == "skipped"}
    assert {verdict.outcome for verdict in verdicts.values()} == {"passed", "skipped"}, verdicts
    assert all(
        reason.endswith(("a stall has a chalk board", "a stall has no telephone")) for reason in skipped.values()
    )
    assert {check for check, reason in skipped.items() if reason == "offline: a stall has no telephone"} == OF_THE_WIRE


@pytest.mark.parametrize(
    "stand", [CORNER, {"settings": CornerSandbox().settings()}], ids=["with its sandbox", "without"]
)
def test_a_plugin_that_needs_its_network_cannot_escape_by_declaring_none(stand: Mapping[str, object]) -> None:
    pretending = declared(offline="nobody needs to know", rate=None, token_settings=())

    verdicts = try_plugin(pretending, stand)

    assert {verdicts[check].outcome for check in OF_THE_NETWORK} & {"failed", "crashed"}


def excused(plugin: ModuleType) -> frozenset[str]:
    """The checks that a plugin need not stand: none where it has a network and lets products be pushed."""
    if plugin.__name__ == "hub_stall.plugin":
        return OFFLINE
    needed = {"push_product": OF_PUSHING | OF_DOCUMENTS, "push_inbound": OF_DOCUMENTS}
    return frozenset().union(*(checks for hook, checks in needed.items() if hook not in vars(plugin)))


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
