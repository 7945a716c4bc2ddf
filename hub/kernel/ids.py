"""Identifiers: UUIDv7 as text, so that they sort by the time they were made."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Whether `text` is a bare UUID in canonical form; anything else is never looked up."""
    try:
        return str(uuid_utils.UUID(text)) == text
    except ValueError:
        return False
