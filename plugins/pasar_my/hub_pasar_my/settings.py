"""What a merchant types in to connect a shop at Pasar MY."""

from typing import Annotated

import msgspec
from hub_hookspecs import Secret

# `$` alone would let a trailing line break through; `\Z` is unknown to the browsers that check the form.
_END = r"(?!\n)$"
# 1 to 65535
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_URL = rf"^https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:{_PORT})?(/[^\s?#]*)?{_END}"


class PasarMySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a sandbox of this market hands out; there is no other service of it."""

    shop_id: Annotated[
        str,
        msgspec.Meta(
            title="Shop ID",
            description="The shop at the sandbox: 1 to 50 lower-case letters, digits and hyphens.",
            pattern=rf"^[a-z0-9-]{{1,50}}{_END}",
            examples=["kedai-001"],
        ),
    ]
    secret: Annotated[
        Secret,
        msgspec.Meta(
            title="Secret",
            description="Signs every request and every webhook. 1 to 100 plain letters, digits and signs; no space.",
            max_length=100,
            pattern=rf"^[!-~]+{_END}",
        ),
    ]
    service_url: Annotated[
        str,
        msgspec.Meta(
            title="Service address",
            description="Where the sandbox takes requests: this market exists nowhere else.",
            max_length=200,
            pattern=_URL,
            examples=["http://127.0.0.1:8901"],
        ),
    ]

    def __repr__(self) -> str:
        """Tell no secret, wherever somebody prints it."""
        return f"PasarMySettings({self.shop_id!r} at {self.service_url!r})"
