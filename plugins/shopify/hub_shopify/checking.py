"""Who the store is, what the app may do there, and where the store keeps its goods."""

from collections.abc import Iterable, Iterator

from hub_hookspecs import AccountCheck, ActionRequired, Capability, Place

from hub_shopify import documents, scopes, version
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads import store
from hub_shopify.settings import ShopifySettings

_MOST_LOCATION_PAGES = 4  # of 250 each; a check must stay cheap
_UNSIGNED = "webhooks are signed with an app's client secret, and this account has a pasted access token alone"
_NO_PLACES = (
    "Its locations cannot be read: the app was not granted read_locations. Without places no stock can be kept."
)


def check(client: ShopifyClient, settings: ShopifySettings) -> AccountCheck:
    """Prove the account with one or two calls; what it may not do is said, not refused."""
    shop, found = settings.shop, client.query(documents.CHECK, store.Check)
    locations = tuple(_locations(client))
    complete, known = all(page is not None for page in locations), [one for page in locations for one in page or ()]
    timezone = found.shop.iana_timezone
    return AccountCheck(
        identity=found.shop.id,
        name=found.shop.name.strip() or found.shop.myshopify_domain or shop,
        shop_ref=found.shop.myshopify_domain or shop,
        country=found.shop.shop_address.country_code_v2 or "",
        places=tuple(_place(one, timezone) for one in known if one.is_active),
        lacks=scopes.lacking(one.handle for one in found.current_app_installation.access_scopes) | _unsigned(settings),
        notes=(*_about_shop(found.shop, shop), *_about_version(client.version), *_about_places(known, complete)),
    )


def _unsigned(settings: ShopifySettings) -> dict[Capability, str]:
    """Shopify signs with the app's secret, which a pasted token does not bring along."""
    return {} if settings.client_secret else {Capability.PARSE_WEBHOOK: _UNSIGNED}


def _locations(client: ShopifyClient) -> Iterator[tuple[store.Location, ...] | None]:
    """Read page after page; None where the app may not, or where there are more than a check should read."""
    after = None
    for _ in range(_MOST_LOCATION_PAGES):
        try:
            page = client.query(documents.LOCATIONS, store.Locations, after=after).locations
        except ActionRequired as error:
            if error.code != "ACCESS_DENIED":
                raise
            break
        yield page.nodes
        if not page.page_info.has_next_page:
            return
        after = page.page_info.end_cursor
    yield None


def _place(location: store.Location, timezone: str) -> Place:
    country = location.address.country_code or ""
    return Place(ref=location.id, name=location.name.strip() or location.id, country=country, timezone=timezone)


def _about_shop(shop: store.CheckedShop, asked: str) -> Iterator[str]:
    if shop.plan.public_display_name:
        yield f"The store's plan: {shop.plan.public_display_name}."
    if shop.plan.partner_development:
        yield "This is a development store: nobody can buy in it."
    if shop.myshopify_domain and shop.myshopify_domain != asked:
        yield f"Shopify calls this store {shop.myshopify_domain}: put that into shop."


def _about_version(answered: str) -> Iterator[str]:
    if said := version.warning(answered):
        yield said


def _about_places(known: Iterable[store.Location], complete: bool) -> Iterator[str]:
    locations = list(known)
    inactive = [location.name for location in locations if not location.is_active]
    served = [location.name for location in locations if location.is_active and location.is_fulfillment_service]
    if inactive:
        yield f"Left out because they are not active: {_listed(inactive)}."
    if served:
        yield f"Kept by a fulfilment service, which may write their stock itself: {_listed(served)}."
    if not complete:
        yield _NO_PLACES if not locations else f"Only its first {len(locations)} locations were read."


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
