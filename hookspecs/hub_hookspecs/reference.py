"""Writes the page of records: every field of what passes between the hub and a plugin, as the source says it."""

from __future__ import annotations

import ast
import enum
import inspect
import io
import tokenize
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import hub_hookspecs
from hub_hookspecs import channel, records

_HEAD = """# Records

What passes between the hub and a plugin: every field of every record, what it means, and what it is when it is left
out. All of them are imported from `hub_hookspecs` itself. `python -m hub_hookspecs records` writes this page, and a
test holds it against the source. Which hook takes and answers which record says [hooks.md](hooks.md).
"""


class Field(NamedTuple):
    """A field as it is written: its type, its default ("" where it must be given) and what is said beside it."""

    name: str
    kind: str
    default: str
    meaning: str


def page() -> str:
    """The page as Markdown, in the order of the source."""
    parts = [_HEAD]
    for title, module in (("Who a channel is", channel), ("What passes", records)):
        parts.append(f"## {title}\n\n{_paragraph(module.__doc__)}\n")
        parts += [_section(each) for each in _classes(module.__name__)]
    return "\n".join(parts)


def _classes(module: str) -> list[type]:
    public = (getattr(hub_hookspecs, name) for name in hub_hookspecs.__all__)
    found = [each for each in public if inspect.isclass(each) and each.__module__ == module]
    return sorted(found, key=lambda each: inspect.getsourcelines(each)[1])


def _section(record: type) -> str:
    about = _paragraph(record.__doc__) if f"{record.__doc__ or ''}".strip() in inspect.getsource(record) else ""
    return "\n".join([f"### `{record.__name__}`\n", *([f"{about}\n"] if about else []), *_table(record), ""])


def _table(record: type) -> Iterator[str]:
    fields = fields_of(record)
    if issubclass(record, enum.Enum):
        yield from ("| member | value | meaning |", "|---|---|---|")
        yield from (f"| `{each.name}` | `{each.default}` | {each.meaning} |" for each in fields)
        return
    yield from ("| field | type | left out | meaning |", "|---|---|---|---|")
    for each in fields:
        default = f"`{each.default}`" if each.default else "must be given"
        yield f"| `{each.name}` | `{each.kind}` | {default} | {each.meaning} |"


def fields_of(record: type) -> Sequence[Field]:
    source = inspect.getsource(record)
    (tree,) = ast.parse(source).body
    said, found = _comments(source), []
    for node in getattr(tree, "body", ()):
        if isinstance(node, ast.AnnAssign | ast.Assign):
            name = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            kind = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""
            default = _default(node.value)
            meaning = " ".join(said[line] for line in range(node.lineno, (node.end_lineno or 0) + 1) if line in said)
            found.append(Field(ast.unparse(name), _cell(kind), _cell(default), _cell(meaning)))
    return found


def _default(value: ast.expr | None) -> str:
    """What a field is when it is left out; a dataclass says it in its own way."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        return next((f"{ast.unparse(each.value)}()" for each in value.keywords if each.arg == "default_factory"), "")
    return ast.unparse(value) if value else ""


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {each.start[0]: each.string.lstrip("# ") for each in tokens if each.type == tokenize.COMMENT}


def _paragraph(text: str | None) -> str:
    return inspect.cleandoc(text or "").replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
