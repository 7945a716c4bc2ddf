"""Seals what a buyer would not want everybody to read, for the key that the app has registered."""

import base64
import os
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from hub_tokopedia.sandbox.answers import Refused

_NONCE = 12
Json = dict[str, Any]  # Any: JSON


def uploaded(request: httpx.Request, field: str) -> bytes:
    """The file in this field of a multipart form; `Refused` where there is none."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(head + request.read()).walk():
        content = part.get_payload(decode=True)
        if part.get_param("name", header="content-disposition") == field and isinstance(content, bytes):
            return content
    raise Refused(400, f"Field [{field}] should not be empty, please fill the empty field", code="OPENAPI_DLV_001")


def public_key(pem: bytes) -> rsa.RSAPublicKey:
    """Read a registered key; `Refused` where it is none."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused(400, "Public key is not valid", code="OPENAPI_DLV_001") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise Refused(400, "Public key is not valid", code="OPENAPI_DLV_001")
    return key


def sealed(content: Json, key: rsa.RSAPublicKey, *, size: int = 32) -> Json:
    """Put it into an envelope: the AES key under RSA, then ciphertext, tag and, last, the nonce."""
    secret, nonce = AESGCM.generate_key(bit_length=size * 8), os.urandom(_NONCE)
    wrapped = key.encrypt(secret, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    body = AESGCM(secret).encrypt(nonce, msgspec.json.encode(content), None) + nonce
    return {"secret": base64.b64encode(wrapped).decode(), "content": base64.b64encode(body).decode()}


def masked(text: str) -> str:
    """What stands where the clear text would be."""
    return f"{text[:1]}***" if text else ""
