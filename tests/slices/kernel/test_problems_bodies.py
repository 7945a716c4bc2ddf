"""Reading a JSON body: one meaning, or a refusal that names the field."""

from __future__ import annotations

import msgspec
import pytest

from hub.kernel.api import bodies
from hub.kernel.api.texts import Int64, Name
from hub.kernel.errors import Invalid


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sku: Name
    quantity: Int64 = 1


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ref: Name
    lines: list[Line]
    weight: float = 0.0


def _refusal(body: bytes) -> tuple[int, str, list[str]]:
    with pytest.raises(Invalid) as refused:
        bodies.decode(body, Order)
    return refused.value.status, refused.value.code, [error.field for error in refused.value.errors]


def test_a_sound_body_becomes_its_type() -> None:
    order = bodies.decode(b'{"ref": "A-1", "lines": [{"sku": "TEE-M"}], "weight": 2}', Order)

    assert order == Order(ref="A-1", lines=[Line(sku="TEE-M")], weight=2.0)


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        pytest.param(b"{", 400, "malformed_json", [], id="cut off"),
        pytest.param(b"\xff\xfe{}", 400, "malformed_json", [], id="not UTF-8"),
        pytest.param(b'{"ref": NaN}', 400, "malformed_json", [], id="NaN"),
        pytest.param(b'{"weight": -Infinity}', 400, "malformed_json", [], id="infinity"),
        pytest.param(b'{"ref": "a", "ref": "b"}', 400, "duplicate_key", [], id="a key twice"),
        pytest.param(b'{"x": {"y": 1, "y": 1}}', 400, "duplicate_key", [], id="an inner key twice"),
        pytest.param(b"[" * 65 + b"]" * 65, 400, "too_deep", [], id="65 levels"),
        pytest.param(b'{"a":' * 1_100, 400, "too_deep", [], id="1,100 levels"),
        pytest.param(b"[" * 500_000, 400, "too_deep", [], id="half a million levels"),
        pytest.param(b'{"weight": 1e400}', 422, "invalid", ["weight"], id="too large a number"),
        pytest.param(b'{"weight": 9223372036854775808}', 422, "invalid", ["weight"], id="beyond 64 bits"),
        pytest.param(b'{"weight": ' + b"9" * 5_000 + b"}", 422, "invalid", [], id="5,000 digits"),
        pytest.param(b'{"ref": "a\\u0000"}', 422, "invalid", ["ref"], id="NUL"),
        pytest.param(b'{"ref": "\\ud800"}', 422, "invalid", ["ref"], id="half a surrogate pair"),
        pytest.param(b'{"lines": [{"sku": "\\udfff"}]}', 422, "invalid", ["lines[0].sku"], id="half a pair inside"),
        pytest.param(b'{"\\u0000": 1}', 422, "invalid", ["\\x00"], id="NUL in a name"),
        pytest.param(b"[]", 422, "invalid", [""], id="a list"),
        pytest.param(b"null", 422, "invalid", [""], id="null"),
        pytest.param(b"{}", 422, "invalid", ["ref", "lines"], id="two fields missing"),
        pytest.param(b'{"ref": 1, "lines": 2, "z": 3}', 422, "invalid", ["ref", "lines", "z"], id="three at once"),
        pytest.param(b'{"ref": "a", "lines": [{"sku": " "}]}', 422, "invalid", ["lines[0].sku"], id="a blank name"),
        pytest.param(
            b'{"ref": "a", "lines": [{"sku": "x", "q": 1}]}', 422, "invalid", ["lines[0]"], id="inner unknown"
        ),
        pytest.param(
            b'{"ref": "a", "lines": [{"sku": "x", "quantity": "2"}]}',
            422,
            "invalid",
            ["lines[0].quantity"],
            id="a number as text",
        ),
    ],
)
def test_a_hostile_body_is_refused_with_the_field_that_is_wrong(
    body: bytes, status: int, code: str, fields: list[str]
) -> None:
    assert _refusal(body) == (status, code, fields)


def test_64_levels_are_still_read() -> None:
    assert bodies.decode(b"[" * 64 + b"]" * 64, list) != []
