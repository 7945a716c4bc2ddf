"""What stands against confirming a listing, as a table."""

from __future__ import annotations

import pytest

from hub.linking.rules import DUPLICATE, EMPTY, IGNORED, RETIRED, Obstacle, obstacle


@pytest.mark.parametrize(
    ("state", "current", "sku_class", "expected"),
    [
        pytest.param("pending", True, "unmatched", None, id="unmatched"),
        pytest.param("pending", True, "matched", None, id="matched"),
        pytest.param("pending", True, "empty", EMPTY, id="no code"),
        pytest.param("pending", True, "duplicate", DUPLICATE, id="a code that stands twice"),
        pytest.param("pending", False, None, RETIRED, id="no longer shown by the channel"),
        pytest.param("ignored", True, "unmatched", IGNORED, id="ignored, even if it could be"),
        pytest.param("linked", False, None, None, id="linked already"),
    ],
)
def test_only_current_listings_with_a_code_of_their_own_can_be_confirmed(
    state: str, current: bool, sku_class: str | None, expected: Obstacle | None
) -> None:
    assert obstacle(state=state, current=current, sku_class=sku_class) is expected


@pytest.mark.parametrize("known", [EMPTY, DUPLICATE, IGNORED, RETIRED], ids=lambda one: one.code)
def test_every_obstacle_says_why_and_what_clears_it(known: Obstacle) -> None:
    assert known.reason
    assert known.remedy
