"""The signature of Qimen: secret, sorted parameters, the body exactly as sent, secret; MD5 in capitals.

A weak one, as its dialect has it: it holds over TLS only, and for a few minutes.
"""

import hashlib
from collections.abc import Mapping


def sign(parameters: Mapping[str, str], body: bytes, secret: str) -> str:
    text = "".join(name + parameters[name] for name in sorted(parameters) if name != "sign")
    edge = secret.encode()
    told = text.encode("utf-8", "surrogatepass")  # a callback may carry anything; it is refused and breaks nothing
    digest = hashlib.md5(edge + told + body + edge, usedforsecurity=False)
    return digest.hexdigest().upper()
