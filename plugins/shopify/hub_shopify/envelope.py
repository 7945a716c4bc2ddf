"""What stands around every answer of Shopify's Admin API: data, errors in several shapes, and what it cost."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Enums are read as text: Shopify adds values within a version."""


class ThrottleStatus(Wire, frozen=True):
    maximum_available: float = 0.0  # integers or floats
    currently_available: float = 0.0
    restore_rate: float = 0.0


class Cost(Wire, frozen=True):
    requested_query_cost: float | None = None
    throttle_status: ThrottleStatus | None = None


class Extensions(Wire, frozen=True):
    cost: Cost | None = None


class Envelope(Wire, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: Any = None  # Any: a list of objects, sometimes a plain string or an object of lists
    extensions: Extensions | None = None


class Error(Wire, frozen=True):
    message: str = ""
    code: str = ""
    path: tuple[str, ...] = ()  # leads from the data to what is null because of it


class UserError(Wire, frozen=True):
    message: str = ""
    field: tuple[str, ...] | None = None
    code: str | None = None


class Token(Wire, frozen=True, rename=None):
    access_token: str = ""
    expires_in: int = 0


class UserErrors(Wire, frozen=True):
    user_errors: tuple[UserError, ...] = ()


def read(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read one JSON value; raises `msgspec.DecodeError`, also for what is nested too deeply or no UTF-8."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"{type(error).__name__}: {error}") from error


def errors(found: object) -> Iterator[Error]:
    """Give what stands in `errors`, whatever its shape."""
    if found is None or found == []:
        return
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, dict):
            yield Error(message=str(one))
            continue
        extensions = one.get("extensions")
        code = extensions.get("code") if isinstance(extensions, dict) else None
        path = one.get("path")
        steps = tuple(map(str, path)) if isinstance(path, list) else ()
        yield Error(message=str(one.get("message", one)), code=str(code or ""), path=steps)
