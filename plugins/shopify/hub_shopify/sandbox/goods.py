"""The shop's seeded goods: each product is computed from the seed and its own number when somebody asks for it.

Twenty variants stand in fourteen products: twelve plain ones, one in five sizes and one in three colours. Every third
product is a supplier's and carries the same codes for every seed, as two shops that buy from one supplier would have.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hub_shopify.sandbox.records import DEFAULT_OPTION, Item, Level, Location, Media, Option, Product, Variant
from hub_shopify.sandbox.words import BRANDS, COLOURS, KINDS, TAGS, Kind

_MASK = 2**64 - 1
VARIANTS, PRODUCTS = 20, 14
_FIRST = (0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 16, 17, 18, 19)
_WIDTH = (1, 1, 1, 1, 5, 1, 1, 1, 1, 3, 1, 1, 1, 1)
_BY_SIZE, _BY_COLOUR = 4, 9
_SLOTS = tuple(slot for slot, width in enumerate(_WIDTH) for _ in range(width))

# Each trait repeats with its own prime, so that all meet all others and small shops have the rare ones as well.
_STATUSES = ("DRAFT", "ARCHIVED", "UNLISTED", "DRAFT", "ARCHIVED") + ("ACTIVE",) * 68  # of 73 products
_STOCKS = ("none",) * 8 + ("oversold", "nowhere", "untracked", "untracked", "inactive") + ("some",) * 90  # of 103
_SKUS = ("absent", "empty", "copied", "padded", "copied", "absent", "copied", "lower") + ("proper",) * 99  # of 107

# Ids of Shopify are far apart; those that are given out later count on from `LATER`.
STEP, LATER, PER_PRODUCT = 32_768, 40_000_000, 16
_FIRST_PRODUCT, _FIRST_VARIANT, _FIRST_ITEM = 7_600_000_000_000, 42_000_000_000_000, 44_100_000_000_000
_SINCE = datetime(2025, 1, 6, tzinfo=UTC)


class Place(NamedTuple):
    """The rank of a variant among all seeded ones, by its id."""

    product: int
    within: int


class _Style(NamedTuple):
    mixed: int
    title: str
    kind: Kind
    brand: str
    code: str


class Goods:
    """The catalogue of one seed, `size` variants long, stocked at the first three of the locations."""

    def __init__(self, seed: int, size: int, locations: list[Location]) -> None:
        self.seed = seed
        self.size = size
        self._locations = locations
        blocks, rest = divmod(size, VARIANTS)
        self.products = blocks * PRODUCTS + sum(first < rest for first in _FIRST)

    # -- ids

    def product_id(self, number: int) -> int:
        return _FIRST_PRODUCT + number * STEP

    def product_of(self, ref: int) -> int | None:
        """The number of the seeded product with this id."""
        number, rest = divmod(ref - _FIRST_PRODUCT, STEP)
        return number if not rest and 0 <= number < self.products else None

    def place_of_variant(self, ref: int) -> Place | None:
        return self._place(ref - _FIRST_VARIANT)

    def place_of_item(self, ref: int) -> Place | None:
        return self._place(ref - _FIRST_ITEM)

    def later_variant(self, number: int) -> int:
        """The id of the n-th variant that is added after the seeded ones; its item's is as far along."""
        return _FIRST_VARIANT + (LATER * PER_PRODUCT + number) * STEP

    def item_id(self, variant: int) -> int:
        return variant - _FIRST_VARIANT + _FIRST_ITEM

    def later_product(self, number: int) -> int:
        return _FIRST_PRODUCT + (LATER + number) * STEP

    def _place(self, offset: int) -> Place | None:
        number, rest = divmod(offset, STEP)
        place = Place(*divmod(number, PER_PRODUCT))
        return place if not rest and 0 <= place.product < self.products else None

    # -- goods

    def product(self, number: int) -> Product:
        block, slot = divmod(number, PRODUCTS)
        style = self._style(number)
        mixed = _mix(self.seed, number)
        created = _SINCE + timedelta(minutes=number % 200_000, seconds=mixed % 60)
        colour = "" if slot in (_BY_SIZE, _BY_COLOUR) else f" {COLOURS[(style.mixed >> 14) % len(COLOURS)][1]}"
        product = Product(
            id=self.product_id(number),
            title=f"{style.title}{colour}",
            handle=f"{_slug(style.title)}-{number}",
            status=_STATUSES[(number * 29 + self.seed * 7) % 73],
            vendor=style.brand,
            product_type=style.kind.type if mixed & 15 else "",
            created_at=created,
            updated_at=created + timedelta(minutes=(mixed >> 8) % 300_000),
            description_html=f"<p>{style.kind.indonesian} / {style.kind.english}.</p><p>Bahan adem &amp; nyaman.</p>",
            tags=sorted({TAGS[(mixed >> shift) % len(TAGS)] for shift in (12, 20)}) if mixed & 3 else [],
            published_at=created,
        )
        if mixed >> 40 & 7:
            product.media = [
                Media(product.id + 1, f"https://cdn.shopify.com/s/files/1/0533/{number}/files/{number}.jpg")
            ]
        first = block * VARIANTS + _FIRST[slot]
        units = range(first, min(first + _WIDTH[slot], self.size))
        choices = [_choice(unit, slot, style.kind) for unit in units]
        product.options = _options(product.id, [choice.values for choice in choices], slot, style.kind)
        product.variants = [
            self._variant(product, number, unit, choice, style) for unit, choice in zip(units, choices, strict=True)
        ]
        return product

    def sku(self, unit: int) -> str | None:
        """The code of the n-th variant, as somebody typed it once."""
        match _SKUS[(unit * 41 + self.seed * 13) % 107]:
            case "absent":
                return None
            case "empty":
                return ""
            case "copied":  # "Duplicate" in the admin copies the code as well
                return self._code(max(unit - 1, 0))
            case "padded":
                return f"{self._code(unit)} "
            case "lower":
                return self._code(unit).lower()
            case _:
                return self._code(unit)

    def codes(self) -> Iterator[tuple[int, int, str | None]]:
        """The id of the product, that of the variant, and the code of every variant, without making any."""
        for unit in range(self.size):
            block, within = divmod(unit, VARIANTS)
            slot = _SLOTS[within]
            number = block * PRODUCTS + slot
            yield self.product_id(number), _variant_id(number, within - _FIRST[slot]), self.sku(unit)

    def _variant(self, product: Product, number: int, unit: int, choice: "_Choice", style: _Style) -> Variant:
        mixed = style.mixed + unit * 0x10001
        within = unit % VARIANTS - _FIRST[number % PRODUCTS]
        ref = _variant_id(number, within)
        price = style.kind.cheapest + (style.mixed >> 30) % 60 * 1_000
        variant = Variant(
            id=ref,
            product=product,
            sku=self.sku(unit),
            barcode=f"899{(mixed >> 20) % 10**10:010d}" if mixed & 3 else None,
            price=f"{price}.00",
            values=choice.values,
            created_at=product.created_at,
            updated_at=product.updated_at,
            compare_at_price=f"{price + 20_000}.00" if mixed & 7 == 1 else None,
            inventory_policy="CONTINUE" if mixed % 11 == 0 else "DENY",
        )
        stock = _STOCKS[(unit * 29 + self.seed * 11) % 103]
        variant.inventory_item = Item(
            id=self.item_id(ref),
            variant=variant,
            tracked=stock != "untracked",
            created_at=product.created_at,
            updated_at=product.updated_at,
            cost=f"{price * 6 // 10}.0" if mixed & 24 else None,
            grams=style.kind.grams if unit % 17 else 0,
            country_code_of_origin="ID" if mixed & 96 else None,
            harmonized_system_code=style.kind.hs_code if mixed & 96 else None,
            stocked=lambda item: self._levels(item, stock, mixed),
        )
        return variant

    def _levels(self, item: Item, stock: str, mixed: int) -> dict[int, Level]:
        """Stock at the main place, at the second for a half, at the fulfilment service for a quarter."""
        if stock == "nowhere":
            return {}
        home, second, service = self._locations[:3]
        amount = {"none": 0, "untracked": 0, "oversold": -2}.get(stock, 1 + (mixed >> 16) % 240)
        levels = [Level(item, home, amount, item.updated_at, (mixed >> 24) % 4, is_active=stock != "inactive")]
        if mixed >> 26 & 1:
            levels.append(Level(item, second, (mixed >> 28) % 20 if stock == "some" else 0, item.updated_at))
        if mixed >> 32 & 3 == 0:
            levels.append(Level(item, service, 5 if stock == "some" else 0, item.updated_at, incoming=mixed & 31))
        return {level.location.id: level for level in levels}

    def _style(self, product: int) -> _Style:
        supplied = product % 3 == 1
        mixed = _mix(0 if supplied else self.seed, product)
        kind = KINDS[mixed % len(KINDS)]
        brand_code, brand = BRANDS[(mixed >> 8) % len(BRANDS)]
        noun = (kind.indonesian, kind.malay, kind.english)[(mixed >> 12) % 3]
        maker = brand_code if supplied else f"{brand_code}S{self.seed}"
        return _Style(mixed, f"{brand} {noun}", kind, brand, f"{maker}-{kind.code}-{product:05d}")

    def _code(self, unit: int) -> str:
        block, within = divmod(unit, VARIANTS)
        slot = _SLOTS[within]
        style = self._style(block * PRODUCTS + slot)
        suffix = _choice(unit, slot, style.kind).code
        return f"{style.code}-{suffix}" if suffix else style.code


