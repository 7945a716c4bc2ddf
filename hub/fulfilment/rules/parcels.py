"""Who waits to hear that a parcel left, and whether they have."""

from __future__ import annotations

import enum


class Confirmation(enum.StrEnum):
    """Whether a parcel's channel knows that it left."""

    NOBODY = "nobody"  # it has not left, or its channel does not want to know
    DUE = "due"
    CONFIRMED = "confirmed"
    FAILED = "failed"  # the channel says no, or cannot be reached: a person must look
