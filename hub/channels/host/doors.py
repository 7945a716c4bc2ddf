"""How a hook meets an account: the channels slice opens the door, the host asks for nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from hub_hookspecs import Account, ActionRequired, Capability, Channel

AnyAccount = Account[Any]  # Any: every plugin has settings of its own


class Door(Protocol):
    """One account, and its token when it is needed."""

    @property
    def account_id(self) -> str: ...

    @property
    def version(self) -> int | None:
        """Give that of the settings behind it; None where none are kept yet."""
        ...

    @property
    def lacks(self) -> Mapping[Capability, str]:
        """Say what this account may not do beyond what its channel cannot: its check, and the merchant's switch."""
        ...

    def open(self) -> AnyAccount:
        """Give the account with its current token."""
        ...

    def renew(self) -> AnyAccount:
        """Give it with a new token, after the one last opened has failed."""
        ...


def unplugged(channel: Channel) -> httpx.Client:
    """Give a channel that declares `offline` a client that sends nothing; using it is a mistake in the plugin."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"{channel.title} declares that it talks to no network and asked for {request.url.host}")

    return httpx.Client(transport=httpx.MockTransport(refuse), trust_env=False)


@dataclass(frozen=True, kw_only=True)
class OpenDoor:
    """An account as it stands, with a token nobody can renew: while it is authorised, or authenticates."""

    account: AnyAccount
    lacks: Mapping[Capability, str] = field(default_factory=dict)
    version: None = None

    @property
    def account_id(self) -> str:
        return self.account.id

    def open(self) -> AnyAccount:
        return self.account

    def renew(self) -> AnyAccount:
        raise ActionRequired("the channel refused the credentials: correct the account's settings", code="401")
