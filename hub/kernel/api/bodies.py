"""Decodes a JSON body strictly: one reading of it, and an error that names the field and the cure."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

import msgspec

from hub.kernel.errors import FieldError, Invalid
from hub.kernel.wording import in_words

DEEPEST = 64
INT64 = 2**63


class Malformed(Invalid):
    """The body is not JSON that every parser reads alike."""

    status = 400


def decode(body: bytes, kind: Any) -> Any:  # Any: whatever type the route declares for its body
    """Read `body` as `kind`; unknown fields, duplicate keys, NaN, NUL and numbers beyond 64 bits are refused."""
    return _convert(_parsed(body), kind)


def _parsed(body: bytes) -> Any:  # Any: JSON
    try:
        value = json.loads(body.decode(), object_pairs_hook=_without_repeats, parse_constant=_no_constant)
        _inspect(value, "", 1)
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8", code="malformed_json") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"the body is not JSON: {error}", code="malformed_json") from None
    except RecursionError:
        _too_deep()
    except Invalid:
        raise
    except ValueError:  # int() refuses digits beyond its limit
        raise Invalid("a number in the body has too many digits", code="invalid") from None
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON
    found = dict(pairs)
    if len(found) != len(pairs):
        repeated, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise Malformed(f"the key {_shown(repeated)} occurs more than once in one object", code="duplicate_key")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not JSON", code="malformed_json")


def _too_deep() -> NoReturn:
    raise Malformed(f"the body is nested deeper than {DEEPEST} levels", code="too_deep") from None


def _inspect(value: object, path: str, depth: int) -> None:
    if isinstance(value, (dict, list)):
        if depth > DEEPEST:
            _too_deep()
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in pairs:
            here = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{_shown(name)}".lstrip(".")
            if isinstance(name, str):
                _inspect_text(name, here)
            _inspect(inner, here, depth + 1)
    elif isinstance(value, str):
        _inspect_text(value, path)
    elif isinstance(value, int) and not -INT64 <= value < INT64:
        _refuse(path, "must fit into 64 bits")
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        _refuse(path, "is too large a number")


def _inspect_text(text: str, path: str) -> None:
    if "\0" in text:
        _refuse(path, "must not contain the character NUL")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        _refuse(path, "must not contain half of a surrogate pair")


def _convert(value: object, kind: Any) -> Any:  # Any: see decode
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        errors = _by_field(value, kind) or (_field_error(str(error)),)
        raise Invalid(f"{len(errors)} field(s) of the body need to change", errors=errors) from error


def _by_field(value: object, kind: Any) -> tuple[FieldError, ...]:  # Any: see decode
    """Every top-level field that is wrong, not only the first one that msgspec stops at."""
    if not isinstance(value, dict) or not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return ()
    errors: list[FieldError] = []
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in known.items():
        if name in value:
            errors.extend(_field_errors(name, value[name], field.type))
        elif field.required:
            errors.append(FieldError(field=name, message="is required"))
    errors.extend(
        FieldError(field=_shown(name), message="is not a known field") for name in value.keys() - known.keys()
    )
    return tuple(errors)


def _field_errors(name: str, value: object, kind: Any) -> list[FieldError]:  # Any: the field's declared type
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return [_field_error(str(error), name, kind)]
    return []


def _field_error(message: str, name: str = "", kind: Any = None) -> FieldError:  # Any: see _field_errors
    reason, _, place = message.partition(" - at `$")
    return FieldError(field=f"{name}{place.rstrip('`')}".lstrip("."), message=in_words(reason, kind))


def _refuse(path: str, message: str) -> NoReturn:
    raise Invalid(f"{path or 'the body'} {message}", errors=(FieldError(field=path, message=message),))


def _shown(name: str) -> str:
    return name[:100].encode("unicode_escape").decode()
