"""Types of input that are safe to store: bounded texts and numbers, and ids that are looked up only if well formed."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from litestar.params import PathParameter, QueryParameter

T = TypeVar("T")

_LINE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"  # no controls and no line ends: terminals and tables obey them
_UNSEEN = (  # what shows nothing by itself: blanks, joiners, marks of direction, fillers, variants, tags
    r"\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\U000e0000-\U000e0fff"
)
VISIBLE = rf"^{_LINE}*[^{_UNSEEN}]{_LINE}*(?!\n)$"  # `$` alone would let a trailing line break through

Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=200, pattern=VISIBLE, description="one line with at least one sign that can be seen"
    ),
]
"""What people call a thing."""

Note = Annotated[str, msgspec.Meta(max_length=2000)]
"""A remark for people."""

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that both databases can hold."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""A number of things."""

Id = Annotated[str, PathParameter(schema_extra={"format": "uuid"})]
"""An id in a path: a bare UUID; anything else is answered like an absent thing."""

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many at most; the rest follows by `next`.")]

Cursor = Annotated[str | None, QueryParameter(max_length=1000, description="Where to go on: copied from `next`.")]

Words = Annotated[str | None, QueryParameter(max_length=200, pattern=r"^[^\x00]*$")]
"""A text to filter by."""


def given(value: T | msgspec.UnsetType) -> T | None:
    """A field of a change: None where it was left out."""
    return None if isinstance(value, msgspec.UnsetType) else value
