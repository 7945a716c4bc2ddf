"""What happened to stock and why, in words that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

Facts = Mapping[str, Any]  # Any: what an event's slice chose to keep

_MOVED = {
    "opening": "opening stock", "adjustment": "an adjustment", "transfer_out": "a transfer out",
    "transfer_in": "a transfer in", "import": "a stocktake", "shipment": "a shipment", "receipt": "a receipt",
    "sync": "a warehouse's own count",
}  # fmt: skip
_SIMPLE = {
    "opening": "its opening stock was booked",
    "adjustment": "a person adjusted stock",
    "transfer": "goods were moved between warehouses",
    "stocktake": "a stocktake was booked",
    "linked": "its listing was linked to the product",
    "import": "an import saw another figure than we believed",
    "inbound": "goods arrived at a warehouse",
    "sync": "the channel was asked, and showed another figure than we believed",
    "refused": "its channel had refused it, and may take it by now",
    "asked": "a person wanted it told again",
    "lease_lost": "a worker lost its turn while it told the channel, so the figure was in doubt",
}
_JOBS = {
    "account": "the account's rule, places or mode changed",
    "product": "a pack, or what a bundle contains, changed",
    "rule": "the rule of the product on this account changed",
}


def cause(kind: str, *, quantity: int | None = None, moved: str = "", reason: str = "", note: str = "") -> str:
    """Why a figure was looked at: by the first word of its cause, and by the movement that it names."""
    if moved:
        return movement(moved, quantity or 0, reason=reason, note=note)
    if kind == "order":
        return "an order was taken in, edited, sent or cancelled"
    return _SIMPLE.get(kind) or _JOBS.get(kind) or "stock changed"


def movement(kind: str, quantity: int, *, warehouse: str = "", reason: str = "", note: str = "") -> str:
    """Such as: an adjustment of -4 in Main warehouse (counted): found broken."""
    where = f" in {warehouse}" if warehouse else ""
    why = f" ({reason})" if reason else ""
    return f"{_MOVED.get(kind, kind)} of {quantity:+}{where}{why}{f': {note}' if note else ''}"


def promise(kind: str, quantity: int, *, was: int | None, warehouse: str) -> str:
    match kind:
        case "reserved":
            return f"{quantity} reserved in {warehouse} for an order"
        case "resized":
            return f"{quantity} instead of {was} reserved in {warehouse}: the order was edited"
        case _:
            return f"{quantity} in {warehouse} released by an order"


def push(
    where: str, figure: int, *, expected: int | None, why: str, status: str, actual: int | None, reason: str
) -> str:  # fmt: skip
    """What a channel was told and how it ended."""
    thought = "" if expected is None else f", thinking that it showed {expected}"
    return f"{where} was told {figure}{thought}, since {why}: {answer(status, actual, reason)}"


def answer(status: str, actual: int | None, reason: str) -> str:
    match status:
        case "confirmed":
            return "confirmed"
        case "refused":
            return f"refused: {reason or 'no reason was given'}"
        case "stale" if actual is not None:
            return f"not written, since it showed {actual}"
        case "lost":
            return f"no answer: {reason}"
        case _:
            return "no answer yet"


def agreed(where: str, figure: int, *, why: str) -> str:
    return f"{where} showed {figure} already when it was looked at, since {why}: nothing was sent"


class Shelf(NamedTuple):
    """A level that a figure is made of; `needed` of the product make one of what is listed."""

    sku: str
    warehouse: str
    on_hand: int
    reserved: int
    held: int
    needed: int


def offered(figure: int, *, free: int, ruled: int, pack: int, rule: str, shelves: Sequence[Shelf]) -> str:
    """How a figure comes about, from what lies there to what the channel is told."""
    lying = "; ".join(
        f"{one.on_hand} of {one.sku} on hand in {one.warehouse}, {one.reserved} reserved, {one.held} held"
        for one in shelves
    )
    parts = [lying or "nothing lies behind this place", f"that makes {free} free"]
    if short := _scarcest(shelves):
        parts.append(f"limited by {short}")
    if rule:
        parts.append(f"the rule ({rule}) leaves {ruled}")
    if pack > 1:
        parts.append(f"in packs of {pack}")
    return f"{figure} offered: {', '.join(parts)}"


def _scarcest(shelves: Sequence[Shelf]) -> str:
    """The component of which the fewest bundles can be made; "" where it is no bundle."""
    free: dict[str, int] = {}
    needed = {one.sku: one.needed for one in shelves}
    for one in shelves:
        free[one.sku] = free.get(one.sku, 0) + one.on_hand - one.reserved - one.held
    if len(free) < 2 and all(each == 1 for each in needed.values()):
        return ""
    sku = min(free, key=lambda each: (free[each] // needed[each], each), default="")
    return f"{sku} ({free[sku]} free, {needed[sku]} needed for one)" if sku else ""


def telling(
    *, shown: int | None, shown_at: datetime | None, expected: int | None, displayed: int | None, out: bool
) -> str:  # fmt: skip
    """What the channel said last, and what we believe it to show."""
    said = "the channel has confirmed nothing yet"
    if shown is not None and shown_at is not None:
        said = f"the channel confirmed {shown} at {instant(shown_at)}"
    if out:
        return f"{said}; it was told again and has not answered"
    if expected is not None:
        return said if expected == shown else f"{said}; by now it is believed to show {expected}"
    seen = "" if displayed is None else f" (it was last seen to show {displayed})"
    return f"{said}; what it shows now is not known for certain{seen}"


def change(kind: str, product_id: str, before: Facts, after: Facts, *, where: str) -> str:
    """What a person changed, as it bears on the product."""
    match kind:
        case "listing.pack_changed":
            return f"one of {where} is a pack of {after.get('pack')} now, before of {before.get('pack')}"
        case "stock.rule_changed":
            return f"the rule of {where} is {limits(after)} now, before {limits(before)}"
        case "stock.mode_changed":
            only = after.get("approved_only")
            return f"{where} is told {'only what a person approves' if only else 'by itself'} from now on"
        case "account.places_mapped":
            return f"other warehouses stand behind the places of {where}"
        case "account.paused" | "account.needs_action":
            reason = after.get("reason")
            return f"{where} is told nothing until it is resumed{f': {reason}' if reason else ''}"
        case "account.resumed":
            return f"{where} is told again"
        case "product.changed":
            return f"what the bundle contains was changed from {_parts(before)} to {_parts(after)}"
        case _ if kind.startswith("listing."):
            return _step(product_id, before, after, where=where)
        case _:
            return kind.replace(".", " ").replace("_", " ")


def _step(product_id: str, before: Facts, after: Facts, *, where: str) -> str:
    was, now = before.get("product_id"), after.get("product_id")
    if now == product_id:
        return f"{where} shows this product now" + (f", before another one ({was})" if was not in (None, now) else "")
    if was == product_id:
        return f"{where} shows this product no more" + (f", but another one ({now})" if now else "")
    return f"{where} shows {f'another product ({now})' if now else 'no product'}"


def limits(facts: Facts) -> str:
    """A rule in words, such as: buffer 3, cap 10."""
    found = [f"{name} {facts[name]}" for name in ("buffer", "percent", "cap", "fixed") if facts.get(name) is not None]
    return ", ".join(found) or "none"


def _parts(facts: Facts) -> str:
    parts = [f"{one['quantity']} of {one['product_id']}" for one in facts.get("components") or ()]
    return ", ".join(parts) or "nothing"


def instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%SZ")
