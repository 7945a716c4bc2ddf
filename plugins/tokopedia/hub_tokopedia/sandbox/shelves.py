"""The category tree as Tokopedia's reads: three levels of shelves in Indonesian, numbered once and for all."""

from collections.abc import Iterator
from typing import Any, NamedTuple

# A line is a shelf of the top level, or one of the second with its leaves; `=1828` is where the seeded goods stand.
_SHELVES = """
Fashion Pria
  Atasan Pria: Kaos Polos Pria=1828, Kemeja Pria=1830, Polo Shirt Pria, Kaos Raglan Pria, Tank Top Pria
  Jaket & Sweater Pria: Hoodie Pria=1833, Jaket Bomber Pria, Jaket Denim Pria, Sweater Rajut Pria, Jas Hujan Pria
  Celana Pria: Celana Chino Pria=1836, Celana Jeans Pria, Celana Pendek Pria, Celana Jogger Pria, Celana Cargo Pria
  Pakaian Dalam Pria: Boxer Pria, Singlet Pria, Celana Dalam Pria, Kaos Dalam Pria
  Batik Pria: Kemeja Batik Lengan Panjang, Kemeja Batik Lengan Pendek, Sarung Batik, Kain Batik Pria
Fashion Wanita
  Atasan Wanita: Blouse, Kaos Wanita, Kemeja Wanita, Crop Top, Tunik
  Rok: Rok Plisket=1799, Rok Span, Rok Jeans, Rok Panjang, Rok Mini
  Celana Wanita: Legging, Kulot, Celana Jeans Wanita, Hot Pants, Celana Panjang Wanita
  Dress: Dress Midi, Dress Panjang, Dress Pesta, Jumpsuit, Daster
  Batik Wanita: Blouse Batik, Dress Batik, Rok Batik, Kain Batik Wanita
  Pakaian Tidur Wanita: Piyama, Kimono Tidur, Baju Tidur Satin
Fashion Muslim
  Pakaian Muslim Wanita: Gamis Wanita=1768, Abaya, Kaftan, Tunik Muslim, Setelan Muslim Wanita
  Hijab: Pashmina=1770, Hijab Segi Empat, Hijab Instan, Khimar, Ciput & Inner
  Pakaian Muslim Pria: Baju Koko, Jubah Pria, Sarung, Peci, Celana Sirwal
  Perlengkapan Ibadah: Mukena, Sajadah, Tasbih, Kain Ihram
  Pakaian Muslim Anak: Gamis Anak, Baju Koko Anak, Hijab Anak, Mukena Anak
Sepatu
  Sepatu Kasual: Sneakers Kanvas=2052, Sneakers Kulit, Slip On, Loafers, Espadrilles
  Sandal: Sandal Gunung=2055, Sandal Jepit, Sandal Kulit, Sandal Rumah, Sandal Wedges
  Sepatu Formal: Pantofel, Oxford, High Heels, Flat Shoes
  Sepatu Olahraga: Sepatu Lari, Sepatu Futsal, Sepatu Basket, Sepatu Badminton, Sepatu Bola
  Perawatan Sepatu: Pembersih Sepatu, Semir Sepatu, Tali Sepatu, Insole
Tas
  Tas Punggung: Ransel Laptop=1942, Ransel Kanvas, Ransel Gunung, Ransel Anak, Ransel Mini
  Tas Selempang: Sling Bag, Waist Bag, Messenger Bag, Tas Selempang Kulit
  Tas Tangan: Tote Bag, Clutch, Hand Bag, Tas Belanja Lipat
  Koper: Koper Kabin, Koper Besar, Sarung Koper, Tas Travel
  Dompet: Dompet Lipat, Dompet Panjang, Dompet Kartu, Gantungan Kunci
Aksesoris
  Topi: Topi Baseball=1860, Bucket Hat, Kupluk, Topi Rajut, Topi Pantai
  Kacamata: Kacamata Hitam, Frame Kacamata, Kacamata Baca, Tempat Kacamata
  Perhiasan: Kalung, Gelang, Cincin, Anting, Bros
  Jam Tangan: Jam Tangan Analog, Jam Tangan Digital, Tali Jam, Smartwatch
  Ikat Pinggang & Syal: Ikat Pinggang Kulit, Ikat Pinggang Kanvas, Syal, Dasi
Rumah Tangga
  Peralatan Minum: Tumbler=983, Gelas, Mug, Termos, Botol Kaca
  Dapur: Panci, Wajan, Pisau Dapur, Talenan, Wadah Makanan
  Kamar Tidur: Sprei, Bantal, Guling, Selimut, Bed Cover
  Kamar Mandi: Handuk, Keset, Tirai Mandi, Rak Sabun, Gayung
  Kebersihan: Sapu, Kain Pel, Tempat Sampah, Lap Microfiber, Sikat Toilet
  Dekorasi: Bingkai Foto, Jam Dinding, Lilin Aromaterapi, Vas Bunga, Karpet
Elektronik
  Audio: Speaker Bluetooth, Headset Kabel, TWS, Soundbar, Mikrofon
  Peralatan Dapur Elektronik: Rice Cooker, Blender, Air Fryer, Dispenser, Kompor Listrik
  Pencahayaan: Lampu LED, Lampu Meja, Lampu Tidur, Lampu Sorot
  Kipas & Pendingin: Kipas Angin, Air Cooler, AC Portable, Air Purifier
  Listrik: Stop Kontak, Kabel Roll, Saklar, Baterai
Handphone & Tablet
  Handphone: Android, Feature Phone, Handphone Bekas
  Aksesoris Handphone: Casing, Tempered Glass, Kabel Data, Charger, Holder
  Power Bank: Power Bank 10000 mAh, Power Bank 20000 mAh, Power Bank Wireless
  Tablet: Tablet Android, Casing Tablet, Stylus, Keyboard Tablet
Komputer & Laptop
  Laptop: Laptop Gaming, Laptop Kantor, Laptop Bekas, Chromebook
  Aksesoris Komputer: Mouse, Keyboard, Mouse Pad, Webcam, USB Hub
  Penyimpanan: Flashdisk, SSD, Hard Disk Eksternal, Kartu Memori
  Jaringan: Router, Kabel LAN, Switch Hub, WiFi Repeater
Kecantikan
  Perawatan Wajah: Facial Wash, Toner, Serum Wajah, Pelembab, Sunscreen
  Kosmetik: Lipstik, Bedak, Foundation, Maskara, Eyeliner
  Perawatan Tubuh: Sabun Mandi, Body Lotion, Lulur, Deodoran
  Perawatan Rambut: Sampo, Kondisioner, Hair Tonic, Pewarna Rambut
  Parfum: Parfum Wanita, Parfum Pria, Body Mist
Ibu & Bayi
  Pakaian Bayi: Jumper Bayi, Setelan Bayi, Topi Bayi, Kaos Kaki Bayi, Bedong
  Perlengkapan Makan Bayi: Botol Susu, Mangkuk Bayi, Celemek Bayi, Sendok Bayi
  Popok: Popok Sekali Pakai, Popok Kain, Tisu Basah
  Mainan Bayi: Rattle, Playmat, Teether, Boneka Bayi
Makanan & Minuman
  Makanan Ringan: Keripik, Kue Kering, Cokelat, Kacang, Kerupuk
  Minuman: Kopi Bubuk, Biji Kopi, Teh, Sirup, Madu
  Bumbu & Bahan Masak: Sambal, Kecap, Rempah, Tepung, Minyak Goreng
  Makanan Instan: Mie Instan, Bubur Instan, Sarden, Kornet
Olahraga
  Fitness: Dumbbell, Matras Yoga, Resistance Band, Skipping
  Sepeda: Helm Sepeda, Lampu Sepeda, Botol Sepeda, Sarung Tangan Sepeda
  Camping: Tenda, Sleeping Bag, Kompor Camping, Matras Camping
  Renang: Baju Renang, Kacamata Renang, Topi Renang, Pelampung
"""
_FIRST_NUMBER = 2_500  # of the shelves without a number of their own


