"""The signature, apart from the plugin's own: both are held to the same vectors."""

import base64
import hmac


def signature(text: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()
