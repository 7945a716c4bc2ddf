"""Puts an import through a fault and judges what is left; every fault run has this shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.faults.oracle import Catalogue, differences
from tests.faults.plan import Report
from tests.faults.stand import Begun, Stand
from tests.servers import Pause

Figures = dict[str, Any]  # Any: numbers and short texts
Disturb = Callable[[Stand, Begun], tuple[Figures, str]]  # answers its figures, and why the run is void if it is


def undergo(name: str, stand: Stand, wanted: Catalogue, disturb: Disturb, *, patience: float) -> Report:
    """Begin an import, disturb it, see it end, and compare with the undisturbed one."""
    begun = stand.begin()
    figures, void = disturb(stand, begun)
    violations = [] if void else [*ended(stand, begun, patience), *stand.watch.violations(stand.plan.lease)]
    if not violations and not void:
        violations = differences(wanted, begun.left(stand.database), stand.shop) or confirmed(begun)
    return Report(
        name=name,
        plan=stand.plan,
        figures=figures | stand.watch.figures(stand.plan.lease),
        violations=violations,
        void=void,
    )


def ended(stand: Stand, begun: Begun, patience: float) -> list[str]:
    pause = Pause(patience)
    try:
        while stand.watch.held_one(begun.import_id) is not None:
            pause.briefly(0.1)
    except TimeoutError:
        return [f"stuck: the import had not ended {patience:.0f} s after the last fault"]
    return []


def confirmed(begun: Begun) -> list[str]:
    """Confirm a listing as a person would: what was imported must be fit for use."""
    listing = begun.merchant.call("GET", "/listings?class=unmatched&limit=1")["items"][0]
    begun.merchant.confirms(listing)
    products = begun.merchant.products()
    fits = [product["sku"] for product in products] == [listing["sku"]]
    return [] if fits else [f"unfit: confirming {listing['sku']!r} made {products}"]
