"""What a merchant types in to connect a Shopify store."""

from typing import Annotated, Literal

import msgspec
from hub_hookspecs import Secret

# `$` alone would let a trailing line break through; `\Z` is unknown to the browsers that check the form.
_END = r"(?!\n)$"
# 1 to 65535
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_ONE_WAY = "give either client_id and client_secret together, or access_token alone"


class ShopifySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One store, and one way in: the id and secret of an own app, or the pasted token of an older one."""

    shop: Annotated[
        str,
        msgspec.Meta(
            title="Store address",
            description=(
                "The store's permanent address at Shopify, in lower case and without https://; "
                "not its domain of its own."
            ),
            max_length=100,
            pattern=rf"^[a-z0-9][a-z0-9-]*\.myshopify\.com{_END}",
            examples=["toko-batik-ayu.myshopify.com"],
        ),
    ]
    client_id: Annotated[
        str,
        msgspec.Meta(
            title="Client ID",
            description=(
                "Of the app that you made in Shopify's Dev Dashboard. Up to 100 plain letters, digits and signs; "
                "no space. Empty with an access token."
            ),
            max_length=100,
            pattern=rf"^[!-~]*{_END}",
        ),
    ] = ""
    client_secret: Annotated[
        Secret,
        msgspec.Meta(
            title="Client secret",
            description=(
                "Comes with the Client ID; stored sealed and never shown again. "
                "Up to 200 plain letters, digits and signs; no space."
            ),
            max_length=200,
            pattern=rf"^[!-~]*{_END}",
        ),
    ] = ""
    access_token: Annotated[
        Secret,
        msgspec.Meta(
            title="Access token",
            description=(
                "Only for apps made in the store's admin before 2026: the token that begins with shpat_. "
                "Stored sealed and never shown again. Up to 200 plain letters, digits and signs; no space."
            ),
            max_length=200,
            pattern=rf"^[!-~]*{_END}",
        ),
    ] = ""
    new_products: Annotated[
        Literal["draft", "active"],
        msgspec.Meta(
            title="New products start as",
            description=(
                "draft: somebody looks at them in Shopify first. active: they can be sold as soon as they are "
                "published to a sales channel there."
            ),
        ),
    ] = "draft"
    former_client_secret: Annotated[
        Secret,
        msgspec.Meta(
            title="Former client secret",
            description=(
                "Only for the hours after you gave the app a new secret: Shopify still signs with the one before. "
                "Stored sealed and never shown again. Up to 200 plain letters, digits and signs; no space."
            ),
            max_length=200,
            pattern=rf"^[!-~]*{_END}",
        ),
    ] = ""
    sandbox_url: Annotated[
        str,
        msgspec.Meta(
            title="Sandbox",
            description=(
                "Only for trials: a sandbox on this machine, such as http://127.0.0.1:8902; a port is from 1 to 65535. "
                "Empty: Shopify itself."
            ),
            max_length=60,
            pattern=rf"^(http://(127\.0\.0\.1|localhost)(:{_PORT})?)?{_END}",
        ),
    ] = ""

    def __post_init__(self) -> None:
        if self.access_token and (self.client_id or self.client_secret):
            raise ValueError(f"access_token is given beside client_id or client_secret: {_ONE_WAY}")
        if self.former_client_secret and not self.client_secret:
            raise ValueError("former_client_secret is given without client_secret, which took its place: give that too")
        if self.access_token:
            return
        if not (self.client_id or self.client_secret):
            raise ValueError(f"client_id is missing, and so is client_secret: {_ONE_WAY}")
        if not (self.client_id and self.client_secret):
            missing = "client_secret" if self.client_id else "client_id"
            raise ValueError(f"{missing} is missing: {_ONE_WAY}")

    def __repr__(self) -> str:
        """Tell no secret, wherever somebody prints it."""
        return f"ShopifySettings({self.shop!r})"

    @property
    def base_url(self) -> str:
        """Where this store is asked: nowhere but at Shopify, or on this machine."""
        return self.sandbox_url or f"https://{self.shop}"
