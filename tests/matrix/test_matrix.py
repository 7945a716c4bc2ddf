"""Each order that there can be gets the verdict that the sources state; what a 3PL cannot send never reaches it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType

import pytest

from hub.fulfilment.rules import gate
from hub.kernel.db import Database
from hub.orders.rules import routing
from tests.matrix.scene import Became, Scene, a_scene
from tests.matrix.sources import AWB, FASTOCK, PDF, PUSHED, Becomes, Case, becomes, cases

Difference = tuple[Case, Becomes, Became]


def is_looked_at(case: Case) -> bool:
    """Whether fulfilment looks at what it holds at Fastock; the suite, which has to stay quick, looks at what is ready.

    Besides that at what only its state holds back. HUB_MATRIX=all looks at all of it.
    """
    return (
        os.environ.get("HUB_MATRIX") == "all" or case.state == "ready" or becomes(case._replace(state="ready")).reaches
    )


def differences(scene: Scene, every: Mapping[str, Case]) -> list[Difference]:
    """The orders of these cases come in, and all that follows is done; gives those that the sources say else of."""
    scene.tells(every)
    scene.leaves_alone([ref for ref, case in every.items() if not is_looked_at(case)])
    scene.works(ticks=100)
    scene.labels(every)
    scene.works(ticks=100)
    became = scene.became()
    return [
        (case, said, became[ref])
        for ref, case in every.items()
        if not became[ref].is_as(case, said := becomes(case))
    ]  # fmt: skip


@pytest.mark.row("K-04")
@pytest.mark.row("F-24")
@pytest.mark.row("F-27")
@pytest.mark.row("F-28")
@pytest.mark.row("F-29")
@pytest.mark.row("F-30")
@pytest.mark.row("F-31")
@pytest.mark.row("F-54")
@pytest.mark.row("F-55")
@pytest.mark.row("F-57")
def test_every_order_gets_the_verdict_that_the_sources_state(database: Database) -> None:
    every = {f"{n}": case for n, case in enumerate(cases())}
    with a_scene(database) as scene:
        assert differences(scene, every) == []

        served = sorted(f"#{ref}" for ref, case in every.items() if becomes(case).reaches)
        assert sorted(one.order_number for one in scene.outside.sent) == served
        assert scene.outside.asked == {("fastock_my", "push_outbound"): len(served)}
        assert len(served) == 3  # pasar_my's, and what Tokopedia's and its like's would be if they sold in Malaysia


@pytest.mark.parametrize(
    ("where", "rule", "says", "channel", "country"),
    [
        pytest.param(routing, "_abroad", "", "tokopedia", "ID", id="of the router"),
        pytest.param(gate, "waits", [], "shopify", "MY", id="of the gate"),
    ],
)
def test_a_rule_that_says_nothing_is_noticed(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, where: ModuleType, rule: str, says: object, channel: str,
    country: str,
) -> None:  # fmt: skip
    """The control: what the rule kept away reaches the 3PL, and is named."""
    database = Database(sqlite_url)
    case = Case(channel, country, FASTOCK, PUSHED, frozenset({AWB, PDF}), linked=True, state="ready")
    monkeypatch.setattr(where, rule, lambda *_: says)

    with a_scene(database) as scene:
        ((named, _, became),) = differences(scene, {"1": case})

        assert (named, became.reached, len(scene.outside.sent)) == (case, True, 1)
    database.dispose()
