"""The version of Shopify's Admin API that this plugin is written for: pinned here and nowhere else, and watched.

Shopify does not refuse a version that has ended, but answers in a later one; the header of each answer alone tells.
"""

import functools
import logging

API_VERSION = "2026-10"
_LONGEST = 40  # characters of what a header says
_STORES = 1_000  # that one process remembers to have warned of

_log = logging.getLogger(__name__)


def warning(answered: str) -> str:
    """What a person should know of the version that an answer was given in; "" where it is the one asked for."""
    if answered in ("", API_VERSION):
        return ""
    return (
        f"Shopify answers in version {answered[:_LONGEST]} of its API; this plugin asks for {API_VERSION}. Update the "
        "plugin before that version ends, or fields may be missing."
    )


def watch(shop: str, answered: str) -> None:
    """Log once for each store that it answers in another version."""
    if warning(answered):
        _log_once(shop, answered[:_LONGEST])


@functools.lru_cache(maxsize=_STORES)
def _log_once(shop: str, answered: str) -> None:
    _log.warning("%s: %s", shop, warning(answered))
