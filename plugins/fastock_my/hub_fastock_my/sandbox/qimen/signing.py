"""The signature, apart from the plugin's own: both are held to the same vectors."""

import hashlib


def signature(parameters: dict[str, str], body: bytes, secret: str) -> str:
    pairs = sorted((name, value) for name, value in parameters.items() if name != "sign")
    text = secret.encode() + b"".join((name + value).encode() for name, value in pairs) + body + secret.encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()
