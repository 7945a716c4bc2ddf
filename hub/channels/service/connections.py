"""One connection per set of credentials: what the host generates for it and where its channel calls back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.channels import store
from hub.channels.service.sealed import Connected, open_connected, seal_connected
from hub.channels.service.wiring import Channels
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Unavailable


def connected(channels: Channels, db: Transaction, credentials: str) -> Connected | None:
    sealed = store.connections.connection_of(db, credentials)
    return None if sealed is None else open_connected(channels.ring, credentials, sealed)


def expected(channels: Channels, db: Transaction, credentials: str) -> Connected:
    found = connected(channels, db, credentials)
    if found is None:
        raise NotFound("connection")
    return found


def invented(wanted: Mapping[str, str]) -> Connected:
    """A new connection with a value for each generated setting; `wanted` names their sorts."""
    return Connected(
        token=secrets.token_urlsafe(32), generated={name: _generate(sort) for name, sort in wanted.items()}
    )


def settle(channels: Channels, db: Transaction, credentials: str, *, plugin: str, proven: Connected) -> None:
    """Keep the connection that was proven, unless the same credentials were connected meanwhile."""
    stands = store.connections.settle(
        db,
        credentials,
        plugin=plugin,
        digest=digest(proven.token),
        sealed=seal_connected(channels.ring, credentials, proven),
    )
    if open_connected(channels.ring, credentials, stands).generated != proven.generated:
        raise Unavailable("another account with the same credentials is being connected; try again in a moment")


def callback_url(channels: Channels, plugin: str, connection: Connected) -> str:
    return f"{channels.public_url.rstrip('/')}/webhooks/{plugin}/{connection.token}"


def digest(token: str) -> str:
    """What a connection is found by: the token is random enough that its plain digest tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _generate(sort: str) -> str:
    if sort == "secret":
        return secrets.token_urlsafe(32)
    private = rsa.generate_private_key(public_exponent=65537, key_size=int(sort.removeprefix("rsa-")))
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
