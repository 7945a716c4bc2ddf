"""What a person types of a product, as the body that the API would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

Sku = Annotated[str | None, typer.Option(help="Its code; one product of a merchant has it.")]
ProductName = Annotated[str | None, typer.Option("--name", help="What people call it.")]
Price = Annotated[str | None, typer.Option(metavar="'AMOUNT CURRENCY'", help="Such as '129000 IDR'.")]
Barcode = Annotated[str | None, typer.Option(help="As printed on it.")]
Weight = Annotated[int | None, typer.Option("--weight", metavar="GRAMS", help="In whole grams.")]
Size = Annotated[str | None, typer.Option(metavar="LxWxH", help="Length, width and height in whole millimetres.")]
Images = Annotated[list[str] | None, typer.Option("--image", metavar="URL", help="An image, the first one first.")]
Description = Annotated[str | None, typer.Option(help="For the people who buy it.")]
Attributes = Annotated[list[str] | None, typer.Option("--attribute", metavar="NAME=VALUE", help="What it is like.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="What tells a variant from its siblings.")
]
OfParent = Annotated[str | None, typer.Option("--parent", metavar="ID", help="What groups it with other variants.")]
Components = Annotated[
    list[str] | None, typer.Argument(metavar="[COMPONENT[=QUANTITY]]...", help="Products by id, one of each or more.")
]

_SIDES = ("length", "width", "height")
_EMPTY: Mapping[str, object] = {
    "price": None, "barcode": "", "weight_g": None, "size_mm": None, "image_urls": [], "description": "",
    "attributes": {}, "options": {}, "parent_id": None,
}  # fmt: skip
_TYPED = {
    "weight": "weight_g", "size": "size_mm", "image": "image_urls", "attribute": "attributes", "option": "options",
    "parent": "parent_id",
}  # fmt: skip


def body(unset: Sequence[str] = (), **typed: Any) -> dict[str, object]:  # Any: options differ in type
    """The fields that were given, and those in `unset` emptied."""
    given = {name: _read(name, value) for name, value in typed.items() if value is not None}
    emptied = {_field(name): _EMPTY[_field(name)] for name in unset}
    if twice := given.keys() & emptied.keys():
        raise typer.BadParameter(f"{sorted(twice)[0]}: either give it or --unset it")
    return {**given, **emptied}


def parts(components: Sequence[str]) -> list[dict[str, object]]:
    """Components as the API takes them; without a quantity it is one."""
    found: list[dict[str, object]] = []
    for typed in components:
        product_id, equals, quantity = typed.partition("=")
        if equals and not quantity.isdecimal():
            raise typer.BadParameter(f"{typed}: write a component as ID or ID=QUANTITY")
        found.append({"product_id": product_id, "quantity": int(quantity) if equals else 1})
    return found


def _read(name: str, value: object) -> object:
    match name, value:
        case "price", str():
            amount, _, currency = value.strip().partition(" ")
            return {"amount": amount, "currency": currency.strip()}
        case "size_mm", str():
            return _sides(value)
        case (("attributes" | "options"), list()):
            return dict(_pair(each) for each in value)
    return value


def _sides(typed: str) -> dict[str, int]:
    sides = typed.lower().split("x")
    if len(sides) != len(_SIDES) or not all(side.strip().isdecimal() for side in sides):
        raise typer.BadParameter("size: write length, width and height in millimetres, such as 300x200x50")
    return {name: int(side) for name, side in zip(_SIDES, sides, strict=True)}


def _pair(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not name or not equals:
        raise typer.BadParameter(f"{typed}: write it as NAME=VALUE")
    return name, value


def _field(name: str) -> str:
    field = _TYPED.get(name, name)
    if field not in _EMPTY:
        raise typer.BadParameter(f"--unset {name}: this must stay; what may be emptied is {', '.join(sorted(_EMPTY))}")
    return field
