"""The sandbox's own codec: what Tokopedia sends, with zero values left out as its Go services do."""

import html
from functools import cache

import msgspec

from hub_tokopedia.sandbox.goods import Entry, Unit
from hub_tokopedia.sandbox.shelves import BY_NUMBER
from hub_tokopedia.sandbox.words import Kind

_NAMES = {
    "product_id": "productID",
    "shop_id": "shopID",
    "name_capital": "Name",
    "child_category_id": "childCategoryID",
    "short_desc": "shortDesc",
    "last_update_unix": "LastUpdateUnix",
    "use_stock": "useStock",
    "stock_wording": "stockWording",
    "is_parent": "isParent",
    "is_variant": "isVariant",
    "parent_id": "parentID",
    "children_id": "childrenID",
    "pic_id": "picID",
    "file_name": "fileName",
    "original_url": "OriginalURL",
    "thumbnail_url": "ThumbnailURL",
    "url_300": "URL300",
    "mobile_url": "mobileURL",
    "breadcrumb_url": "breadcrumbURL",
    "category_tree": "categoryTree",
    "warehouse_id": "warehouseID",
    "extra_attribute": "extraAttribute",
    "min_order": "minOrder",
    "is_eligible_cod": "isEligibleCOD",
    "gm_stats": "GMStats",
    "count_sold": "countSold",
}


class _Wire(msgspec.Struct, omit_defaults=True, rename=_NAMES, frozen=True):
    """Keys with their zero value stay away."""


class _Basic(_Wire, frozen=True):
    product_id: int
    shop_id: int
    status: int = 0
    name: str = ""
    name_capital: str = ""
    condition: int = 0
    child_category_id: int = 0
    short_desc: str = ""


class _Price(_Wire, frozen=True):
    value: int = 0
    currency: int = 0
    last_update_unix: int = 0
    idr: int = 0


class _Weight(_Wire, frozen=True):
    value: int = 0
    unit: int = 0


class _Stock(_Wire, frozen=True):
    use_stock: bool = False
    value: int = 0
    stock_wording: str = ""


class _Variant(_Wire, frozen=True):
    is_parent: bool = False
    is_variant: bool = False
    parent_id: int = 0
    children_id: tuple[int, ...] = ()


class _Category(_Wire, frozen=True):
    id: int
    name: str
    title: str
    breadcrumb_url: str


class _Picture(_Wire, frozen=True):
    pic_id: int
    file_name: str
    status: int
    original_url: str
    thumbnail_url: str
    url_300: str


class _Other(_Wire, frozen=True):
    sku: str = ""
    url: str = ""
    mobile_url: str = ""


class _Extra(_Wire, frozen=True):
    min_order: int = 0
    is_eligible_cod: bool = False


class _Sales(_Wire, frozen=True):
    count_sold: int = 0


class _Volume(_Wire, frozen=True):
    length: int = 0
    width: int = 0
    height: int = 0


class _Held(_Wire, frozen=True):
    product_id: int
    warehouse_id: int
    price: _Price
    stock: _Stock


class Product(_Wire, frozen=True):
    """One element of `data` in an answer of product/info."""

    basic: _Basic
    price: _Price
    weight: _Weight
    stock: _Stock
    variant: _Variant
    pictures: tuple[_Picture, ...]
    other: _Other
    category_tree: tuple[_Category, ...]
    warehouses: tuple[_Held, ...]
    extra_attribute: _Extra
    main_stock: int = 0
    reserve_stock: int = 0
    gm_stats: _Sales = _Sales()
    volume: _Volume = _Volume()


