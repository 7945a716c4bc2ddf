"""The two envelopes, and the refusals that the sandbox knows."""

from typing import Any

import httpx
import msgspec

_FINE = "Your request has been processed successfully"
_MALFORMED = "We could not process your request due to malformed request, please check again"
_BROKEN = "Our server encounters an error, please try again later"
_JSON = {"Content-Type": "application/json"}


class Refused(Exception):
    """The request ends here, with this status, code and reason; `old` speaks the older envelope."""

    def __init__(self, status: int, reason: str, *, code: str = "", old: bool = False) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.code = code
        self.old = old


def fine(data: object, *, process_time: float | str, status: int = 200) -> httpx.Response:
    return _json(status, {"header": {"process_time": process_time, "messages": _FINE}, "data": data})


def found(data: object) -> httpx.Response:
    """Answer as the category look-up does, with every key of the header filled in: success is the integer 0."""
    header = {"process_time": 0.184012578, "messages": "", "reason": "", "error_code": 0}
    return _json(200, {"header": header, "data": data})


def refused(why: Refused) -> httpx.Response:
    if why.old:
        status = f"{why.status} {httpx.codes.get_reason_phrase(why.status)}"
        return _json(why.status, {"data": None, "status": status, "error_message": [why.reason]})
    header: dict[str, Any] = {
        "process_time": 0.0156,
        "messages": _BROKEN if why.status >= 500 else _MALFORMED,
    }  # Any: JSON
    header |= {"reason": why.reason} if why.reason else {}
    header |= {"error_code": why.code} if why.code else {}
    return _json(why.status, {"header": header, "data": None})


def plain(status: int, body: dict[str, Any]) -> httpx.Response:  # Any: JSON
    """Answer without an envelope, as the token endpoint does."""
    return _json(status, body)


def _json(status: int, body: dict[str, Any]) -> httpx.Response:  # Any: JSON
    return httpx.Response(status, content=msgspec.json.encode(body), headers=_JSON)
