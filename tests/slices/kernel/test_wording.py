"""What a decoder says, in words, as a table; and every word comes from what the decoder really says."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import msgspec
import pytest

from hub.kernel.wording import in_words


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        pytest.param(Annotated[str, msgspec.Meta(pattern="^a$")], "b", "is not written as it must be", id="pattern"),
        pytest.param(Annotated[str, msgspec.Meta(min_length=1)], "", "must not be empty", id="empty"),
        pytest.param(Annotated[str, msgspec.Meta(min_length=3)], "a", "must have at least 3 characters", id="short"),
        pytest.param(Annotated[str, msgspec.Meta(max_length=2)], "abc", "must have at most 2 characters", id="long"),
        pytest.param(
            Annotated[list[int], msgspec.Meta(max_length=1)], [1, 2], "must have at most 1 entries", id="many"
        ),
        pytest.param(Annotated[int, msgspec.Meta(ge=1)], 0, "must be at least 1", id="small"),
        pytest.param(Annotated[int, msgspec.Meta(le=9)], 10, "must be at most 9", id="large"),
        pytest.param(str, 1, "must be text, not a whole number", id="number for text"),
        pytest.param(int | None, "1", "must be a whole number or null, not text", id="text for number or nothing"),
        pytest.param(bool, "yes", "must be true or false, not text", id="text for yes or no"),
    ],
)
def test_a_wrong_value_is_told_in_words(kind: Any, value: object, words: str) -> None:  # Any: a typing form
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(value, kind)

    assert in_words(str(refused.value)) == words


Even = Annotated[str, msgspec.Meta(pattern="^(..)*$", description="signs in pairs")]


@pytest.mark.parametrize(
    "kind",
    [Even, Even | None, Even | msgspec.UnsetType, Annotated[Even, "more"]],
    ids=["own", "or null", "or not", "more"],
)
def test_what_a_pattern_wants_is_told_in_the_words_of_its_type(kind: Any) -> None:  # Any: a typing form
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert("odd", kind)

    assert in_words(str(refused.value), kind) == "is not written as it must be: signs in pairs"


def test_what_is_wrong_with_an_entry_is_told_by_the_entry_and_not_by_its_list() -> None:
    kind = Annotated[tuple[Even, ...], msgspec.Meta(description="the pairs of a row")]

    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(["odd"], kind)

    reason = str(refused.value).partition(" - at ")[0]
    assert in_words(reason, kind) == "is not written as it must be: signs in pairs"


class Way(enum.Enum):
    NEXT, STOP = "next", "stop"


@pytest.mark.parametrize("kind", [Way, Way | None, Annotated[Way, "more"], list[Way] | msgspec.UnsetType])
def test_a_word_that_is_none_of_those_that_may_be_is_told_them(kind: Any) -> None:  # Any: a typing form
    assert in_words("Invalid enum value 'maybe'", kind) == "must be next or stop, not 'maybe'"


def test_a_reason_that_is_not_known_is_kept() -> None:
    assert in_words("Invalid enum value 'x'") == "invalid enum value 'x'"
