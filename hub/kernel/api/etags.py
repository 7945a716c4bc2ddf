"""ETag and If-Match: a change that was decided on old values is refused."""

from __future__ import annotations

import hashlib

import msgspec

from hub.kernel.api.requests import ApiRequest
from hub.kernel.errors import HubError


class Changed(HubError):
    """Somebody changed it since it was read."""

    status = 412

    def __init__(self) -> None:
        super().__init__("this has changed since you read it; read it again and decide anew", code="changed_since")


def etag_of(view: object) -> str:
    return f'"{hashlib.sha256(msgspec.json.encode(view)).hexdigest()[:32]}"'


def require_match(request: ApiRequest, current: object) -> None:
    """Check If-Match, where it is sent, against the current view; call it in the transaction that holds the row."""
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    if etag_of(current) not in [each.strip() for each in wanted.split(",")]:
        raise Changed
