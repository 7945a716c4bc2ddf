"""Settings as their plugin types them: which are secret, and whose token they lead to."""

from __future__ import annotations

import hashlib

import msgspec
from hub_hookspecs.admission import secret_fields

from hub.channels.host import Host
from hub.channels.rules import Typed


def credentials_of(host: Host, account_id: str, settings: msgspec.Struct) -> str:
    """Whose token and rate an account shares: all that agree in the channel's `token_settings`, else only itself.

    A slow hash, as secrets may be among them and some are only passwords.
    """
    names = host.channel.token_settings
    if not names:
        return account_id
    told = msgspec.json.encode([host.name, *(getattr(settings, name) for name in names)])
    return hashlib.scrypt(told, salt=b"hub credentials", n=2**14, r=8, p=1, dklen=16).hex()


def shown(host: Host, settings: Typed) -> Typed:
    """The settings that answers and events may show."""
    hidden = secret_fields(host.channel.settings)
    return {name: value for name, value in settings.items() if name not in hidden}


def secrets_in(host: Host, settings: msgspec.Struct) -> tuple[str, ...]:
    values = msgspec.to_builtins(settings)
    return tuple(str(values[name]) for name in secret_fields(host.channel.settings) if values.get(name))
