"""A figure told in words: from what lies there to what the channel said last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.stock.rules import wording
from hub.stock.rules.timeline import Kind, Position, Seen, Then, believed, bound_of
from hub.stock.rules.wording import Shelf

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 13, tzinfo=UTC)
TEE = Shelf("TEE", "Main", 10, 3, 1, 2)
CAP = Shelf("CAP", "Main", 9, 0, 0, 1)


def test_a_bundle_names_the_component_that_limits_it() -> None:
    told = wording.offered(3, free=3, ruled=3, pack=1, rule="", shelves=[TEE, CAP])

    assert told == (
        "3 offered: 10 of TEE on hand in Main, 3 reserved, 1 held; 9 of CAP on hand in Main, 0 reserved, 0 held, that "
        "makes 3 free, limited by TEE (6 free, 2 needed for one)"
    )


def test_a_rule_and_a_pack_are_told_in_their_order() -> None:
    told = wording.offered(2, free=10, ruled=8, pack=4, rule="cap 8", shelves=[Shelf("TEE", "Main", 10, 0, 0, 1)])

    assert told.endswith("that makes 10 free, the rule (cap 8) leaves 8, in packs of 4")


@pytest.mark.parametrize(
    ("shown", "expected", "displayed", "out", "words"),
    [
        (None, None, None, False, "has confirmed nothing yet; what it shows now is not known for certain"),
        (7, 7, 7, False, "the channel confirmed 7 at 2026-11-22 12:00:00Z"),
        (7, 5, 7, False, "by now it is believed to show 5"),
        (7, None, 6, False, "not known for certain (it was last seen to show 6)"),
        (7, None, 7, True, "it was told again and has not answered"),
    ],
)
def test_what_the_channel_said_last_is_told(
    shown: int | None, expected: int | None, displayed: int | None, out: bool, words: str
) -> None:
    told = wording.telling(shown=shown, shown_at=NOON, expected=expected, displayed=displayed, out=out)

    assert told.endswith(words)


@pytest.mark.parametrize(
    ("told", "seen", "figure"),
    [
        (None, None, None),
        (None, Seen(10, NOON), 10),
        (Then(7, NOON, "confirmed", None, NOON, ""), Seen(7, NOON), 7),
        (Then(7, LATER, "sent", None, None, ""), Seen(10, NOON), None),
        (Then(7, LATER, "refused", None, LATER, "no"), Seen(10, NOON), 10),
        (Then(7, LATER, "refused", None, LATER, "no"), None, None),
        (Then(7, LATER, "stale", 4, LATER, ""), Seen(10, NOON), 4),
        (Then(7, LATER, "lost", None, LATER, ""), Seen(10, NOON), None),
        (Then(7, NOON, "lost", None, NOON, ""), Seen(9, LATER), 9),
    ],
)
def test_a_channel_is_believed_to_show_what_was_known_last(
    told: Then | None, seen: Seen | None, figure: int | None
) -> None:
    belief = believed(told, seen)

    assert belief.figure == figure
    assert belief.text


def test_kinds_at_one_instant_follow_on_each_other() -> None:
    before = Position(NOON, Kind.PUSH.value, "5")

    assert bound_of(None, Kind.PUSH, LATER) == (LATER, "")
    assert bound_of(before, Kind.PUSH, LATER) == (NOON, "5")
    assert bound_of(before, Kind.MOVEMENT, LATER) > (NOON, "f")
    assert bound_of(before, Kind.RESERVED, LATER) == (NOON, "")
