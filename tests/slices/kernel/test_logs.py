"""What the log keeps to itself."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import msgspec
import pytest
import structlog

from hub.kernel import logs

KEY = "hub_dev_lBos1fDa_M1baoyPQXgyhrrUYhlvVqnhus4i6oDeUO0NCYwZHx3M2Ncbjn"
CANARIES = (KEY, "eyJhbGciOiJIUzI1NiJ9.canary", "+6281234567890", "081234567890", "budi@example.com", "canary-secret")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure(stream=stream, json=True)
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(handlers=handlers, level=level, force=True)


def test_secrets_and_people_are_hidden_wherever_they_are_logged(written: io.StringIO) -> None:
    log = structlog.get_logger("hub.somewhere")

    log.info(f"called with Bearer {CANARIES[1]}", client_secret="canary-secret", nested={"access_token": CANARIES[1]})
    log.info("reach", who=["budi@example.com", "+6281234567890"], key=KEY)
    logging.getLogger("dramatiq").warning("key %s of 081234567890", KEY)
    try:
        _fail_with_all_of_it()
    except RuntimeError:
        log.exception("boom")

    assert [canary for canary in CANARIES if canary in written.getvalue()] == []
    assert "RuntimeError: POST failed" in written.getvalue()


def test_the_harness_sees_a_secret_that_gets_through(written: io.StringIO) -> None:
    structlog.get_logger("hub.somewhere").info("plain", note="canary-secret")

    assert "canary-secret" in written.getvalue()


def test_a_text_from_outside_cannot_forge_a_line(written: io.StringIO) -> None:
    structlog.get_logger("hub.somewhere").info("named", name='x\r\n{"event": "forged"}')

    lines = written.getvalue().splitlines()

    assert [msgspec.json.decode(line)["event"] for line in lines] == ["named"]


def test_libraries_write_into_the_same_log(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").error("shutting down")

    assert msgspec.json.decode(written.getvalue())["event"] == "shutting down"


def _fail_with_all_of_it() -> None:
    raise RuntimeError(f"POST failed: token={CANARIES[1]} for {CANARIES[4]}, {CANARIES[2]}, {KEY}")
