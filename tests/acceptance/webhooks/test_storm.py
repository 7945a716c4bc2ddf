"""Row B-24 in a storm: whatever comes how often and in which order, each event has one effect; the proof, but small."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.stalls import Shopify, Tokopedia
from tests.webhooks import naive, storm
from tests.webhooks.plan import Plan
from tests.world import Hub, embedded_hub

SMALL = Plan()


@pytest.mark.row("B-24")
def test_each_event_has_one_effect_however_its_deliveries_come(hub: Hub, stalls: tuple[Tokopedia, Shopify]) -> None:
    report = storm.run(hub.form, SMALL, hub, stalls, [door(hub)])

    assert report.holds, report


def test_the_storm_notices_a_hub_that_believes_whatever_comes(
    tmp_path: Path, stalls: tuple[Tokopedia, Shopify]
) -> None:
    with embedded_hub(tmp_path, plugins=naive.hosts()) as hub:
        report = storm.run("control", replace(SMALL, senders=2), hub, stalls, [door(hub)])

    assert {each.split(":")[0] for each in report.violations} >= {"accepted", "kept", "from nowhere"}


def door(hub: Hub) -> str:
    return str(hub.api.base_url).rstrip("/")
