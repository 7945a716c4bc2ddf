"""The text of an API key."""

from __future__ import annotations

import pytest

from hub.merchants import rules

CHANCE = bytes(range(40))
PUBLIC, TEXT = rules.write_key("dev", chance=CHANCE)


def test_a_key_names_its_environment_and_its_public_id() -> None:
    assert TEXT.startswith(f"hub_dev_{PUBLIC}_")
    assert rules.public_id(TEXT, "dev") == PUBLIC


@pytest.mark.parametrize("chance", [bytes(40), b"\xff" * 40], ids=["all zeros", "all ones"])
def test_every_key_has_the_same_length(chance: bytes) -> None:
    assert len(rules.write_key("dev", chance=chance)[1]) == len(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(TEXT[:-1], id="cut off"),
        pytest.param(TEXT + "x", id="too long"),
        pytest.param(TEXT.replace("dev", "live"), id="another environment"),
        pytest.param(TEXT[:20] + ("A" if TEXT[20] != "A" else "B") + TEXT[21:], id="one letter mistyped"),
        pytest.param(TEXT + "\n", id="a line break"),
        pytest.param(TEXT.replace("_", "-"), id="other separators"),
    ],
)
def test_what_was_not_made_here_is_never_looked_up(text: str) -> None:
    assert rules.public_id(text, "dev") is None


def test_a_stored_digest_does_not_give_the_key_away() -> None:
    assert TEXT[17:] not in rules.digest(TEXT)
    assert rules.digest(TEXT) != rules.digest(TEXT[:-1])
