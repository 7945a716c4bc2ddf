"""The words of a shop that sells clothes in Jakarta and Kuala Lumpur; the brands are invented.

Codes of brands, kinds, colours and sizes are those of the suppliers, so shops on other channels may carry them too.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """One sort of goods: what it is called in three languages, what it costs and weighs, and the sizes it comes in."""

    code: str
    indonesian: str
    malay: str
    english: str
    type: str
    cheapest: int
    grams: int
    sizes: tuple[str, ...]
    hs_code: str


_CLOTHES = ("S", "M", "L", "XL", "XXL")
_SHOES = ("38", "39", "40", "41", "42", "43", "44")
_ONE = ("All Size",)

KINDS = (
    Kind("TEE", "Kaos Polos", "Baju T Kosong", "Plain Cotton T-Shirt", "T-Shirts", 39_000, 180, _CLOTHES, "610910"),
    Kind("KMJ", "Kemeja Flanel", "Kemeja Flanel", "Flannel Shirt", "Shirts", 119_000, 320, _CLOTHES, "620520"),
    Kind("HDI", "Jaket Hoodie Zipper", "Jaket Hud", "Zip Hoodie", "Outerwear", 149_000, 650, _CLOTHES, "611020"),
    Kind("GMS", "Gamis Syari", "Jubah Muslimah", "Modest Maxi Dress", "Dresses", 189_000, 520, _CLOTHES, "620442"),
    Kind("HJB", "Hijab Pashmina Ceruty", "Tudung Bawal", "Pashmina Scarf", "Scarves", 25_000, 120, _ONE, "621430"),
    Kind("RKP", "Rok Plisket", "Skirt Labuh Pleat", "Pleated Midi Skirt", "Skirts", 55_000, 260, _CLOTHES, "620453"),
    Kind("CLN", "Celana Chino", "Seluar Chino", "Slim Fit Chino Pants", "Pants", 135_000, 480, _CLOTHES, "620342"),
    Kind("SNK", "Sepatu Sneakers Kanvas", "Kasut Kanvas", "Canvas Sneakers", "Shoes", 159_000, 900, _SHOES, "640411"),
    Kind("SDL", "Sandal Gunung", "Sandal Lasak", "Outdoor Sandals", "Shoes", 79_000, 700, _SHOES, "640299"),
    Kind("TAS", "Tas Ransel Laptop", "Beg Galas Laptop", 'Laptop Backpack 15"', "Bags", 129_000, 1_000, _ONE, "420292"),
    Kind("TOP", "Topi Baseball Bordir", "Topi Sulam", "Embroidered Cap", "Accessories", 35_000, 110, _ONE, "650500"),
    Kind("BTL", "Botol Minum Tumbler", "Botol Air Keluli", "Steel Tumbler 500ml", "Home", 65_000, 300, _ONE, "732393"),
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

TAGS = ("baru", "ramadan", "raya", "sale", "best seller", "wholesale", "online-only", "Dropship OK", "gift")