class Codec:
    """Writes the products of one shop; `capital` prints Name where production prints name."""

    def __init__(self, shop_id: int, warehouses: tuple[int, ...], *, capital: bool) -> None:
        self._shop_id = shop_id
        self._warehouses = warehouses
        self.capital = capital

    def unit(self, unit: Unit) -> Product:
        total = unit.stock + unit.reserve
        price = _Price(unit.price, 1, unit.changed, unit.price)
        stock = _stock(total, counted=unit.counted)
        return Product(
            basic=self._basic_of(unit),
            price=price,
            weight=_weight(unit.grams or unit.kind.grams),
            stock=stock,
            variant=_Variant(is_variant=True, parent_id=unit.parent) if unit.parent else _Variant(),
            pictures=_pictures(unit.ref, 1 if unit.pictures is None else len(unit.pictures)),
            other=_other(unit.ref, unit.sku or ""),
            category_tree=_categories(unit.category or unit.kind.category),
            warehouses=self._held(unit, price, stock),
            extra_attribute=_EXTRA,
            main_stock=unit.stock,
            reserve_stock=unit.reserve,
            gm_stats=_Sales(unit.sold),
            volume=_Volume(*unit.size_cm) if unit.size_cm else _Volume(),
        )

    def parent(self, entry: Entry, children: tuple[int, ...], *, status: int = 1) -> Product:
        """A parent groups its variants; it has no SKU and no stock of its own."""
        price = _Price(entry.kind.cheapest, 1, 0, entry.kind.cheapest)
        return Product(
            basic=self._basic(entry.ref, entry.name, entry.kind, status),
            price=price,
            weight=_weight(entry.kind.grams),
            stock=_stock(0, counted=True),
            variant=_Variant(is_parent=True, is_variant=True, children_id=children),
            pictures=_pictures(entry.ref),
            other=_other(entry.ref, ""),
            category_tree=_categories(entry.kind.category),
            warehouses=(),
            extra_attribute=_EXTRA,
        )

    def _basic_of(self, unit: Unit) -> _Basic:
        basic = self._basic(unit.ref, unit.name, unit.kind, unit.status)
        said = {} if unit.description is None else {"short_desc": html.escape(unit.description)}
        return msgspec.structs.replace(basic, child_category_id=unit.category or unit.kind.category, **said)

    def _basic(self, ref: int, name: str, kind: Kind, status: int) -> _Basic:
        escaped = html.escape(name)
        return _Basic(
            product_id=ref,
            shop_id=self._shop_id,
            status=status,
            name="" if self.capital else escaped,
            name_capital=escaped if self.capital else "",
            condition=1,
            child_category_id=kind.category,
            short_desc=_description(kind),
        )

    def _held(self, unit: Unit, price: _Price, stock: _Stock) -> tuple[_Held, ...]:
        """The first warehouse is the shop's default and shows the figure of the product."""
        first = _Held(unit.ref, self._warehouses[0], price, stock)
        if unit.second is None or len(self._warehouses) == 1:
            return (first,)
        return (first, _Held(unit.ref, self._warehouses[1], price, _stock(unit.second, counted=True)))


_EXTRA = _Extra(1, is_eligible_cod=True)


def _stock(total: int, *, counted: bool) -> _Stock:
    low = f"<b>Stok hampir habis!</b> Tersisa &lt;{total + 1}" if 0 < total < 10 else ""
    return _Stock(use_stock=counted, value=total, stock_wording=low)


def _weight(grams: int) -> _Weight:
    """Whole kilograms come in kilograms."""
    return _Weight(grams // 1000, 2) if grams % 1000 == 0 else _Weight(grams, 1)


def _other(ref: int, sku: str) -> _Other:
    return _Other(sku, f"https://www.tokopedia.com/sandbox/{ref}", f"https://m.tokopedia.com/sandbox/{ref}")


def _pictures(ref: int, count: int = 1) -> tuple[_Picture, ...]:
    """Tokopedia keeps copies of its own, whatever address a picture came from."""
    return tuple(_picture(ref, number) for number in range(count))


def _picture(ref: int, number: int) -> _Picture:
    name = f"{ref:x}-{number}.jpg" if number else f"{ref:x}.jpg"
    images = "https://images.tokopedia.net/img/cache"
    return _Picture(
        pic_id=ref * 10 + number if number else ref,
        file_name=name,
        status=1 if number else 2,
        original_url=f"{images}/original/{name}",
        thumbnail_url=f"{images}/200-square/{name}",
        url_300=f"{images}/300/{name}",
    )


@cache
def _categories(number: int) -> tuple[_Category, ...]:
    """The way from the top of the tree to this shelf."""
    shelf = BY_NUMBER[number]
    where = f"https://www.tokopedia.com/p/{shelf.name.lower().replace(' ', '-')}"
    above = _categories(shelf.parent) if shelf.parent else ()
    return (*above, _Category(number, shelf.name, f"Jual {shelf.name} Terbaru", where))


@cache
def _description(kind: Kind) -> str:
    return html.escape(f"{kind.indonesian} / {kind.english}\nBahan nyaman & adem. Harap tanya stok sebelum order, kak!")
