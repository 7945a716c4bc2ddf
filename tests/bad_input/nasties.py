"""What no client should send: bodies that are wrong for every route, and values that are wrong for every field."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec

JSON = "application/json"


class Nasty(msgspec.Struct, frozen=True):
    """A body that every route must refuse with one of `statuses`."""

    name: str
    body: bytes
    statuses: tuple[int, ...]
    media_type: str | None = JSON
    headers: dict[str, str] = {}


def _object(inside: str) -> bytes:
    return b'{"name": ' + inside.encode() + b"}"


MALFORMED, UNPROCESSABLE, MEDIA = (400,), (422,), (415,)

WHOLE_BODIES = (
    Nasty("nothing", b"", (415, 422)),
    Nasty("spaces", b"   ", MALFORMED),
    Nasty("cut off", b'{"name": "x"', MALFORMED),
    Nasty("trailing text", b"{} {}", MALFORMED),
    Nasty("single quotes", b"{'name': 'x'}", MALFORMED),
    Nasty("a comment", b"{/* */}", MALFORMED),
    Nasty("byte order mark", b"\xef\xbb\xbf{}", MALFORMED),
    Nasty("UTF-16", '{"name": "x"}'.encode("utf-16"), MALFORMED),
    Nasty("broken UTF-8", b'{"name": "\xc3\x28"}', MALFORMED),
    Nasty("overlong UTF-8", b'{"name": "\xc0\x80"}', MALFORMED),
    Nasty("raw NUL", b'{"name": "\x00"}', MALFORMED),
    Nasty("raw line break in a text", b'{"name": "a\nb"}', MALFORMED),
    Nasty("NaN", _object("NaN"), MALFORMED),
    Nasty("Infinity", _object("-Infinity"), MALFORMED),
    Nasty("a key twice", b'{"name": "a", "name": "b"}', MALFORMED),
    Nasty("65 levels", _object("[" * 65 + "]" * 65), MALFORMED),
    Nasty("1,100 levels", _object("[" * 1_100 + "]" * 1_100), MALFORMED),
    Nasty("100,000 levels", b"[" * 100_000, MALFORMED),
    Nasty("100,000 objects deep", b'{"a":' * 100_000, MALFORMED),
    Nasty("11 MB", b" " * 11_000_000, (413,)),
    Nasty("null", b"null", UNPROCESSABLE),
    Nasty("a number", b"7", UNPROCESSABLE),
    Nasty("a text", b'"name"', UNPROCESSABLE),
    Nasty("a list", b"[]", UNPROCESSABLE),
    Nasty("an unknown field", b'{"no_such_field": 1}', UNPROCESSABLE),
    Nasty("5,000 digits", _object("9" * 5_000), UNPROCESSABLE),
    Nasty("a key of NUL", b'{"\\u0000": 1}', UNPROCESSABLE),
    Nasty("a key of half a surrogate pair", b'{"\\ud800": 1}', UNPROCESSABLE),
    Nasty("form", b"name=x", MEDIA, "application/x-www-form-urlencoded"),
    Nasty("multipart", b"--x\r\n\r\n--x--", MEDIA, "multipart/form-data; boundary=x"),
    Nasty("XML", b"<name/>", MEDIA, "application/xml"),
    Nasty("plain text", b"{}", MEDIA, "text/plain"),
    Nasty("no media type", b"{}", MEDIA, None),
    Nasty("a broken media type", b"{}", MEDIA, ";;;"),
    Nasty("another charset", b"{}", MEDIA, f"{JSON}; charset=latin-1"),
    Nasty("gzip", gzip.compress(b"{}"), MEDIA, JSON, {"Content-Encoding": "gzip"}),
)

REFUSED_VALUES: dict[str, str] = {
    "NUL": '"a\\u0000b"',
    "half a surrogate pair": '"\\ud83d"',
    "the other half": '"\\udc00x"',
    "2**63": "9223372036854775808",
    "-2**63-1": "-9223372036854775809",
    "2**70": "1180591620717411303424",
    "1e400": "1e400",
    "NUL inside a list": '["\\u0000"]',
    "NUL inside an object": '{"a": "\\u0000"}',
    "2**64 inside a list": "[18446744073709551616]",
}
"""As JSON: refused whatever the field."""

ODD_VALUES: dict[str, Any] = {  # Any: JSON
    "null": None,
    "true": True,
    "zero": 0,
    "minus one": -1,
    "minus zero": -0.0,
    "2**63-1": 2**63 - 1,
    "-2**63": -(2**63),
    "a fraction": 0.1,
    "1e308": 1e308,
    "an empty text": "",
    "a blank": " \t\n",
    "100 KB": "x" * 100_000,
    "right to left": "\u202egnitset\u202c",
    "zero width": "a\u200b\u200d\ufeffb",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 10,
    "combining": "e\u0301" * 100,
    "not a character": "\uffff\ufdd0",
    "SQL": "'; DROP TABLE merchant; --",
    "a template": "{{7*7}} ${7*7} <%= 7*7 %>",
    "a header": "x\r\nSet-Cookie: a=b",
    "markup": "<script>alert(1)</script>",
    "a path": "../../etc/passwd",
    "a format": "%s %n {0.__class__}",
    "a formula": "=cmd|' /C calc'!A0",
    "year 0": "0000-00-00T00:00:00Z",
    "year 1": "0001-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:59:59.999999+14:00",
    "year 10000": "+10000-01-01T00:00:00Z",
    "a date without zone": "2026-01-01T00:00:00",
    "an id": "01900000-0000-7000-8000-000000000000",
    "an empty list": [],
    "an empty object": {},
    "a long list": ["x"] * 10_000,
    "a list of lists": [[[]]],
    "a list of nulls": [None] * 10,
    "many keys": {f"k{n}": n for n in range(5_000)},
}
"""Accepted here, refused there; a fault nowhere."""
