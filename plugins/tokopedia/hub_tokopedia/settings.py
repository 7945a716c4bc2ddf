"""What a merchant types in to connect a Tokopedia shop."""

from typing import Annotated

import msgspec
from hub_hookspecs import GeneratedKeyPair, GeneratedSecret, Secret

# `$` alone would let a trailing line break through; `\Z` is unknown to the browsers that check the form.
_END = r"(?!\n)$"
_NUMBER = rf"^[1-9][0-9]{{0,18}}{_END}"
# 1 to 65535
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)"
_URL = rf"^https?://{_HOST}(:{_PORT})?(/[^\s?#]*)?{_END}"


class TokopediaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """FS ID, Client ID and Client Secret belong to the app; Shop ID belongs to the shop."""

    fs_id: Annotated[
        str,
        msgspec.Meta(
            title="FS ID",
            description="The App ID of the fulfilment-service app, digits only, from Tokopedia's developer console.",
            pattern=_NUMBER,
            examples=["13004"],
        ),
    ]
    shop_id: Annotated[
        str,
        msgspec.Meta(
            title="Shop ID",
            description="The number of the shop, digits only; not its name and not the FS ID.",
            pattern=_NUMBER,
            examples=["479573"],
        ),
    ]
    client_id: Annotated[
        str,
        msgspec.Meta(
            title="Client ID",
            description=(
                "Identifies the app at Tokopedia's login; it comes together with the Client Secret. "
                "1 to 100 plain letters, digits and signs; no space and no colon."
            ),
            min_length=1,
            max_length=100,
            pattern=rf"^[!-9;-~]+{_END}",  # a colon would end the user part of the Basic login
        ),
    ]
    client_secret: Annotated[
        Secret,
        msgspec.Meta(
            title="Client Secret",
            description="Stored sealed and never shown again. 1 to 200 plain letters, digits and signs; no space.",
            min_length=1,
            max_length=200,
            pattern=rf"^[!-~]+{_END}",
        ),
    ]
    accounts_url: Annotated[
        str,
        msgspec.Meta(
            title="Login address",
            description=(
                "Where tokens come from; a port is a number from 1 to 65535. "
                "Change it only for a service that still speaks this API."
            ),
            max_length=200,
            pattern=_URL,
        ),
    ] = "https://accounts.tokopedia.com"
    api_url: Annotated[
        str,
        msgspec.Meta(
            title="API address",
            description=(
                "Where products and orders are read; a port is a number from 1 to 65535. "
                "Change it only for a service that still speaks this API."
            ),
            max_length=200,
            pattern=_URL,
        ),
    ] = "https://fs.tokopedia.net"
    buyer_key: Annotated[
        GeneratedKeyPair,
        msgspec.Meta(title="Key pair", description="Tokopedia seals names and addresses of buyers for it."),
    ] = ""
    webhook_secret: Annotated[
        GeneratedSecret,
        msgspec.Meta(title="Webhook secret", description="Tokopedia signs its webhooks with it."),
    ] = ""

    def __repr__(self) -> str:
        """Tell no secret, wherever somebody prints it."""
        return f"TokopediaSettings(shop {self.shop_id!r} at {self.api_url!r})"
