"""Where channels call is told them again every day: some forget it."""

from __future__ import annotations

from datetime import timedelta

from hub.kernel import jobs
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street


def test_what_a_channel_forgot_is_registered_again_within_a_day(street: Street, bell: Bell) -> None:
    registered = dict(bell.registered)
    bell.registered.clear()

    street.passes(timedelta(days=1, minutes=1))
    jobs.sweep(street.database)
    street.works()

    assert bell.registered == registered
