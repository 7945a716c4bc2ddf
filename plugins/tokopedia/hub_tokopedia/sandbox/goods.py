"""The shop's goods, each computed from the seed and its own number, so that a million cost nothing until asked for."""

import re
from typing import NamedTuple

from hub_tokopedia.sandbox.words import BRANDS, COLOURS, EMOJI, KINDS, SHOUTS, Kind

_MASK = 2**64 - 1
# Twenty units stand in fourteen entries: twelve plain products, a parent in five sizes and a parent in three colours.
UNITS, ENTRIES, IDS = 20, 14, 32
_FIRST = (0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 16, 17, 18, 19)
_WIDTH = (1, 1, 1, 1, 5, 1, 1, 1, 1, 3, 1, 1, 1, 1)
_BY_SIZE, _BY_COLOUR = 4, 9
_SLOTS = tuple(slot for slot, width in enumerate(_WIDTH) for _ in range(width))
_CHILD_IDS = {_BY_SIZE: 14, _BY_COLOUR: 19}

# Each trait repeats with its own prime, so that all meet all others and small shops have the rare ones as well.
_STATUSES = (3, -1, 0, -2, 2, 3, 0, 3) + (1,) * 93  # of 101
_STOCKS = ("none",) * 8 + ("campaign",) * 5 + ("uncounted",) * 2 + ("some",) * 88  # of 103
_SKUS = ("absent", "empty", "blank", "copied", "padded", "copied", "empty", "copied") + ("proper",) * 99  # of 107


class Unit(NamedTuple):
    """What the shop knows about one sellable unit; `sku` None: the field was never filled in."""

    ref: int
    name: str
    sku: str | None
    status: int
    stock: int
    price: int
    parent: int = 0
    reserve: int = 0
    counted: bool = True
    kind: Kind = KINDS[0]
    changed: int = 1_700_000_000
    sold: int = 0  # how often; what was sold once keeps its name
    category: int = 0  # this and the following are the kind's where nobody said otherwise
    grams: int = 0
    description: str | None = None
    pictures: tuple[str, ...] | None = None  # None: the one that seeded goods have
    size_cm: tuple[int, int, int] | None = None  # length, width, height
    second: int | None = None  # what stands in the second warehouse of a shop that has two; None: never was there

    @property
    def active(self) -> bool:
        return self.status == 1

    @property
    def quantity(self) -> int | None:
        return self.stock if self.counted else None


class Entry(NamedTuple):
    """One line of the shop's listing: a plain product, or a parent with its variants."""

    ref: int
    name: str
    kind: Kind
    units: range
    grouped: bool


class _Style(NamedTuple):
    """What an entry is; every third one is a supplier's, so other seeds sell it under the same code."""

    mixed: int
    name: str
    kind: Kind
    code: str


