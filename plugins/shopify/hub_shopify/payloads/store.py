"""Who the store is, what the app may do there, and where the store keeps its goods."""

import msgspec

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import Nodes


class ShopAddress(Wire, frozen=True):
    country_code_v2: str | None = msgspec.field(default=None, name="countryCodeV2")


class Plan(Wire, frozen=True):
    public_display_name: str = ""
    partner_development: bool = False


class CheckedShop(Wire, frozen=True):
    id: str
    name: str = ""
    myshopify_domain: str = ""
    iana_timezone: str = ""
    shop_address: ShopAddress = ShopAddress()
    plan: Plan = Plan()


class AccessScope(Wire, frozen=True):
    handle: str = ""


class Installation(Wire, frozen=True):
    access_scopes: tuple[AccessScope, ...] = ()


class Check(Wire, frozen=True):
    shop: CheckedShop
    current_app_installation: Installation


class LocationAddress(Wire, frozen=True):
    country_code: str | None = None


class Location(Wire, frozen=True):
    id: str
    name: str = ""
    is_active: bool = False
    is_fulfillment_service: bool = False
    address: LocationAddress = LocationAddress()


class Locations(Wire, frozen=True):
    locations: Nodes[Location]
