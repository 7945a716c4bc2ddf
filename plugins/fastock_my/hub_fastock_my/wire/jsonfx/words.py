"""The states of the JSON dialect: one is in the reference, the others are ours in its manner."""

from hub_fastock_my.port import Status

_STATUSES = {
    "wait_inbound": Status.NEW,
    "part_inbound": Status.PART_RECEIVED,
    "inbound": Status.RECEIVED,
    "wait_outbound": Status.NEW,
    "accepted": Status.ACCEPTED,
    "printed": Status.PRINTED,
    "picking": Status.PICKING,
    "checked": Status.CHECKED,
    "packed": Status.PACKED,
    "weighed": Status.PACKED,
    "ready": Status.READY,
    "part_outbound": Status.PART_SHIPPED,
    "outbound": Status.SHIPPED,
    "signed": Status.SHIPPED,
    "refused_by_buyer": Status.RETURNING,
    "exception": Status.EXCEPTION,
    "rejected": Status.REJECTED,
    "cancelled": Status.CANCELLED,
    "closed": Status.CLOSED,
    "cancel_failed": Status.CANCEL_FAILED,
    "intercepted": Status.INTERCEPTED,
    "intercept_failed": Status.INTERCEPT_FAILED,
}


def status(word: str) -> Status:
    return _STATUSES.get(word.lower(), Status.OTHER)
