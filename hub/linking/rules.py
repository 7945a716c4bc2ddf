"""Which listings a person may confirm, and what to do about the others."""

from __future__ import annotations

from typing import NamedTuple


class Obstacle(NamedTuple):
    """Why a listing cannot be confirmed now, and what clears it."""

    code: str
    reason: str
    remedy: str


EMPTY = Obstacle("sku_empty", "the listing has no SKU", "fill in the SKU at the marketplace, then import again")
DUPLICATE = Obstacle(
    "sku_duplicate",
    "the SKU stands more than once in this account",
    "give each listing a SKU of its own at the marketplace, then import again",
)
IGNORED = Obstacle("ignored", "the listing is ignored", "restore it first")
RETIRED = Obstacle(
    "not_current",
    "the channel no longer shows it as active and in stock",
    "activate or restock it at the marketplace, then import again",
)


def obstacle(*, state: str, current: bool, sku_class: str | None) -> Obstacle | None:
    """Say what stands against confirming; None where nothing does, or where it is linked already."""
    if state == "linked":
        return None
    if state == "ignored":
        return IGNORED
    if not current:
        return RETIRED
    return {"empty": EMPTY, "duplicate": DUPLICATE}.get(sku_class or "")
