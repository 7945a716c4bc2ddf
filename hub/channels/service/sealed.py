"""Secrets as JSON, sealed for the one row they belong to."""

from __future__ import annotations

import msgspec
from hub_hookspecs import Token

from hub.channels.rules import Typed
from hub.kernel.sealing import KeyRing, seal, unseal


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """What the host made up for one set of credentials; never shown."""

    token: str  # the last part of the callback URL
    generated: dict[str, str]

    def __repr__(self) -> str:
        return "Connected(…)"


def seal_settings(ring: KeyRing, account_id: str, settings: Typed) -> str:
    return seal(ring, msgspec.json.encode(settings), settings_context(account_id))


def open_settings(ring: KeyRing, account_id: str, sealed: str) -> Typed:
    settings: Typed = msgspec.json.decode(unseal(ring, sealed, settings_context(account_id)))
    return settings


def seal_token(ring: KeyRing, credentials: str, token: Token) -> str:
    return seal(ring, msgspec.json.encode(token), token_context(credentials))


def open_token(ring: KeyRing, credentials: str, sealed: str) -> Token:
    return msgspec.json.decode(unseal(ring, sealed, token_context(credentials)), type=Token)


def seal_connected(ring: KeyRing, credentials: str, connected: Connected) -> str:
    return seal(ring, msgspec.json.encode(connected), connected_context(credentials))


def open_connected(ring: KeyRing, credentials: str, sealed: str) -> Connected:
    return msgspec.json.decode(unseal(ring, sealed, connected_context(credentials)), type=Connected)


def settings_context(account_id: str) -> str:
    return f"account:{account_id}"


def token_context(credentials: str) -> str:
    return f"token:{credentials}"


def connected_context(credentials: str) -> str:
    return f"connection:{credentials}"