def _variant_id(product: int, within: int) -> int:
    return _FIRST_VARIANT + (product * PER_PRODUCT + within) * STEP


class _Choice(NamedTuple):
    code: str
    values: tuple[str, ...]


def _choice(unit: int, slot: int, kind: Kind) -> _Choice:
    """What tells a variant from its sisters: a size where the goods have some, else a colour."""
    if slot not in (_BY_SIZE, _BY_COLOUR):
        return _Choice("", DEFAULT_OPTION[1:])
    block, within = divmod(unit, VARIANTS)
    at = within - _FIRST[slot]
    if slot == _BY_COLOUR or len(kind.sizes) < _WIDTH[_BY_SIZE]:
        code, colour = COLOURS[(block + at * 5) % len(COLOURS)]
        return _Choice(code, (colour,))
    return _Choice(kind.sizes[at], (COLOURS[block % len(COLOURS)][1], kind.sizes[at]))


def _options(product: int, chosen: list[tuple[str, ...]], slot: int, kind: Kind) -> list[Option]:
    names = DEFAULT_OPTION[:1] if slot not in (_BY_SIZE, _BY_COLOUR) else ("Warna", "Ukuran")
    by_option = zip(*chosen, strict=True)
    return [
        Option(product + at + 2, name, list(dict.fromkeys(values)))
        for at, (name, values) in enumerate(zip(names, by_option, strict=False))
    ]


def _slug(text: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


def _mix(seed: int, number: int) -> int:
    """Scatter two numbers over 64 bits (the finaliser of splitmix64)."""
    mixed = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    return mixed ^ (mixed >> 27)
