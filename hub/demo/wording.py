"""Says in a few lines what a scene came to: the first is its headline."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from hub.demo.records import Arrived, Catalogue, CounterSale, Flagged, Night, Paper, Sent, TooLate


def words(scene: msgspec.Struct) -> list[str]:
    match scene:
        case Catalogue():
            return _catalogue(scene)
        case Arrived():
            return [
                f"{scene.received} {scene.sku} arrive at the 3PL's warehouse {scene.warehouse}",
                f"every channel shows {scene.shown}: what lies there and on the own shelf",
            ]
        case Sent():
            return [
                f"{scene.channel} sells {scene.units}, and the 3PL sends them",
                f"order {scene.order} went there as {scene.outbound}, with its label ({_paper(scene.label)})",
                f"and the AWB {scene.awb} of {scene.courier}; it is {scene.state}, and its channel knows",
            ]
        case Flagged():
            lines = [line for one in scene.why for line in (f"{one.code}: {one.reason}", f"  to do: {one.remedy}")]
            return [f"{scene.channel} sells 1 that the 3PL cannot send: order {scene.order} waits for a person", *lines]
        case CounterSale():
            return [
                f"{scene.channel} sells 1 from the own shelf",
                f"order {scene.order} gets the hub's own label ({_paper(scene.label)})",
            ]
        case TooLate():
            return [
                f"The buyer of order {scene.order} regrets it: too late",
                f"asked first what cancelling would come to, the hub says: {scene.verdict.replace('_', ' ')}",
                f"asked to cancel all the same, it refuses: {scene.refusal}",
            ]
        case Night():
            return _night(scene)
    raise TypeError(f"no words for {type(scene).__name__}")


def _catalogue(scene: Catalogue) -> list[str]:
    listed = ", ".join(f"{rows} to {plugin}" for plugin, rows in scene.cross_listed.items())
    return [
        f"{scene.products:,} products come of {scene.items_seen:,} items on marketplaces",
        f"{scene.listings:,} listings ({_counts(scene.classes)}); left out: {_counts(scene.skipped)}",
        f"all confirmed that could be; listed by workbook: {listed}",
    ]


def _night(scene: Night) -> list[str]:
    there = scene.at.astimezone(ZoneInfo(scene.timezone))
    return [
        f"Night: the hub's clock is set on to {there:%H:%M} in {scene.timezone}, when it asks what lies there",
        f"{scene.cause} sync, {scene.state} ({_counts(scene.counts)})",
        *(f"{one.sku}: {one.before} by our books, {one.after} after it ({one.outcome})" for one in scene.lines),
    ]


def _paper(label: Paper) -> str:
    pages = "1 page" if label.pages == 1 else f"{label.pages} pages"
    return f"PDF, {pages} of {label.width_mm} x {label.height_mm} mm, {label.size_bytes:,} bytes"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found.items() if count) or "none"
