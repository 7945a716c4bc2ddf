"""Options and attributes as lines of a cell: “name: value”, in quotes where that alone would be read differently."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

HOW = "one “name: value” per line"
QUOTED = 'What holds a colon or a line break goes in quotes: "Size: EU": 42.'
_ESCAPED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)  # ends lines, or no cell keeps it
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # what no database keeps
_decoder = json.JSONDecoder()


def written(pairs: Mapping[str, str]) -> str:
    """The lines that `read` makes these pairs of."""
    return "\n".join(_line(name, value) for name, value in pairs.items())


def read(text: str) -> dict[str, str]:
    """The pairs of a cell; raises `ValueError` with what is wrong with the first line that is not understood."""
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        pair = _pair(line)
        if pair is None:
            raise ValueError(f"{line.strip()[:80]!r} is not understood: write {HOW}")
        if pair[0] in found:
            raise ValueError(f"{pair[0][:80]!r} stands twice")
        found[pair[0]] = pair[1]
    return found


def _line(name: str, value: str) -> str:
    """In quotes only as far as it must be; what no database keeps is not read back however it is written."""
    ways = (f"{first}: {second}" for first in (name, _quoted(name)) for second in (value, _quoted(value)))
    kept = (line for line in ways if not _ESCAPED.search(line) and _pair(line) == (name, value))
    return next(kept, f"{_quoted(name)}: {_quoted(value)}")


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _pair(line: str) -> tuple[str, str] | None:
    """Name and value; None where one of them is missing. An empty one is meant where it stands in quotes."""
    name, rest = _name(line.strip())
    value = _unquoted(rest)
    if name is None or value is None or _UNKEPT.search(name + value):
        return None
    return name, value


def _name(line: str) -> tuple[str | None, str]:
    """The name, and what stands behind its colon."""
    if line.startswith('"'):
        try:
            name, end = _decoder.raw_decode(line)
        except ValueError:
            end = len(line)  # a quotation mark that belongs to the name
        if (rest := line[end:].lstrip()).startswith(":"):
            return name, rest[1:].strip()
    name, _, rest = line.partition(":")
    return name.strip() or None, rest.strip()


def _unquoted(text: str) -> str | None:
    if text.startswith('"'):
        try:
            value, end = _decoder.raw_decode(text)
        except ValueError:
            return text  # a quotation mark that belongs to the value
        return str(value) if end == len(text) else text
    return text or None
