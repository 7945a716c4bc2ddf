"""What each of Shopify's refusals means for the hub: wait, log in again, ask a person, read back, or give up."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from hub_hookspecs import ActionRequired, ChannelError, RateLimited, Rejected, Temporary, TokenExpired, UnknownOutcome

from hub_shopify import envelope

WRONG_SECRET = "Shopify refuses the app's credentials: check client_id and client_secret"  # noqa: S105 - a message
WRONG_TOKEN = "Shopify does not take the access token any more: paste a new one, or use client_id and client_secret"  # noqa: S105 - a message
LOGIN_REFUSALS = {
    "shop_not_permitted": (
        "Shopify does not let this app into the store (shop_not_permitted): the app and the store must belong to the "
        "same organisation in the Dev Dashboard"
    ),
    "app_not_installed": (
        "the app is not installed on the store (app_not_installed), or was made in the store's admin: install it "
        "from the Dev Dashboard, or paste the older app's access token"
    ),
    "invalid_client": WRONG_SECRET,
    "application_cannot_be_found": WRONG_SECRET,
}
_PERSON = {
    402: "the store is frozen for an unpaid bill: the store's owner must settle it with Shopify",
    403: "Shopify refuses this app: check that it is still installed on the store",
    404: "Shopify knows no store at this address: check shop",
    423: "Shopify has locked the store: the store's owner must ask Shopify's support",
}
_GAVE_UP = frozenset({408, 425})  # somebody on the way lost patience; what was sent may have arrived all the same
_NOT_LET_IN = 503  # of what ends without an answer, the one that says that nothing happened
_BROKEN_INSIDE = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT"})
_LONGEST_TEXT = 300  # of what Shopify says, in an error that people read
_SHORTEST_WAIT = 1.0  # seconds; Shopify's own advice
_LONGEST_WAIT = 3600.0


class TooCostly(Rejected):
    """One request may cost 1,000 points: the same one must be asked in smaller pieces."""


def of_login(status: int, headers: Mapping[str, str], text: str) -> ChannelError | None:
    """Name what a refused login means; Shopify answers in JSON or in a page, so its words are looked for."""
    if status in (400, 401, 403):
        known = next((message for word, message in LOGIN_REFUSALS.items() if word in text), WRONG_SECRET)
        return ActionRequired(known, code=str(status))
    return of_status(status, headers, acting=False, pasted=False)


def of_status(status: int, headers: Mapping[str, str], *, acting: bool, pasted: bool) -> ChannelError | None:
    """Name what the HTTP status means; `acting`: the request may have changed something; `pasted`: no new token."""
    said = f"Shopify answered {status}" + _request_id(headers)
    if status == 200:
        return None
    if status == 401:
        return ActionRequired(WRONG_TOKEN, code="401") if pasted else TokenExpired(said, code="401")
    if status in _PERSON:
        return ActionRequired(_PERSON[status], code=str(status))
    if status == 429:
        return RateLimited(said, code="429", retry_after=retry_after(headers))
    if status >= 500 or status in _GAVE_UP:
        return unclear(said, acting=acting and status != _NOT_LET_IN, code=str(status))
    if 300 <= status < 400:
        return ActionRequired(f"{said}: the store has moved; check shop", code=str(status))
    return Rejected(said, code=str(status))


def of_errors(
    errors: Sequence[envelope.Error], cost: envelope.Cost | None, *, headers: Mapping[str, str], acting: bool
) -> ChannelError | None:
    """Name what the errors beside the data mean; the first one that says what to do decides."""
    if not errors:
        return None
    codes = {error.code: error for error in reversed(errors)}
    said = "; ".join(in_words(error.message, error.code) for error in errors)[:_LONGEST_TEXT] + _request_id(headers)
    if "THROTTLED" in codes:
        return RateLimited(f"Shopify asks for a pause: {said}", code="THROTTLED", retry_after=wait(cost))
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostly(f"Shopify: {said}", code="MAX_COST_EXCEEDED")
    if "ACCESS_DENIED" in codes:
        return ActionRequired(f"Shopify: {said}. Grant the app this scope, then check again", code="ACCESS_DENIED")
    if "SHOP_INACTIVE" in codes:
        return ActionRequired(f"Shopify says that the store is not active: {said}", code="SHOP_INACTIVE")
    broken = next((code for code in codes if code in _BROKEN_INSIDE), "")
    if broken:
        return unclear(f"Shopify: {said}", acting=acting, code=broken)
    return Rejected(f"Shopify: {said}", code=errors[0].code)


def of_user_errors(errors: Iterable[envelope.UserError]) -> Rejected | None:
    """Say with the path of each field what Shopify did not take; None where it took all."""
    found = tuple(errors)
    if not found:
        return None
    said = "; ".join(
        f"{'.'.join(error.field)}: {text}" if error.field else text
        for error in found
        for text in [in_words(error.message, error.code or "")]
    )
    return Rejected(f"Shopify: {said}"[:_LONGEST_TEXT], code=found[0].code or "")


def unclear(said: str, *, acting: bool, code: str = "") -> ChannelError:
    """A failure after which the hub must read back first where something may have changed."""
    return UnknownOutcome(said, code=code) if acting else Temporary(said, code=code)


def wait(cost: envelope.Cost | None) -> timedelta:
    """How long until the bucket holds the cost of this request again."""
    return timedelta(seconds=min(max(_refill(cost), _SHORTEST_WAIT), _LONGEST_WAIT))


def pause(cost: envelope.Cost | None) -> timedelta | None:
    """How long to leave the store alone before asking the like again; None where the bucket is full enough."""
    return wait(cost) if _refill(cost) > 0 else None


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read the seconds of Retry-After; None where it says none."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return timedelta(seconds=min(seconds, _LONGEST_WAIT)) if math.isfinite(seconds) and seconds > 0 else None


def _refill(cost: envelope.Cost | None) -> float:
    status = cost.throttle_status if cost else None
    if cost is None or status is None or status.restore_rate <= 0:
        return 0.0
    return ((cost.requested_query_cost or 0.0) - status.currently_available) / status.restore_rate


def in_words(message: str, code: str) -> str:
    return f"{message} ({code})" if code else message


def _request_id(headers: Mapping[str, str]) -> str:
    found = headers.get("x-request-id", "")[:60]
    return f" [request {found}]" if found else ""
