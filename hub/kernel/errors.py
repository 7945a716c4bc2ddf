"""What a service raises when it says no: named for what the caller should do about it."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the input, what is wrong with it and how to mend it."""

    field: str
    message: str


class HubError(Exception):
    """A clear no with a stable `code`; never a bug. `source` is hub, channel or plugin:<name>."""

    status: ClassVar[int] = 409
    retryable: ClassVar[bool] = False

    def __init__(
        self, message: str, *, code: str = "refused", errors: tuple[FieldError, ...] = (), source: str = "hub"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.errors = errors
        self.source = source


class Refused(HubError):
    """The state of things forbids it; the message says what would have to change first."""


class Invalid(HubError):
    """The input is wrong; `errors` names the fields."""

    status = 422

    def __init__(self, message: str, *, code: str = "invalid", errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message, code=code, errors=errors)


class NotFound(HubError):
    """There is no such thing, or it belongs to another merchant: the same answer for both."""

    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}", code="not_found")


class Unavailable(HubError):
    """Try again in a moment."""

    status = 503
    retryable = True

    def __init__(self, message: str, *, code: str = "unavailable", source: str = "hub") -> None:
        super().__init__(message, code=code, source=source)
