"""Refusals on every layer, and the envelopes around them, as Shopify words them."""

from typing import Any

import httpx
import msgspec
from graphql import GraphQLError

Json = dict[str, Any]  # Any: JSON

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Denied(Exception):
    """The request ends before any GraphQL: `errors` is a plain string."""

    def __init__(self, status: int, errors: str) -> None:
        super().__init__(errors)
        self.status = status
        self.errors = errors


class OAuthDenied(Exception):
    """The token endpoint says no, in the page that a browser would show."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(error)
        self.error = error
        self.why = why


class Refused(GraphQLError):
    """A top-level error with a code; raised in a resolver it takes only that field."""

    def __init__(self, code: str, message: str, **more: Any) -> None:  # Any: JSON of `extensions`
        super().__init__(message, extensions={"code": code, **more})
        self.code = code


class Strict(Refused):
    """What Shopify would let pass or has, and this sandbox does not: a mistake of whoever asks, or a gap of ours."""

    def __init__(self, message: str) -> None:
        super().__init__("SANDBOX_REFUSES", f"the sandbox refuses: {message}")


def denied(why: Denied) -> httpx.Response:
    return answer({"errors": why.errors}, why.status)


def oauth_denied(why: OAuthDenied) -> httpx.Response:
    title = f"Oauth error {why.error}"
    page = f"<!DOCTYPE html><html><head><title>400 - {title}</title></head><body>{title}: {why.why}</body></html>"
    return httpx.Response(400, text=page, headers={"Content-Type": "text/html; charset=utf-8"})


def answer(body: Json, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=msgspec.json.encode(body), headers=_JSON)


def user_error(field: list[str] | None, message: str, code: str | None = None) -> Json:
    """One entry of `userErrors`; `field` leads from the arguments to the culprit."""
    return {"field": field, "message": message, "code": code}
