"""What each of Tokopedia's refusals means for the hub: wait, log in again, ask a person, or give up."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from hub_hookspecs import (
    ActionRequired,
    ChannelError,
    RateLimited,
    Rejected,
    Temporary,
    TokenExpired,
    UnknownOutcome,
)

from hub_tokopedia.payloads import Envelope, Unpublished

NOT_FOUND = frozenset({"PRD_GRPC_003", "PRD_DB_003", "SHP_GRPC_003", "ORD_API_008", "OPENAPI_DB_003"})
_NOT_LINKED = re.compile(r"RBAC_\w+|(PRD|SHP)_USC_001|ORD_USC_015|SHP_DLV_002")
_WRONG_FS_ID = re.compile(r"PRD_DLV_00[12]|SHP_DLV_001")
_OUR_FAULT = re.compile(r"[A-Z]+_(DLV|USC)_\d+")
_UPSTREAM = re.compile(r"[A-Z]+_GRPC_00[12]|[A-Z]+_API_00[3-7]|[A-Z]+_DB_00\d|[A-Z]+_CACHE_00[1-46-9]")

NOT_LINKED = (
    "Tokopedia says that this app is not linked to the shop: check FS ID and Shop ID, and ask the shop's owner to "
    "press Accept in Tokopedia's e-mail"
)
WRONG_FS_ID = "Tokopedia does not know this FS ID: copy the App ID from Tokopedia's developer console"
FOREIGN_IP = (
    "Tokopedia refuses this hub's IP address: add it to the app's IP whitelist in Tokopedia's developer console"
)
WRONG_SECRET = "Tokopedia refuses the login: check Client ID and Client Secret"  # noqa: S105 - a message
NO_WAREHOUSE = frozenset({"PRD_USC_008", "PRD_USC_021", "PRD_USC_029", "PRD_DLV_052", "PRD_DLV_055"})
MAP_WAREHOUSE = "map one of the shop's warehouses on Tokopedia to a warehouse of the hub, then tell the stock again"
TOO_MANY_ORDERS = frozenset({"ORD_API_009", "ORD_DLV_013"})  # too big an answer, too long a window
_GAVE_UP = frozenset({408, 425})  # somebody on the way lost patience; what was sent may have arrived all the same
_LONGEST_TEXT = 300  # of what Tokopedia says, in an error that people read
_PAUSES = ("x-ratelimit-full-reset-after", "x-ratelimit-reset-after", "retry-after")
_LONGEST_PAUSE = timedelta(hours=1)
# The host paces requests at the declared rate, so shorter waits are its own; longer ones: others use the app as well.
_SHORT_PAUSE = timedelta(seconds=1)


def refusal(status: int, headers: Mapping[str, str], envelope: Envelope) -> ChannelError | None:
    """Name what the hub must do about this answer; None where nothing is wrong with it."""
    code, text = _code(envelope), _text(envelope)
    status = _inner_status(envelope) or status if status == 200 else status
    if status == 200 and not code:
        return None
    said = f"Tokopedia answered {status}: {text or 'no reason given'}" + (f" ({code})" if code else "")
    if status == 401:
        return TokenExpired(said, code=code)
    if status == 429:
        return RateLimited(said, code=code, retry_after=pause(headers))
    return _by_code(status, code, text, said)


def _by_code(status: int, code: str, text: str, said: str) -> ChannelError:
    if _NOT_LINKED.fullmatch(code):
        return ActionRequired(f"{NOT_LINKED} ({text or code})", code=code)
    if status == 403:
        return ActionRequired(f"{FOREIGN_IP} ({text or 'no reason given'})", code=code)
    if _WRONG_FS_ID.fullmatch(code) or (not code and "fs id" in text.lower()):
        return ActionRequired(f"{WRONG_FS_ID} ({text or code})", code=code)
    if code in NOT_FOUND:
        return Rejected(said, code=code)
    if _UPSTREAM.fullmatch(code) or ((status >= 500 or status in _GAVE_UP) and not _OUR_FAULT.fullmatch(code)):
        return Temporary(said, code=code)
    return Rejected(said, code=code)


def after_writing(refused: ChannelError, status: int) -> ChannelError:
    """Something that failed on Tokopedia's side may have taken effect: only a call that was not let in has not."""
    if isinstance(refused, RateLimited) or not isinstance(refused, Temporary) or status == 503:
        return refused
    return UnknownOutcome(str(refused), code=refused.code)


def unpublished(rows: Iterable[Unpublished]) -> str:
    """What Tokopedia has against a product, in its own words."""
    reasons = [row.error if isinstance(row.error, str) else "; ".join(row.error or ()) for row in rows]
    said = "; ".join(reason for reason in reasons if reason)[:_LONGEST_TEXT]
    return f"Tokopedia refuses this product: {said or 'no reason given'}"


def pause(headers: Mapping[str, str]) -> timedelta | None:
    """How long until the endpoint takes requests again, by the most patient of its headers; None where none says."""
    asked = [_seconds(headers.get(name, "")) for name in _PAUSES]
    longest = min(max(asked), _LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=longest) if longest > 0 else None


def long_pause(headers: Mapping[str, str]) -> timedelta | None:
    """How long to leave the endpoint alone once its last slot is taken; None where the host's pace will do."""
    if headers.get("x-ratelimit-remaining", "").strip() != "0":
        return None
    asked = pause(headers)
    return asked if asked and asked > _SHORT_PAUSE else None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0


def _code(envelope: Envelope) -> str:
    code = envelope.header.error_code if envelope.header else None
    return str(code) if code else ""


def _text(envelope: Envelope) -> str:
    if envelope.header:
        return (envelope.header.reason or envelope.header.messages)[:_LONGEST_TEXT]
    found = envelope.error_message or ()
    return (found if isinstance(found, str) else "; ".join(found))[:_LONGEST_TEXT]


def _inner_status(envelope: Envelope) -> int:
    """Older endpoints may repeat the status in the body: `"400 Bad Request"`."""
    number = re.match(r"\d{3}\b", str(envelope.status or ""))
    return int(number.group()) if number else 0
