"""`hub demo`: the whole story over real wires, as one document and in words, and how it ends where a step fails."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from hub.cli import telling
from hub.demo import DemoFailed, Summary, calls
from hub.demo.calls import Team
from hub.demo.records import Arrived
from hub.demo.wording import words
from hub.kernel.errors import Refused
from hub.settings import Settings
from tests.cli.processes import run


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """The story as `--json` prints it; it is played once for all that look at it."""
    env = {"HUB_DATA_DIR": str(tmp_path_factory.mktemp("demo")), "HUB_PORT": "0"}
    ended = run("demo", "--once", "--json", "--items", "60", env=env)
    assert (ended.code, ended.err) == (0, "")
    return msgspec.convert(json.loads(ended.out), Summary)


def test_what_channels_list_becomes_products_and_some_are_listed_elsewhere(told: Summary) -> None:
    assert told.items_seen == told.listings + sum(told.skipped.values())
    assert sum(told.classes.values()) == told.listings
    assert told.cross_listed == {"pos": 20}
    assert told.products >= 20


def test_an_order_goes_to_the_3pl_with_label_and_awb_and_stock_falls_everywhere(told: Summary) -> None:
    sent = told.sent

    assert (sent.channel, sent.state, sent.told) == ("Pasar MY (test channel)", "shipped", True)
    assert (sent.awb[:3], sent.courier, sent.label.pages) == ("PMY", "Pos Laju", 1)
    assert {each.channel for each in told.figures} >= {"Tokopedia", "Shopify", "Pasar MY (test channel)"}
    assert {(each.goods_arrived, each.order_sent, each.all_sold, each.after_the_night) for each in told.figures} == {
        (42, 40, 37, 34)
    }


def test_orders_that_the_3pl_cannot_send_say_why_and_what_to_do(told: Summary) -> None:
    why = {each.channel: {one.code: one.reason for one in each.why} for each in told.flagged}

    assert why.keys() == {"Tokopedia", "Shopify"}
    assert list(why["Tokopedia"]) == ["country"]
    assert "sells in ID, and MYKL01 CONS01 serves MY" in why["Tokopedia"]["country"]
    assert why["Shopify"]["no_label"].startswith("no shipping label: Shopify")
    assert all("choose another warehouse" in one.remedy for each in told.flagged for one in each.why)


def test_an_order_at_the_counter_gets_the_hubs_own_label(told: Summary) -> None:
    label = told.counter.label

    assert (told.counter.channel, label.pages, label.width_mm, label.height_mm) == ("Point of sale", 1, 105, 148)


def test_a_cancel_that_comes_too_late_is_refused_with_whom_to_call(told: Summary) -> None:
    assert (told.too_late.order, told.too_late.verdict) == (told.sent.order, "too_late")
    assert told.sent.outbound in told.too_late.refusal
    assert "call Fastock MY" in told.too_late.refusal


def test_the_nightly_sync_is_kept_as_a_record(told: Summary) -> None:
    night = told.night
    there = night.at.astimezone(ZoneInfo(night.timezone))

    assert (night.cause, night.state, there.hour, there.minute) == ("daily", "done", 2, 0)
    assert [(each.sku, each.before, each.after, each.outcome) for each in night.lines] == [
        ("KEBAYA-M", 28, 25, "adopted")
    ]


def test_every_scene_is_told_in_a_headline_and_a_few_lines(told: Summary, capsys: pytest.CaptureFixture[str]) -> None:
    arrived = Arrived(warehouse=told.warehouse, sku="KEBAYA-M", received=told.received, shown=42)
    aloud = telling.Aloud(None, 60)

    for scene in (told, arrived, told.sent, *told.flagged, told.counter, told.too_late, told.night):
        aloud.happened(scene)

    text = capsys.readouterr().out
    assert [line.partition(".")[0] for line in text.splitlines() if not line.startswith(" ")] == [*"12345678"]
    assert "3. Pasar MY (test channel) sells 2, and the 3PL sends them" in text
    assert "8. Night: the hub's clock is set on to 02:00 in Asia/Kuala_Lumpur" in text
    assert len(text.splitlines()) < 40
    with pytest.raises(TypeError):
        words(msgspec.defstruct("Strange", [])())


class Quiet:
    """Nothing happens outside, and no time passes there."""

    def __init__(self) -> None:
        self.passed = timedelta(0)

    def brings_post(self) -> None:
        """There is none."""

    def passes(self, time: timedelta) -> None:
        self.passed += time


def a_team(outside: Quiet, running: list[str]) -> Team:
    """A team whose hub answers nothing but which jobs run."""
    jobs = httpx.MockTransport(lambda request: httpx.Response(200, json={"items": running}))
    return Team(api=httpx.Client(transport=jobs, base_url="http://hub.test"), merchant_id="m", outside=outside)


@pytest.mark.parametrize(("running", "passes"), [([], True), (["a job"], False)], ids=["nothing runs", "a job runs"])
def test_a_step_that_does_not_come_about_in_its_time_is_named(
    monkeypatch: pytest.MonkeyPatch, running: list[str], passes: bool
) -> None:
    monkeypatch.setattr(calls, "PATIENCE", 0.2)
    monkeypatch.setattr(calls, "IDLE_SECONDS", 0.05)
    outside = Quiet()

    with pytest.raises(DemoFailed, match="it did not come about that the 3PL has the order; it stopped at 3 of 5"):
        a_team(outside, running).until("the 3PL has the order", lambda: None, moves=lambda: "3 of 5")

    assert bool(outside.passed) is passes


def test_a_story_that_breaks_off_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_off(*given: object, **named: object) -> object:
        raise DemoFailed("the 3PL refused OB1: no such item")

    monkeypatch.setattr(telling, "playing", breaks_off)

    with pytest.raises(Refused, match=r"^the demo failed: the 3PL refused OB1: no such item$"):
        telling.play(Settings(data_dir=tmp_path), items=10, once=True, as_json=True)
