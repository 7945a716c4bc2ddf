"""What a planned figure is by now: to be approved, approved, overtaken by another change, or no longer due."""

from __future__ import annotations

import enum


class PlanState(enum.StrEnum):
    """A plan is made by a job; nothing can be approved before."""

    MAKING = "making"
    READY = "ready"


class Standing(enum.StrEnum):
    """What became of a row of a plan."""

    OPEN = "open"
    APPROVED = "approved"  # it will be told, exactly this figure
    CHANGED = "changed"  # something else is due there by now, or another figure is offered
    SETTLED = "settled"  # nothing is due there any more: it was told, or is what the channel shows anyhow


class Verdict(enum.StrEnum):
    """What came of approving a row."""

    APPROVED = "approved"
    ALREADY = "already_approved"
    CHANGED = "changed"
    SETTLED = "settled"
    UNKNOWN = "not_in_plan"


def standing(
    *, planned: tuple[int, int], due: tuple[int, int | None] | None, offered: int | None
) -> Standing:  # fmt: skip
    """`planned`: turn and figure of the row; `due`: turn of what is due now, and what is approved of it."""
    if due is None:
        return Standing.SETTLED
    if due[1] is not None and due[1] == planned[1]:
        return Standing.APPROVED
    return Standing.OPEN if (due[0], offered) == planned else Standing.CHANGED
