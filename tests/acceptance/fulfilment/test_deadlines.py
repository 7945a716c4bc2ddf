"""Row B-28: what is to leave by a deadline is told of before that passes, while somebody can still do something."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.acceptance.fulfilment.harbour import Harbour

HOUR = timedelta(hours=1)


@pytest.mark.row("B-28")
def test_people_are_told_once_of_what_is_about_to_leave_too_late(harbour: Harbour) -> None:
    harbour.pasar.arranging = None
    late, order = harbour.sold(TEE=1), harbour.order
    promised = harbour.outbound(late)["ship_by"]
    harbour.pasar.find_couriers()
    sent = harbour.sold(CAP=1)
    harbour.fastock.ship(harbour.outbound(sent)["code"])
    harbour.hears()

    harbour.passes(43 * HOUR)
    early = harbour.flags(late)
    harbour.passes(2 * HOUR)
    flagged, told = harbour.flags(late), harbour.notices("outbound.late")
    harbour.passes(HOUR)
    again = harbour.notices("outbound.late")
    harbour.passes(HOUR)
    harbour.fastock.ship(harbour.outbound(late)["code"])
    harbour.hears()

    assert datetime.fromisoformat(promised) == datetime.fromisoformat(order(late)["ship_by"])
    assert ("outbound_late" in early, "outbound_late" in flagged, "outbound_late" in harbour.flags(sent)) == (
        False, True, False,
    )  # fmt: skip
    assert (len(told), again) == (1, told)
    assert "outbound_late" not in harbour.flags(late)
