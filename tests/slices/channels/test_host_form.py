"""A plugin's settings as a form, and what is said to those who fill it in wrongly."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
import pytest
from hub_hookspecs import Capability, GeneratedKeyPair, GeneratedSecret, Kind, Paper, Rate, Secret

from hub.channels.host import Host, capability_sheet, settings_from, settings_schema
from hub.kernel.errors import Invalid
from tests.slices.channels.hosted import a_channel, a_host

Url = Annotated[str, msgspec.Meta(pattern="^https://", max_length=40, description="The address of the shop's API.")]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    code: str


class FullSettings(msgspec.Struct, frozen=True, kw_only=True):
    base_url: Url
    client_secret: Annotated[Secret, msgspec.Meta(min_length=8)]
    key_pair: GeneratedKeyPair
    webhook_secret: GeneratedSecret = ""
    port: Port = 443
    sandbox: bool = False
    place: Place | None = None

    def __post_init__(self) -> None:
        if self.sandbox and self.port == 443:
            raise ValueError("a sandbox has a port of its own")


GOOD = {"base_url": "https://shop.example", "client_secret": "hunter2-hunter2"}


@pytest.fixture
def host() -> Host:
    return a_host(a_channel(settings=FullSettings))


def complaints(host: Host, given: dict[str, object], *, strict: bool = True) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        settings_from(host, given, strict=strict)
    assert "hunter2" not in str(refusal.value)
    return {error.field: error.message for error in refusal.value.errors}


def test_the_form_shows_what_a_person_fills_in(host: Host) -> None:
    schema = settings_schema(host)

    assert list(schema["properties"]) == ["base_url", "client_secret", "port", "sandbox", "place"]
    assert schema["required"] == ["base_url", "client_secret"]
    assert schema["properties"]["client_secret"]["writeOnly"]
    assert schema["properties"]["port"]["maximum"] == 65535
    assert schema["additionalProperties"] is False
    assert "Place" in schema["$defs"]


def test_good_settings_become_the_plugins_own_type(host: Host) -> None:
    settings = settings_from(host, GOOD, generated={"key_pair": "PEM"})

    assert settings == FullSettings(
        base_url="https://shop.example", client_secret="hunter2-hunter2", key_pair="PEM", webhook_secret=""
    )


def test_every_wrong_field_is_named_at_once_with_its_cure(host: Host) -> None:
    given = {"base_url": "ftp://shop", "client_secret": "short", "port": 0, "prot": 1, "key_pair": "mine"}

    found = complaints(host, given)

    assert sorted(found) == ["base_url", "client_secret", "key_pair", "port", "prot"]
    assert found["base_url"].endswith("The address of the shop's API.")
    assert found["port"] == "must be at least 1."
    assert found["prot"] == "there is no such setting; there are base_url, client_secret, port, sandbox, place"
    assert found["key_pair"] == "the hub makes this itself: leave it out"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({}, "base_url", id="nothing"),
        pytest.param({"base_url": None}, "base_url", id="None"),
        pytest.param({"base_url": "https://" + "x" * 40}, "base_url", id="too long"),
        pytest.param({"base_url": "https://a\x00b"}, "base_url", id="NUL"),
        pytest.param({"base_url": "https://\ud800"}, "base_url", id="lone surrogate"),
        pytest.param({"port": "443"}, "port", id="text for a number"),
        pytest.param({"port": 65536}, "port", id="beyond the limit"),
        pytest.param({"port": 10**30}, "port", id="beyond 64 bits"),
        pytest.param({"port": float("nan")}, "port", id="NaN"),
        pytest.param({"port": True}, "port", id="true for a number"),
        pytest.param({"sandbox": "maybe"}, "sandbox", id="neither true nor false"),
        pytest.param({"place": {"code": 7}}, "place", id="wrong inside"),
        pytest.param({"place": {}}, "place", id="missing inside"),
        pytest.param({"client_secret": ["hunter2"]}, "client_secret", id="a list for a secret"),
        pytest.param({"\x00" * 1_000: 1}, "\\x00" * 15, id="a name nobody can read"),
    ],
)
def test_a_wrong_value_is_refused_by_name(host: Host, given: dict[str, Any], field: str) -> None:  # Any: wrong values
    found = complaints(host, {**(GOOD if given else {}), **given})

    assert field in found


def test_a_rule_of_the_settings_as_a_whole_is_told_too(host: Host) -> None:
    assert complaints(host, {**GOOD, "sandbox": True}) == {"": "a sandbox has a port of its own"}

    with pytest.raises(Invalid, match=r": a sandbox has a port of its own$") as refusal:
        settings_from(host, {**GOOD, "sandbox": True})
    assert ": :" not in str(refusal.value)


@pytest.mark.parametrize("said", ["port is 443: a sandbox has its own", "port: is 443: a sandbox has its own"])
def test_a_rule_of_the_whole_stands_at_the_setting_that_it_begins_with(said: str) -> None:
    class Ruled(msgspec.Struct, frozen=True, kw_only=True):
        port: Port = 443
        sandbox: bool = False

        def __post_init__(self) -> None:
            raise ValueError(said)

    assert complaints(a_host(a_channel(settings=Ruled)), {}) == {"port": "is 443: a sandbox has its own"}


def test_a_command_line_gives_text_and_limits_hold_all_the_same(host: Host) -> None:
    settings = settings_from(host, {**GOOD, "port": "8443", "sandbox": "true"}, strict=False)

    assert isinstance(settings, FullSettings)
    assert (settings.port, settings.sandbox) == (8443, True)
    assert "port" in complaints(host, {**GOOD, "port": "0"}, strict=False)


def test_the_sheet_says_what_a_channel_can_and_why_it_cannot_the_rest() -> None:
    channel = a_channel(
        kind=Kind.FULFILMENT,
        needs=frozenset(Paper),
        countries=frozenset({"MY", "ID"}),
        rate=Rate(requests=3, per=timedelta(seconds=1)),
        preconditions=("an account manager has opened the API",),
    )

    sheet = capability_sheet(a_host(channel))

    assert sheet.offers == ()
    assert list(sheet.lacks) == list(Capability)
    assert set(sheet.lacks.values()) == {"not built yet"}
    assert (sheet.needs, sheet.countries) == (tuple(Paper), ("ID", "MY"))
    assert msgspec.json.decode(msgspec.json.encode(sheet))["rate"]["per"] == "PT1S"
