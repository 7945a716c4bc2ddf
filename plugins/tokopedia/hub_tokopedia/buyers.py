"""Opens what Tokopedia seals of a buyer for the key pair that the hub has made; what stays sealed stays unknown."""

import base64

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from hub_tokopedia import payloads
from hub_tokopedia.order_payloads import Encryption, Unsealed

_NONCE = 12  # bytes, and they stand last
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class Buyers:
    """The hub's key pair of one connection; `pair` "": it has none yet."""

    def __init__(self, pair: str) -> None:
        # The host made the pair and keeps it sealed; to prove it anew costs 30 ms in each call.
        self._key = load_pem_private_key(pair.encode(), None, unsafe_skip_rsa_key_validation=True) if pair else None

    @property
    def public_key(self) -> bytes:
        """The half that Tokopedia may know, as PEM; empty where there is none."""
        return (
            self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) if self._key else b""
        )

    def unsealed(self, envelope: Encryption | None) -> Unsealed | None:
        """Open an envelope. An order without one hides nothing; None: sealed for another key, or broken."""
        if envelope is None or not envelope.content:
            return Unsealed()
        if not isinstance(self._key, rsa.RSAPrivateKey):
            return None
        try:
            secret = self._key.decrypt(base64.b64decode(envelope.secret, validate=True), _OAEP)
            content = base64.b64decode(envelope.content, validate=True)
            clear = AESGCM(secret).decrypt(content[-_NONCE:], content[:-_NONCE], None)
            return payloads.read(clear, Unsealed)
        except (ValueError, InvalidTag, msgspec.DecodeError):
            return None
