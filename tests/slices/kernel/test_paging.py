"""Cursors: opaque, checked, and steady while rows come and go."""

from __future__ import annotations

import base64

import pytest
from litestar.datastructures import URL

from hub.kernel.errors import Invalid
from hub.kernel.paging import after_id, cursor_of, page, position


@pytest.mark.parametrize("last", [("abc",), ("TEE-M", 7), ("\u00e9\u20ac", -(2**63))])
def test_a_cursor_reads_back_as_the_last_row_seen(last: tuple[str | int, ...]) -> None:
    kinds = [type(part) for part in last]

    assert position(cursor_of(last), *kinds) == last


def _raw(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("", id="empty"),
        pytest.param("zzz", id="no base64"),
        pytest.param("\u00e9", id="no ASCII"),
        pytest.param(_raw(b"{}"), id="no list"),
        pytest.param(_raw(b"[1]"), id="another type"),
        pytest.param(_raw(b'["a","b"]'), id="too many keys"),
        pytest.param(_raw(b'["\\u0000"]'), id="NUL"),
        pytest.param(_raw(b"[" * 100_000), id="nested deeply"),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused_by_name(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        after_id(cursor)

    assert refused.value.errors[0].field == "cursor"


def test_a_number_beyond_64_bits_never_reaches_the_database() -> None:
    with pytest.raises(Invalid):
        position(_raw(b"[9223372036854775808]"), int)


def test_the_next_page_keeps_the_filters_and_replaces_the_cursor() -> None:
    url = URL("http://hub.example/v1/things?kind=a%26b&cursor=old&limit=2")

    cut = page(url, ["1", "2", "3"], limit=2, key=lambda row: (row,), view=lambda row: row)

    assert cut.items == ["1", "2"]
    assert cut.next == f"/v1/things?kind=a%26b&limit=2&cursor={cursor_of(('2',))}"


def test_the_last_page_has_no_next() -> None:
    cut = page(URL("http://hub.example/v1/things"), ["1", "2"], limit=2, key=lambda row: (row,), view=lambda row: row)

    assert cut.next is None
