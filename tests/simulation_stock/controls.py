"""The rule with one assignment or one question taken out at a time: the oracle must see each of them missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, NamedTuple, ParamSpec

import pytest
from msgspec.structs import replace

from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from tests.simulation_stock.books import Books

Patch = Callable[[pytest.MonkeyPatch], None]
P = ParamSpec("P")
Step = Callable[Concatenate[Told, P], Told]


def without(step: Step[P], assignment: str) -> Patch:
    """The step leaves this column as it was."""

    def without_it(told: Told, *args: P.args, **kwargs: P.kwargs) -> Told:
        return replace(step(told, *args, **kwargs), **{assignment: getattr(told, assignment)})

    return lambda patch: patch.setattr(telling, step.__name__, without_it)


def believing_answers(patch: pytest.MonkeyPatch) -> None:
    """A confirmed level is what is shown, whatever was taken in or cancelled meanwhile."""
    confirmed = telling.confirmed

    def so(told: Told, quantity: int, **kwargs: object) -> Told:
        return replace(confirmed(told, quantity, **kwargs), expected=quantity)  # type: ignore[arg-type]  # as handed on

    patch.setattr(telling, "confirmed", so)


def believing_readings(patch: pytest.MonkeyPatch) -> None:
    """What was read is expected at once, without waiting for the orders that explain it."""
    stale = telling.stale

    def so(told: Told, actual: int, **kwargs: object) -> Told:
        return replace(stale(told, actual, **kwargs), expected=actual, reading=None)  # type: ignore[arg-type]  # as handed on

    patch.setattr(telling, "stale", so)


def believing_any_import(patch: pytest.MonkeyPatch) -> None:
    """A reading is taken up by whatever import ends next, however early that began."""
    orders_read = telling.orders_read

    def so(told: Told, **kwargs: object) -> Told:
        return orders_read(told, **kwargs | {"visible_after": None})  # type: ignore[arg-type]  # as handed on

    patch.setattr(telling, "orders_read", so)


def believing_readings_after_a_cancel(patch: pytest.MonkeyPatch) -> None:
    orders_read = telling.orders_read

    def so(told: Told, **kwargs: object) -> Told:
        return orders_read(replace(told, void=False), **kwargs)  # type: ignore[arg-type]  # as handed on

    patch.setattr(telling, "orders_read", so)


def never_skipping(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telling, "nothing_to_send", lambda told, offered: False)


def never_unsure(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telling, "nothing_to_send", lambda told, offered: told.expected == offered)


def not_waiting_for_late_effects(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telling, "LATE", timedelta())


def trusting_clocks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telling, "SKEW", timedelta(days=-1))


def done_whatever_came(patch: pytest.MonkeyPatch) -> None:
    """An answer ends it, though something has happened since its target was read."""
    patch.setattr(Books, "settles", lambda books, row, target: True)


class Control(NamedTuple):
    patch: Patch
    told: str
    blind: float  # the share of channels without compare-and-set
    first: (
        int  # the seed to begin with, one that was found to tell; when the rule changes it may be another, further on
    )


CONTROLS: dict[str, Control] = {
    "asking keeps what was expected": Control(without(telling.asked, "expected"), "overwritten", 0.0, 195),
    "asking keeps the mark of an unsure figure": Control(without(telling.asked, "unsure"), "steady", 0.0, 1),
    "asking does not say when": Control(without(telling.asked, "asked_at"), "overwritten", 0.0, 17),
    "nobody notes that a call is still out": Control(without(telling.still_out, "asked_at"), "overwritten", 0.0, 3300),
    "asking goes on counting lines": Control(without(telling.asked, "taken"), "astray", 0.0, 0),
    "asking keeps the mark of a cancel": Control(without(telling.asked, "void"), "astray", 0.0, 0),
    "a line does not lower what is expected": Control(without(telling.line_taken, "expected"), "astray", 0.0, 93),
    "a line is not counted": Control(without(telling.line_taken, "taken"), "astray", 0.0, 41),
    "a line without a place leaves answers valid": Control(
        without(telling.line_taken, "void"), "overwritten", 0.0, 126
    ),
    "a cancel leaves what is expected": Control(without(telling.cancel_seen, "expected"), "astray", 0.0, 79),
    "a cancel leaves answers valid": Control(without(telling.cancel_seen, "void"), "astray", 0.0, 2900),
    "answers are believed": Control(believing_answers, "astray", 0.0, 14500),
    "answers are believed, without compare-and-set": Control(believing_answers, "astray", 1.0, 1266),
    "readings are believed at once": Control(believing_readings, "overwritten", 0.0, 1),
    "readings are explained by any import": Control(believing_any_import, "overwritten", 0.0, 3),
    "readings are never taken up": Control(without(telling.orders_read, "reading"), "loop", 0.0, 0),
    "readings are sure whatever was taken in": Control(without(telling.orders_read, "unsure"), "astray", 0.0, 41),
    "readings are believed after a cancel": Control(believing_readings_after_a_cancel, "astray", 0.0, 2900),
    "a sync that differs is ignored": Control(without(telling.synced, "expected"), "astray", 0.0, 3),
    "unsure figures are not sent": Control(never_unsure, "astray", 0.0, 41),
    "everything is sent": Control(never_skipping, "steady", 0.0, 0),
    "late effects are not waited for": Control(not_waiting_for_late_effects, "overwritten", 0.0, 17),
    "late effects are not waited for, without compare-and-set": Control(
        not_waiting_for_late_effects, "astray", 1.0, 33
    ),
    "clocks are trusted": Control(trusting_clocks, "astray", 1.0, 19),
    "an answer ends what came meanwhile": Control(done_whatever_came, "astray", 0.0, 12),
}
