"""Rules of tokens, settings and capabilities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hub_hookspecs import Capability

from hub.channels import rules

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("life", "renewed"),
    [
        pytest.param(timedelta(hours=10), NOON + timedelta(hours=9), id="nine tenths of its life"),
        pytest.param(timedelta(seconds=0), NOON, id="a token that is over at once"),
        pytest.param(None, None, id="one that never ends"),
    ],
)
def test_a_token_is_renewed_early(life: timedelta | None, renewed: datetime | None) -> None:
    assert rules.renew_at(NOON, None if life is None else NOON + life) == renewed


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        pytest.param({}, {"shop": "7", "secret": "s"}, id="nothing given keeps everything, secrets too"),
        pytest.param({"shop": "8"}, {"shop": "8", "secret": "s"}, id="what is given replaces"),
        pytest.param({"shop": None}, {"secret": "s"}, id="null goes back to the default"),
        pytest.param(
            {"colour": None}, {"shop": "7", "secret": "s", "colour": None}, id="an unknown null is kept to be refused"
        ),
    ],
)
def test_new_settings_are_laid_over_the_stored_ones(given: rules.Typed, whole: rules.Typed) -> None:
    assert rules.merged({"shop": "7", "secret": "s"}, given, known={"shop", "secret"}) == whole


def test_an_account_lacks_what_its_check_took_away_and_everything_while_it_is_disabled() -> None:
    checked = {"push_stock": "the scope is missing", "no_longer_a_capability": "old"}

    assert rules.lacks(checked, enabled=True, plugin="bazaar") == {Capability.PUSH_STOCK: "the scope is missing"}
    assert rules.lacks(checked, enabled=False, plugin="bazaar").keys() == set(Capability)
