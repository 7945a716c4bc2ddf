"""One log for the hub and its libraries: events with fields, on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from hub.kernel.http.nameless import HIDDEN
from hub.kernel.http.redaction import Redactor

_SECRETIVE = re.compile(r"token|secret|password|passwd|authori[sz]ation|cookie|signature|credential|api_?key", re.I)
_KEY = re.compile(r"hub_[a-z0-9]{1,12}_([0-9A-Za-z]{8})_[0-9A-Za-z]+")
_PERSON = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\+\d[\d -]{7,}\d|\b0\d{8,12}\b")
_BREAKS = {code: f"\\x{code:02x}" for code in (*range(32), 127, 0x85)}
_WHOLE = ("exception", "stack")  # tracebacks keep their lines
_redactor = Redactor()


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Hide what a field's name gives away, and keys, tokens, addresses and numbers inside of texts."""
    return {name: HIDDEN if _SECRETIVE.search(name) else _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: Any) -> Any:  # Any: whatever was logged
    match value:
        case str():
            known = _KEY.sub(r"hub_…_\1_[redacted]", _redactor.text(value))
            return _PERSON.sub(HIDDEN, known) if name in _WHOLE else _PERSON.sub(HIDDEN, known).translate(_BREAKS)
        case dict():
            return redact(None, "", value)
        case list() | tuple() | set() | frozenset():
            return [_redacted(name, each) for each in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return _redacted(name, str(value))


def configure(*, stream: TextIO = sys.stderr, level: str = "INFO", json: bool | None = None) -> None:
    """Send everything through one chain: JSON lines, or columns where a person watches a terminal."""
    as_json = not stream.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("httpx", "httpcore"):  # they log addresses with their queries; the hub records exchanges itself
        logging.getLogger(name).setLevel(logging.WARNING)
