"""The signature of the reference covers method and path alone: a captured header would hold for ever, so TLS must.

Callbacks are signed in a way of our own, over the time and the whole body.
"""

import base64
import hmac


def sign_request(method: str, path: str, secret: str) -> str:
    return _signed(f"{method}${path}$".encode(), secret)


def sign_callback(timestamp: str, body: bytes, secret: str) -> str:
    return _signed(f"POST${timestamp}$".encode() + body, secret)


def _signed(text: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()
