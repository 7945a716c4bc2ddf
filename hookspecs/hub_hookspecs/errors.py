"""What a plugin raises on purpose, named for what the hub does next."""

from __future__ import annotations

from datetime import timedelta


class ChannelError(Exception):
    """Base of what a plugin raises on purpose."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Temporary(ChannelError):
    """Nothing is wrong with the request: the hub tries again later."""

    def __init__(self, message: str, *, code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class RateLimited(Temporary):
    """The channel asked for a pause: everything that shares the rate waits."""


class TokenExpired(ChannelError):
    """The hub authenticates again and calls once more from where the hook stood."""


class ActionRequired(ChannelError):
    """A person must act (consent, credentials, settings): the account is paused and says why."""


class Rejected(ChannelError):
    """The channel understood and said no: recorded, shown, never retried by itself."""


class NotSupported(Rejected):
    """This one needs something the channel does not offer: the order is flagged."""


class BadSignature(Rejected):
    """A webhook did not come from the channel: 401, nothing stored."""


class UnknownOutcome(ChannelError):
    """The request went out and no clear answer came: the hub reads back before it sends again."""