class Shelf(NamedTuple):
    """One node of the tree."""

    number: int
    name: str
    parent: int = 0
    leaf: bool = False


def _parsed() -> Iterator[Shelf]:
    number, top = _FIRST_NUMBER, 0
    for line in _SHELVES.strip().splitlines():
        name, _, leaves = line.strip().partition(": ")
        number += 1
        shelf = number
        if not leaves:
            top = shelf
            yield Shelf(shelf, name)
            continue
        yield Shelf(shelf, name, top)
        for leaf in leaves.split(", "):
            label, _, known = leaf.partition("=")
            number += 1
            yield Shelf(int(known or number), label, shelf, leaf=True)


SHELVES = tuple(_parsed())
BY_NUMBER = {shelf.number: shelf for shelf in SHELVES}


def tree(label: str, keyword: str = "") -> list[dict[str, Any]]:  # Any: JSON
    """The whole tree, or with a keyword the leaves it may mean, each with the way to it in its name."""
    if not keyword:
        return [_node(shelf, label) for shelf in SHELVES if not shelf.parent]
    meant = (shelf for shelf in SHELVES if shelf.leaf and keyword.lower() in shelf.name.lower())
    return [{label: _way(shelf), "id": str(shelf.number)} for shelf in meant]


def _node(shelf: Shelf, label: str) -> dict[str, Any]:  # Any: JSON
    node: dict[str, Any] = {label: shelf.name, "id": str(shelf.number)}  # Any: JSON
    children = [_node(child, label) for child in SHELVES if child.parent == shelf.number]
    return node | ({"child": children} if children else {})


def _way(shelf: Shelf) -> str:
    parent = BY_NUMBER.get(shelf.parent)
    return f"{_way(parent)} / {shelf.name}" if parent else shelf.name
