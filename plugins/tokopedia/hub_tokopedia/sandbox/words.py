"""The words a fashion shop in Jakarta writes on its goods; the brands are invented."""

from typing import NamedTuple


class Kind(NamedTuple):
    """One shelf of the shop: what it sells, what that costs and weighs, and where Tokopedia files it."""

    code: str
    indonesian: str
    english: str
    category: int
    shelf: str
    cheapest: int
    grams: int
    sizes: tuple[str, ...]


_CLOTHES = ("S", "M", "L", "XL", "XXL")
_SHOES = ("38", "39", "40", "41", "42", "43", "44")
_ONE = ("All Size",)

KINDS = (
    Kind("TEE", "Kaos Polos Katun Combed 30s", "Basic Cotton T-Shirt", 1828, "Fashion Pria", 39_000, 180, _CLOTHES),
    Kind(
        "KMJ", "Kemeja Flanel Lengan Panjang", "Flannel Shirt Long Sleeve", 1830, "Fashion Pria", 119_000, 320, _CLOTHES
    ),
    Kind("HDI", "Jaket Hoodie Zipper Fleece", "Zip Hoodie Fleece Jacket", 1833, "Fashion Pria", 149_000, 650, _CLOTHES),
    Kind(
        "GMS", "Gamis Syari Premium Anak & Dewasa", "Modest Maxi Dress", 1768, "Fashion Muslim", 189_000, 520, _CLOTHES
    ),
    Kind("HJB", "Hijab Pashmina Ceruty Baby Doll", "Pashmina Scarf", 1770, "Fashion Muslim", 25_000, 120, _ONE),
    Kind("RKP", "Rok Plisket Wanita", "Pleated Midi Skirt", 1799, "Fashion Wanita", 55_000, 260, _CLOTHES),
    Kind("CLN", "Celana Chino Slim Fit", "Slim Fit Chino Pants", 1836, "Fashion Pria", 135_000, 480, _CLOTHES),
    Kind("SNK", "Sepatu Sneakers Kanvas", "Canvas Sneakers", 2052, "Sepatu", 159_000, 900, _SHOES),
    Kind("SDL", "Sandal Gunung Outdoor", "Outdoor Strap Sandals", 2055, "Sepatu", 79_000, 700, _SHOES),
    Kind("TAS", 'Tas Ransel Laptop 15" Anti Air', 'Waterproof Laptop Backpack 15"', 1942, "Tas", 129_000, 1_000, _ONE),
    Kind("TOP", "Topi Baseball Bordir", "Embroidered Baseball Cap", 1860, "Aksesoris", 35_000, 110, _ONE),
    Kind(
        "BTL", "Botol Minum Tumbler Stainless 500ml", "Stainless Tumbler 500ml", 983, "Rumah Tangga", 65_000, 300, _ONE
    ),
)

BRANDS = (
    ("LRS", "Larasati"),
    ("KRJ", "Kreasi Jenaka"),
    ("BMB", "Bambooku"),
    ("ARK", "Arkadia Wear"),
    ("SNJ", "Senjakala"),
    ("TRP", "Tropika & Co"),
    ("MRP", "Merapi Gear"),
    ("NSA", "Nusa Daily"),
    ("PLG", "Pelangi Kids"),
    ("OMB", "Ombak Biru"),
)

COLOURS = (
    ("HTM", "Hitam"),
    ("PTH", "Putih"),
    ("BDK", "Biru Dongker"),
    ("MRN", "Maroon"),
    ("ABU", "Abu Misty"),
    ("CKL", "Cokelat"),
    ("HJA", "Hijau Army"),
    ("KRM", "Krem"),
    ("DST", "Dusty Pink"),
    ("MST", "Mustard"),
    ("NVY", "Navy"),
    ("LLC", "Lilac"),
)

SHOUTS = (
    "PROMO",
    "READY STOCK",
    "BISA COD",
    "ORIGINAL 100%",
    "Termurah",
    "Best Seller",
    "NEW ARRIVAL",
    "Gratis Ongkir",
)
EMOJI = ("🔥", "✨", "🇮🇩", "👕", "💯", "⚡")
