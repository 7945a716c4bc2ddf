"""Which of Shopify's access scopes each capability needs: what the documents touch, by the published schema."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from hub_hookspecs import Capability

NEEDS: Mapping[Capability, tuple[str, ...]] = MappingProxyType(
    {
        Capability.IMPORT_ITEMS: ("read_products", "read_inventory", "read_locations"),
        Capability.PUSH_PRODUCT: ("write_products", "read_inventory"),
        Capability.PUSH_STOCK: ("read_products", "write_inventory", "read_locations"),
        Capability.SYNC_STOCK: ("read_products", "read_inventory", "read_locations"),
        Capability.IMPORT_ORDERS: (
            *("read_orders", "read_products", "read_locations"),
            *("read_merchant_managed_fulfillment_orders", "read_third_party_fulfillment_orders"),
        ),
        Capability.CONFIRM_SHIPMENT: ("read_orders", "read_locations", "write_merchant_managed_fulfillment_orders"),
    }
)
_NAMED = {scope for needed in NEEDS.values() for scope in needed}
ALL = tuple(sorted(_NAMED - {scope.replace("write_", "read_", 1) for scope in _NAMED if scope.startswith("write_")}))


def lacking(granted: Iterable[str]) -> dict[Capability, str]:
    """Say for each capability whose scopes were not all granted what is missing and where to add it."""
    held = frozenset(granted)
    found = {capability: tuple(_missing(needed, held)) for capability, needed in NEEDS.items()}
    return {capability: _in_words(missing) for capability, missing in found.items() if missing}


def _missing(needed: Iterable[str], held: frozenset[str]) -> Iterator[str]:
    """Name what was not granted."""
    for scope in needed:
        if not holds(held, scope):
            yield scope


def holds(granted: Collection[str], scope: str) -> bool:
    """Whether a scope was granted; `write_x` includes `read_x`."""
    return scope in granted or scope.replace("read_", "write_", 1) in granted


def _in_words(missing: tuple[str, ...]) -> str:
    scopes = f"scope{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    return f"the app was not granted the {scopes}: add it to the app's version in Shopify, release it and approve it"
