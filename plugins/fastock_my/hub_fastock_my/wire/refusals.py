"""What the warehouse's no means for the hub. The codes are ours to guess: no table is published, vendors invent theirs.

A code that is not here is a clear no, shown word for word and never tried again by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from hub_hookspecs import (
    ActionRequired,
    ChannelError,
    RateLimited,
    Rejected,
    Temporary,
    UnknownOutcome,
)

from hub_fastock_my.port import Cancel, Cancelled, Unreadable

NOT_FOUND = frozenset({"order-not-found", "0001122"})  # the second is in the standard's own samples
NO_WAREHOUSE = "warehouse-not-found"
_CANCELS = {
    "already-cancelled": Cancel.DONE,
    "already-complete": Cancel.TOO_LATE,
    "cancel-not-allowed": Cancel.REFUSED,
    **dict.fromkeys(NOT_FOUND, Cancel.NO_SUCH),
}
_A_PERSON = {
    "sign-check-failure": "Fastock refuses the signature: check AppKey and secretKey, and enter them again",
    "invalid-customer": "Fastock does not know this customer code: check it and the AppKey, and enter them again",
    "timestamp-out-of-window": (
        "Fastock says that the request is too old or too new: the clock of the hub or of Fastock is wrong; have the "
        "hub's clock checked, then check the account again"
    ),
}
_LATER = frozenset({"system-busy", "throttled"})
_GAVE_UP = frozenset({408, 425})  # somebody on the way lost patience; what was sent may have arrived all the same
_LONGEST_TEXT = 300  # of what Fastock says, in an error that people read
_LONGEST_PAUSE = 3600  # seconds
_LONGEST_NUMBER = 20  # digits


def of_status(answer: httpx.Response, *, telling: bool) -> ChannelError | None:
    """Name what the hub does about an HTTP status; None for 200. `telling`: the request was to change something.

    Another yes than 200 (202, 204 …) has no answer in it: something was taken, or will be, and nobody says what.
    """
    status = answer.status_code
    said = f"Fastock's service answered {status} {answer.reason_phrase}".rstrip()
    pause = _pause(answer.headers.get("retry-after", ""))
    if status == 200:
        return None
    if status == 429:
        return RateLimited(said, code="429", retry_after=pause)
    if status in (401, 403):
        return ActionRequired(f"{said}: check AppKey and secretKey, and whether Fastock lets the hub in", code="auth")
    if status == 503:
        return Temporary(said, code="503", retry_after=pause)
    if status < 300 or status >= 500 or status in _GAVE_UP:
        return UnknownOutcome(said, code=str(status)) if telling else Temporary(said, code=str(status))
    if 300 <= status < 400:
        return ActionRequired(f"{said}: the service address has moved; correct it", code=str(status))
    return Rejected(said, code=str(status))


def of_code(code: str, text: str) -> ChannelError:
    """Name what the hub does about a clear no."""
    code, said = code.strip()[:_LONGEST_TEXT], f"Fastock says: {text.strip()[:_LONGEST_TEXT] or 'no reason given'}"
    said += f" ({code})" if code else ""
    if code in _A_PERSON:
        return ActionRequired(f"{_A_PERSON[code]}. {said}", code=code)
    if code in _LATER:
        return RateLimited(said, code=code) if code == "throttled" else Temporary(said, code=code)
    return Rejected(said, code=code)


def of_cancel(code: str, text: str) -> Cancelled:
    """Read a no to a cancellation: an answer, unless it speaks of something else than the document."""
    refused = of_code(code, text)
    outcome = _CANCELS.get(code.strip(), Cancel.REFUSED)
    if not isinstance(refused, Rejected):
        raise refused
    return Cancelled(outcome=outcome, reason="" if outcome is Cancel.DONE else str(refused))


def of_warehouse(number: str, consignor: str) -> ActionRequired:
    return ActionRequired(
        f"Fastock does not know the warehouse {number[:50]!r} for the consignor {consignor[:50]!r}: check Warehouse No "
        "and Consignor code",
        code=NO_WAREHOUSE,
    )


@contextmanager
def reading(*, telling: bool) -> Iterator[None]:
    """Name an answer that cannot be read: what was told may have been taken all the same."""
    try:
        yield
    except Unreadable as error:
        said = f"Fastock's answer cannot be read: {error}"
        raise UnknownOutcome(said, code="unreadable") if telling else Temporary(said, code="unreadable") from error


def _pause(header: str) -> timedelta | None:
    text = header.strip()[:_LONGEST_NUMBER]
    return timedelta(seconds=min(int(text), _LONGEST_PAUSE)) if text.isascii() and text.isdigit() else None
