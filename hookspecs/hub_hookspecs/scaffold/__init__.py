"""Writes a new plugin: eight files that import from their own sandbox and pass the contract suite untouched."""

from __future__ import annotations

import keyword
import re
import secrets
import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 40
_TAKEN = frozenset({"hookspecs"})  # hub_hookspecs is this package
_FILES = {
    "pyproject.toml": "pyproject.toml.tmpl",
    "README.md": "README.md.tmpl",
    "hub_$name/__init__.py": "package/__init__.py.tmpl",
    "hub_$name/plugin.py": "package/plugin.py.tmpl",
    "hub_$name/client.py": "package/client.py.tmpl",
    "hub_$name/translate.py": "package/translate.py.tmpl",
    "hub_$name/sandbox.py": "package/sandbox.py.tmpl",
    "tests/test_contract.py": "tests/test_contract.py.tmpl",
}


class Refused(Exception):
    """The plugin cannot be written; the message says why in one line."""


def write_plugin(name: str, *, into: Path) -> Path:
    """Write the plugin into a folder of its own, whole or not at all, and give that folder."""
    _check_name(name)
    target, contents = into / name, _contents(name)
    scratch = into / f".{name}.{secrets.token_hex(4)}"
    try:
        _check_place(target)
        _write(scratch, contents)
        scratch.replace(target)
    except OSError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise Refused(f"{target} cannot be written: {error.strerror}") from error
    return target


def _check_place(target: Path) -> None:
    if not target.parent.is_dir():
        raise Refused(f"{target.parent} is not a folder")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise Refused(f"{target} exists and is not an empty folder")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise Refused(f"{name!r} is no name for a plugin: lower-case letters, digits, _ between; at most {_LONGEST}")
    if keyword.iskeyword(name) or name in _TAKEN:
        raise Refused(f"{name!r} is no name for a plugin: the word is taken")


def _contents(name: str) -> Mapping[str, str]:
    words = name.replace("_", " ").split()
    values = {
        "name": name,
        "slug": name.replace("_", "-"),
        "title": " ".join(words).title(),
        "Name": "".join(word.capitalize() for word in words),
    }
    templates = files(__name__) / "templates"
    return {
        Template(path).substitute(values): Template((templates / source).read_text("utf-8")).substitute(values)
        for path, source in _FILES.items()
    }


def _write(folder: Path, contents: Mapping[str, str]) -> None:
    for path, text in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
