"""What a hook's failure means for the hub, whatever the plugin let slip through."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import ClassVar

import httpx
import msgspec
import sqlalchemy as sa
from dramatiq.middleware.threading import Interrupt
from hub_hookspecs import (
    ActionRequired,
    ChannelError,
    RateLimited,
    Rejected,
    Temporary,
    TokenExpired,
    UnknownOutcome,
)

from hub.kernel.errors import HubError

MAY_BE_UNKNOWN = frozenset(
    {
        "push_product",
        "push_inbound",
        "push_outbound",
        "create_label",
        "cancel_outbound",
        "confirm_shipment",
        "answer_cancellation",
    }
)
LONGEST_PAUSE = timedelta(hours=1)
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
BROKEN_ANSWER = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError, httpx.DecodingError)
OUR_MISTAKE = (httpx.LocalProtocolError, httpx.StreamError)
TRY_AGAIN = frozenset({408, 425})


class PluginBug(HubError):
    """A plugin broke the contract: dead-lettered with its traceback, never retried blindly."""

    status: ClassVar[int] = 502

    def __init__(self, plugin: str, hook: str, message: str) -> None:
        super().__init__(f"{plugin}.{hook}: {message}", code="plugin_bug", source=f"plugin:{plugin}")


class SettingsRefused(ActionRequired):
    """A person must act on settings of this version; whoever has replaced them since has acted already."""

    def __init__(self, refusal: ActionRequired, *, version: int) -> None:
        super().__init__(str(refusal), code=refusal.code)
        self.version = version


def must_pass(error: BaseException) -> bool:
    """Whether this is the process's own wish to stop, not the plugin's."""
    ctrl_c = isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()
    return ctrl_c or isinstance(error, Interrupt)


def meaning(error: BaseException, *, plugin: str, hook: str, sent: bool) -> ChannelError | HubError:
    """Name `error` for what the hub does next; `sent` says that bytes have left for the channel."""
    unknown = hook in MAY_BE_UNKNOWN
    match error:
        case ChannelError():
            return _on_purpose(error, hook=hook, unknown=unknown)
        case httpx.HTTPStatusError():
            return _from_status(error.response, hook=hook, unknown=unknown)
        case httpx.InvalidURL():
            return ActionRequired(f"the channel's address is not valid ({error}): correct the account's settings")
        case httpx.HTTPError() if not isinstance(error, OUR_MISTAKE):
            return _from_transport(error, hook=hook, unknown=unknown)
        case _ if isinstance(error, BROKEN_ANSWER):
            verdict = UnknownOutcome if unknown else Temporary
            return verdict(f"{hook}: the channel's answer cannot be read: {error}", code="broken_answer")
        case PluginBug():
            bug = error
        case sa.exc.SQLAlchemyError():  # of the hub's own records of the call; the statement stays in the log
            bug = PluginBug(plugin, hook, f"{type(error).__name__}: the hub's database refused a statement or was away")
        case _:
            bug = PluginBug(plugin, hook, f"{type(error).__name__}: {error}")
    if unknown and sent:  # the plugin broke after it had spoken: the channel may have acted
        return UnknownOutcome(f"{bug}; the request had already been sent", code="plugin_bug")
    return bug


def _on_purpose(error: ChannelError, *, hook: str, unknown: bool) -> ChannelError:
    if isinstance(error, UnknownOutcome) and not unknown:
        return Temporary(str(error), code=error.code)
    hidden = error.__cause__ or error.__context__
    if unknown and type(error) is Temporary and isinstance(hidden, httpx.HTTPError):
        # A plugin that calls every network error temporary must not make the hub send twice.
        found = meaning(hidden, plugin="", hook=hook, sent=True)
        return UnknownOutcome(str(error), code=error.code) if isinstance(found, UnknownOutcome) else error
    return error


def _from_transport(error: httpx.HTTPError, *, hook: str, unknown: bool) -> ChannelError:
    if isinstance(error, NOT_SENT):
        return Temporary(f"{hook}: cannot reach {_host(error)}: {error}", code="unreachable")
    text = f"{hook}: {_host(error)} gave no clear answer: {type(error).__name__} {error}".rstrip()
    return UnknownOutcome(text, code="no_answer") if unknown else Temporary(text, code="no_answer")


def _from_status(response: httpx.Response, *, hook: str, unknown: bool) -> ChannelError:
    status = response.status_code
    text = f"{hook}: {response.request.url.host} answered {status} {response.reason_phrase}"
    reaction: Callable[..., ChannelError]  # the errors differ in their keywords
    match status:
        case 401:
            return TokenExpired(text, code="401")
        case 429:
            return RateLimited(text, code="429", retry_after=retry_after(response.headers.get("retry-after", "")))
        case 403:
            reaction = ActionRequired
        case 503:
            wait = retry_after(response.headers.get("retry-after", ""))
            return Temporary(text, code="503", retry_after=wait)
        case _ if status >= 500 or status in TRY_AGAIN:
            reaction = UnknownOutcome if unknown else Temporary
        case _ if status >= 400:
            reaction = Rejected
        case _:
            text += ": the address has moved; correct the account's settings"
            reaction = ActionRequired
    return reaction(text, code=str(status))


def retry_after(header: str) -> timedelta | None:
    """Read Retry-After, as seconds or as an HTTP date, as a pause between nothing and an hour."""
    try:
        if header.strip().isdigit():
            pause = timedelta(seconds=min(int(header), 3600))
        else:
            then = parsedate_to_datetime(header)
            pause = then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(pause, timedelta(0)), LONGEST_PAUSE)


def _host(error: httpx.HTTPError) -> str:
    try:
        return error.request.url.host
    except RuntimeError:  # raised outside a request
        return "the channel"