class Goods:
    """The catalogue of one seed, `size` sellable units long."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed = seed
        self.size = size
        self.first_ref = 100_000_000 + seed % 9973 * 100_000_000
        self.end_ref = self.first_ref + 99_000_000  # products added later count on from here
        blocks, rest = divmod(size, UNITS)
        self.entries = blocks * ENTRIES + sum(first < rest for first in _FIRST)

    def entry(self, number: int) -> Entry:
        block, slot = divmod(number, ENTRIES)
        first = block * UNITS + _FIRST[slot]
        style = self._style(number)
        return Entry(
            ref=self.first_ref + block * IDS + slot,
            name=style.name,
            kind=style.kind,
            units=range(first, min(first + _WIDTH[slot], self.size)),
            grouped=slot in _CHILD_IDS,
        )

    def entry_of_ref(self, ref: int) -> int | None:
        """The number of the entry with this product id."""
        block, slot = divmod(ref - self.first_ref, IDS)
        number = block * ENTRIES + slot
        return number if 0 <= slot < ENTRIES and 0 <= number < self.entries else None

    def unit_of_ref(self, ref: int) -> int | None:
        """The number of the unit with this product id; None for parents and strangers."""
        block, offset = divmod(ref - self.first_ref, IDS)
        slot = next((slot for slot, first in reversed(_CHILD_IDS.items()) if offset >= first), offset)
        within = offset - _CHILD_IDS[slot] if offset >= ENTRIES else 0
        if within >= _WIDTH[slot] or (slot in _CHILD_IDS and offset < ENTRIES):
            return None
        number = block * UNITS + _FIRST[slot] + within
        return number if 0 <= number < self.size else None

    def ref_of_unit(self, unit: int) -> int:
        """The product id of a unit."""
        block, within = divmod(unit, UNITS)
        slot = _SLOTS[within]
        first = _CHILD_IDS.get(slot)
        return self.first_ref + block * IDS + (slot if first is None else first + within - _FIRST[slot])

    def unit(self, number: int) -> Unit:
        block, within = divmod(number, UNITS)
        slot = _SLOTS[within]
        style = self._style(block * ENTRIES + slot)
        scattered = style.mixed + number * 0x10001
        stock = _STOCKS[(number * 29 + self.seed * 11) % 103]
        wording = _choice(number, slot, style.kind)[1]
        return Unit(
            ref=self.ref_of_unit(number),
            name=f"{style.name} - {wording}" if wording else style.name,
            sku=self._sku(number),
            status=_STATUSES[(number * 37 + self.seed * 7) % 101],
            stock=0 if stock in ("none", "uncounted") else 1 + (scattered >> 16) % 240,
            price=style.kind.cheapest + (style.mixed >> 30) % 60 * 1_000,
            parent=self.first_ref + block * IDS + slot if wording else 0,
            reserve=1 + (scattered >> 40) % 9 if stock == "campaign" else 0,
            counted=stock != "uncounted",
            kind=style.kind,
            changed=1_690_000_000 + (scattered >> 8) % 30_000_000,
            sold=(scattered >> 20) % 90 if number % 3 else 0,
            second=3 if self.ref_of_unit(number) % 5 == 0 else None,
        )

    def near(self, sku: str) -> range:
        """The units that may carry this code: those of the entry it names, and the one after them, a copy."""
        found = re.search(r"-(\d{5,9})(?:-|\s*$)", sku)
        if found is None or int(found[1]) >= self.entries:
            return range(0)
        units = self.entry(int(found[1])).units
        return range(units.start, min(units.stop + 1, self.size))

    def _style(self, entry: int) -> _Style:
        supplied = entry % 3 == 1
        mixed = _mix(0 if supplied else self.seed, entry)
        kind = KINDS[mixed % len(KINDS)]
        brand_code, brand = BRANDS[(mixed >> 8) % len(BRANDS)]
        noun = f"{brand} {kind.english if mixed & 4096 else kind.indonesian}"
        colour = "" if entry % ENTRIES in _CHILD_IDS else f" {COLOURS[(mixed >> 14) % len(COLOURS)][1]}"
        maker = brand_code if supplied else f"{brand_code}{self.seed}"
        name = _decorated(f"{noun}{colour}", _mix(self.seed, entry))
        return _Style(mixed, name, kind, f"{maker}-{kind.code}-{entry:05d}")

    def _sku(self, number: int) -> str | None:
        trait = _SKUS[(number * 41 + self.seed * 13) % 107]
        if trait == "proper":
            return self._code(number)
        if trait == "copied":
            return self._code(max(number - 1, 0))
        return {"absent": None, "empty": "", "blank": "   ", "padded": f"{self._code(number)} "}[trait]

    def _code(self, number: int) -> str:
        block, within = divmod(number, UNITS)
        slot = _SLOTS[within]
        style = self._style(block * ENTRIES + slot)
        suffix = _choice(number, slot, style.kind)[0]
        return f"{style.code}-{suffix}" if suffix else style.code


def _choice(number: int, slot: int, kind: Kind) -> tuple[str, str]:
    """Code and wording of the one among its sisters: a size where the goods have some, else a colour."""
    if slot not in _CHILD_IDS:
        return "", ""
    block, within = divmod(number, UNITS)
    at = within - _FIRST[slot]
    if slot == _BY_COLOUR or len(kind.sizes) < _WIDTH[_BY_SIZE]:
        return COLOURS[(block + at * 5) % len(COLOURS)]
    return kind.sizes[at], f"{COLOURS[block % len(COLOURS)][1]}, {kind.sizes[at]}"


def _decorated(title: str, mixed: int) -> str:
    """Dress up some titles as sellers do who want to be seen."""
    shout, first, last = SHOUTS[(mixed >> 32) % len(SHOUTS)], EMOJI[(mixed >> 36) % 6], EMOJI[(mixed >> 40) % 6]
    match (mixed >> 24) % 20:
        case 0 | 1:
            return f"{shout} {title}".upper()
        case 2:
            return f"{first} {title} {last}"
        case 3:
            return f" {title}  "
        case 4 | 5:
            return f"{shout}!! {title}"
        case _:
            return title


def _mix(seed: int, number: int) -> int:
    """Scatter two numbers over 64 bits (the finaliser of splitmix64)."""
    mixed = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    return mixed ^ (mixed >> 27)
