"""What a warehouse may say of itself: countries, time zones, and when two names are one."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import available_timezones

from hub_hookspecs import Address

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


def name_key(name: str) -> str:
    """Fold a name, so that two that a person could not tell apart are one; cut, since an index entry has a limit."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]


@cache
def _timezones() -> set[str]:
    return available_timezones()  # walks a folder
