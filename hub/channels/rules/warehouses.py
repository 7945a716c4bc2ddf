"""What a warehouse may say of itself: countries, time zones, and when two names are one."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from zoneinfo import available_timezones

from hub_hookspecs import Address

KEY_LENGTH = 200  # of a folded name: an index entry has a limit
DEFAULT_NAME = "Main warehouse"  # until the merchant calls it otherwise
_ASSIGNED = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_ASSIGNED.split())  # ISO 3166-1 alpha-2, officially assigned


class WarehouseKind(enum.StrEnum):
    """Who works in a warehouse."""

    OWN = "own"  # the merchant
    THIRD_PARTY = "third_party"  # a 3PL, whose account it belongs to


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a merchant says of a warehouse; "" is not told. `address.country` is always the warehouse's."""

    name: str
    code: str = ""  # the merchant's own reference
    country: str = ""  # ISO 3166-1 alpha-2
    timezone: str = ""  # IANA
    address: Address = field(default_factory=Address)


def faults(details: Details) -> Iterator[tuple[str, str]]:
    """Each field that cannot be, and its cure."""
    if details.country and details.country not in COUNTRIES:
        yield "country", f"{details.country!r} is no country of ISO 3166-1; write two capital letters such as ID or MY"
    if details.timezone and details.timezone not in _timezones():
        yield "timezone", f"{details.timezone!r} is no time zone; write an IANA name such as Asia/Jakarta"
    if details.address.country not in ("", details.country):
        wanted = details.country or "the country of the warehouse too"
        yield "address.country", f"differs from the country of the warehouse; leave it out, or give {wanted}"


def believed(details: Details) -> Details:
    """What a channel says of a warehouse, without what cannot be."""
    wrong = {name for name, _ in faults(details)}
    country, timezone = ("" if name in wrong else getattr(details, name) for name in ("country", "timezone"))
    return replace(details, country=country, timezone=timezone)


def unlike(name: str, taken: Collection[str]) -> str:
    """The name, numbered where a warehouse whose key is among `taken` has it already."""
    is_cut = len(name_key(name)) > KEY_LENGTH - 10  # what stands behind it would not tell its key from others
    numbered = (f"({n}) {name}" if is_cut else f"{name} ({n})" for n in count(2))
    return name if name_key(name) not in taken else next(one for one in numbered if name_key(one) not in taken)


def is_called(name: str, given: str) -> bool:
    """Whether a warehouse of this name has it by `unlike`."""
    return re.fullmatch(rf"(\(\d+\) )?{re.escape(given)}( \(\d+\))?", name) is not None


def name_key(name: str) -> str:
    """Fold a name, so that two that a person could not tell apart are one; cut to `KEY_LENGTH`."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:KEY_LENGTH]


@cache
def _timezones() -> set[str]:
    return available_timezones()  # walks a folder
