"""The types that a metafield may have, by the names that Shopify's documentation and its refusals list."""

_ALONE = ("boolean", "id", "json", "language", "money", "multi_line_text_field", "rich_text_field")
_ALSO_LISTED = (
    *(
        "color",
        "date",
        "date_time",
        "link",
        "number_decimal",
        "number_integer",
        "rating",
        "single_line_text_field",
        "url",
    ),
    *("antenna_gain", "area", "battery_charge_capacity", "battery_energy_capacity", "capacitance", "concentration"),
    *("data_storage_capacity", "data_transfer_rate", "dimension", "display_density", "distance", "duration"),
    *("electric_current", "electrical_resistance", "energy", "frequency", "illuminance", "inductance"),
    *("luminous_flux", "mass_flow_rate", "power", "pressure", "resolution", "rotational_speed", "sound_level"),
    *("speed", "temperature", "thermal_power", "voltage", "volume", "volumetric_flow_rate", "weight"),
    *("article_reference", "collection_reference", "company_reference", "customer_reference", "file_reference"),
    *("metaobject_reference", "mixed_reference", "order_reference", "page_reference", "product_reference"),
    *("product_taxonomy_value_reference", "variant_reference"),
)
TYPES = (*_ALONE, *_ALSO_LISTED, *(f"list.{each}" for each in _ALSO_LISTED))


def objection(name: str) -> str:
    """Say in Shopify's words that there is no such type; "" where there is."""
    return "" if name in TYPES else f"Type name {name} is not a valid type. Valid types are: {', '.join(TYPES)}."
