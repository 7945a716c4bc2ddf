"""The shop itself, the app in it, its locations and its publications."""

from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, gid, id_of, resolves
from hub_shopify.sandbox.paging import Connection, short
from hub_shopify.sandbox.records import Location

Arguments = Any  # Any: coerced arguments of a field


@resolves("QueryRoot", "shop")
def shop(_: None, context: Context) -> Json:
    return {
        "id": gid("Shop", 70_000_000_000 + context.shop.seed),
        "name": f"Larasati & Co {context.shop.seed}",
        "myshopifyDomain": context.domain,
        "url": f"https://{context.domain}",
        "email": "toko@larasati.example",
        "currencyCode": context.shop.currency,
        "ianaTimezone": "Asia/Jakarta",
        "timezoneOffset": "+0700",
        "weightUnit": "KILOGRAMS",
        "shopAddress": {"countryCodeV2": "ID", "city": "Jakarta", "country": "Indonesia"},
        "plan": {
            "displayName": "Basic",
            "publicDisplayName": "Basic",
            "partnerDevelopment": False,
            "shopifyPlus": False,
        },
    }


@resolves("QueryRoot", "currentAppInstallation")
def app_installation(_: None, context: Context) -> Json:
    scopes = [{"handle": scope, "description": scope.replace("_", " ")} for scope in sorted(context.granted)]
    return {"id": gid("AppInstallation", 900_000_000_000 + context.shop.seed), "accessScopes": scopes}


@resolves("QueryRoot", "locations")
def locations(_: None, context: Context, **arguments: Arguments) -> Connection:
    """Closed ones and those of fulfilment services only where they are asked for."""
    if arguments.get("query") or arguments["sortKey"] not in ("NAME", "ID"):
        raise Strict("locations by `query` or sorted otherwise than by name or id")
    listed = [
        each
        for each in context.shop.locations.values()
        if (each.is_active or arguments["includeInactive"]) and (not each.service or arguments["includeLegacy"])
    ]
    return short(sorted(listed, key=lambda each: each.name if arguments["sortKey"] == "NAME" else each.id), arguments)


@resolves("QueryRoot", "location")
def location(_: None, context: Context, id: str | None = None) -> Location | None:  # noqa: A002 - the wire's name
    if id is None:
        return next(iter(context.shop.locations.values()))
    return context.shop.locations.get(id_of(id, "Location") or 0)


@resolves("Location", "isFulfillmentService")
def is_service(place: Location, _: Context) -> bool:
    return bool(place.service)


@resolves("Location", "fulfillmentService")
def service(place: Location, _: Context) -> Json | None:
    """None but for the location that a fulfilment service runs."""
    if not place.service:
        return None
    names = {"handle": place.service, "serviceName": place.name, "inventoryManagement": True, "type": "THIRD_PARTY"}
    return {"id": gid("FulfillmentService", place.id), "location": place, **names}


@resolves("Location", "shipsInventory", "fulfillsOnlineOrders")
def ships(place: Location, _: Context) -> bool:
    return place.is_active and place.fulfills_online_orders


@resolves("Location", "address")
def address(place: Location, _: Context) -> Json:
    return {"city": place.city or None, "countryCode": place.country_code, "address1": None, "zip": None}


@resolves("QueryRoot", "publications")
def publications(_: None, context: Context, **arguments: Arguments) -> Connection:
    return short(context.shop.publications.values(), arguments)
