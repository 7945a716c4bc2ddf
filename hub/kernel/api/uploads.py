"""Routes that take a file as it is: the declaration, and the check of what is sent."""

from __future__ import annotations

from typing import Any

from litestar.connection import Request
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

from hub.kernel.errors import FieldError, Invalid

OPT = "takes"
ANYTHING = "*/*"  # whatever is sent, with whatever parameters: who takes it proves what it is


class WrongFile(HTTPException):
    """The body is announced as something else."""

    status_code = 415

    def __init__(self, media_type: str) -> None:
        super().__init__(detail=f"send the file itself as '{media_type}', without Content-Encoding")


def takes(media_type: str) -> dict[str, str]:
    """Declare that a route's body is a file of this type, as part of the `opt` of its decorator."""
    return {OPT: media_type}


def taken_by(handler: BaseRouteHandler) -> str:
    """The type of file that a route takes; "" for one that takes JSON or nothing."""
    return str(handler.opt.get(OPT, ""))


async def check_upload(request: Request[Any, Any, Any], media_type: str) -> None:  # Any: any request of ours
    """Refuse another type and an empty file; the file itself is read by whoever knows its format."""
    named, _ = request.content_type
    if named != media_type or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongFile(media_type)
    if not await request.body():
        raise Invalid("the file is empty", errors=(FieldError(field="", message="send the file as the body"),))
