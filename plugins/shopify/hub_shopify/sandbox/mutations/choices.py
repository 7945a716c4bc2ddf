"""The options of a product and what each variant chose of them."""

from collections import Counter
from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, id_of
from hub_shopify.sandbox.mutations.wrongs import Path, Wrongs, refused
from hub_shopify.sandbox.records import DEFAULT_OPTION, Option, Product

MOST_OPTIONS, MOST_VARIANTS = 3, 2_048


def options_from(context: Context, given: list[Any], at: Path) -> list[Option]:  # Any: coerced inputs
    """The options that an input lists, in their order."""
    if len(given) > MOST_OPTIONS:
        raise refused(at, f"Can only specify a maximum of {MOST_OPTIONS} options", "OPTIONS_OVER_LIMIT")
    if any(each.get("linkedMetafield") for each in given):
        raise Strict("options that are linked to metafields are not built")
    listed = sorted(given, key=lambda each: each.get("position") or 0)
    options = [_option(context, each, (*at, number)) for number, each in enumerate(listed)]
    if repeated := _repeated(option.name for option in options):
        raise refused(at, f"Option name '{repeated}' is duplicated", "DUPLICATED_OPTION_NAME")
    return options


def _option(context: Context, given: Json, at: Path) -> Option:
    values = [each["name"] for each in given.get("values") or ()]
    if not given.get("name") or not values:
        raise refused(at, "Option values are missing", "OPTION_VALUES_MISSING")
    if repeated := _repeated(values):
        raise refused(at, f"Option value '{repeated}' is duplicated", "DUPLICATED_OPTION_VALUE")
    ref = id_of(given["id"], "ProductOption") if given.get("id") else None
    return Option(ref or context.shop.new_id(), given["name"], values)


def default_option(context: Context) -> Option:
    return Option(context.shop.new_id(), DEFAULT_OPTION[0], [DEFAULT_OPTION[1]])


def chosen(product: Product, given: list[Any], at: Path, *, strict: bool) -> tuple[str, ...]:  # Any: coerced inputs
    """What a variant chose, in the order of the options; `strict`: only among the values that the options list."""
    by_name = {_option_named(product, each, at).name: each.get("name") for each in given}
    missing = [option.name for option in product.options if not by_name.get(option.name)]
    if missing:
        raise refused(at, f"You need to add option values for {', '.join(missing)}", "NEED_TO_ADD_OPTION_VALUES")
    for option in product.options:
        value = str(by_name[option.name])
        if value not in option.values:
            if strict:
                raise refused(at, f"Option value '{value}' does not exist", "OPTION_VALUE_DOES_NOT_EXIST")
            option.values.append(value)
    return tuple(str(by_name[option.name]) for option in product.options)


def _option_named(product: Product, given: Json, at: Path) -> Option:
    if given.get("linkedMetafieldValue") or given.get("id"):
        raise Strict("option values by id or by a linked metafield are not built")
    ref = id_of(given["optionId"], "ProductOption") if given.get("optionId") else None
    for option in product.options:
        if option.id == ref or option.name == given.get("optionName"):
            return option
    raise refused(at, f"Option '{given.get('optionName')}' does not exist", "OPTION_DOES_NOT_EXIST")


def check_combinations(product: Product, at: Path, wrongs: Wrongs, code: str) -> None:
    """Each combination stands once in a product; the later one is the culprit."""
    seen: set[tuple[str, ...]] = set()
    for number, variant in enumerate(product.variants):
        if variant.values in seen:
            message = f"The variant '{variant.title}' already exists. Please change at least one option value."
            wrongs.add((*at, number), message, code)
        seen.add(variant.values)


def _repeated(names: Any) -> str | None:  # Any: strings
    return next((name for name, times in Counter(names).items() if times > 1), None)
