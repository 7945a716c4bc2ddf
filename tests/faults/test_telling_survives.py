"""A worker killed while it tells stock: all is told again when whatever was sent has landed, and then no more."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from tests.faults.conftest import Build
from tests.faults.embedded import embedded_stand
from tests.faults.plan import Plan
from tests.faults.stand import Stand
from tests.faults.telling import LATER, killing, opened, shown, take_over, times_told, waits_for_confirmation

ALONE = Plan(size=0, workers=1)


def survives(stand: Stand) -> None:
    with ExitStack() as stack:
        seller = opened(stand, stock=5)

        with killing(stand, after=False) as before:
            seller.adjusts(2)
        take_over(stand, stack, ahead=LATER)
        waits_for_confirmation(seller, 7)
        with killing(stand, after=True) as after:
            seller.adjusts(3)
        take_over(stand, stack, ahead=2 * LATER)
        waits_for_confirmation(seller, 10)
        calls = times_told(stand.shop)
        seller.merchant.imports(seller.account)
        seller.merchant.settles()

        assert (before, after, shown(stand.shop, seller.ref)) == ([5], [10], 10)
        assert seller.log() == [(7, "lost"), (7, "confirmed"), (10, "lost"), (10, "confirmed")]
        assert (calls, times_told(stand.shop)) == (3, 3)  # the one that never reached the shop is not counted


def test_a_killed_worker_leaves_every_figure_to_be_told(build: Build) -> None:
    survives(build(ALONE))


def test_the_embedded_hub_tells_again_after_it_was_killed(tmp_path: Path) -> None:
    with embedded_stand(ALONE, tmp_path) as stand:
        survives(stand)
