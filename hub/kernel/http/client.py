"""Makes the `httpx.Client` that an account's hooks are given."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
import msgspec
from hub_hookspecs import Rate

from hub.kernel.db import Database


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's declared rate, and who shares it: "account:<id>" or "credentials:<hash>"."""

    rate: Rate
    scope: str


class ChannelHttp:
    """One per process: every account's client shares its connections and its buckets."""

    def __init__(self, database: Database, *, allow_loopback: bool = False, deadline: float = 20.0) -> None:
        self._database = database
        self._deadline = deadline
        self._transport = httpx.HTTPTransport(trust_env=False)

    def client(self, *, account_id: str, limit: Limit | None = None, secrets: Iterable[str] = ()) -> httpx.Client:
        """Open a client for one account; `secrets` are the values that no record may show."""
        return httpx.Client(transport=self._transport, trust_env=False, follow_redirects=False, timeout=self._deadline)

    def close(self) -> None:
        self._transport.close()
