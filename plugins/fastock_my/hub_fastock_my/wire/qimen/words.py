"""The standard's code tables, as far as goods are kept and sent."""

from hub_fastock_my.port import Quality, Reason, Status

COMES_IN = {Reason.PURCHASE: "CGRK", Reason.RETURN: "THRK"}
GOES_OUT = "JYCK"
NORMAL_ITEM = "ZC"
OTHER_COURIER = OTHER_PLATFORM = "OTHER"
GOOD = "ZP"
_QUALITIES = {GOOD: Quality.GOOD, "DJ": Quality.HELD, "ZT": Quality.AWAY}
_STATUSES = {
    "NEW": Status.NEW,
    "ACCEPT": Status.ACCEPTED,
    "PRINT": Status.PRINTED,
    "PICK": Status.PICKING,
    "CHECK": Status.CHECKED,
    "PACKAGE": Status.PACKED,
    "WEIGH": Status.PACKED,
    "READY": Status.READY,
    "PARTDELIVERED": Status.PART_SHIPPED,
    "DELIVERED": Status.SHIPPED,
    "SIGN": Status.SHIPPED,
    "REFUSE": Status.RETURNING,
    "PARTFULFILLED": Status.PART_RECEIVED,
    "FULFILLED": Status.RECEIVED,
    "EXCEPTION": Status.EXCEPTION,
    "REJECT": Status.REJECTED,
    "CANCELED": Status.CANCELLED,
    "CLOSED": Status.CLOSED,
    "CANCELEDFAIL": Status.CANCEL_FAILED,
    "TMSCANCELED": Status.INTERCEPTED,
    "TMSCANCELFAILED": Status.INTERCEPT_FAILED,
}


def status(word: str) -> Status:
    return _STATUSES.get(word.upper(), Status.OTHER)


def quality(word: str) -> Quality:
    """Only ZP may be sold; what is not known lies there and may not."""
    return _QUALITIES.get(word.upper(), Quality.DAMAGED)
