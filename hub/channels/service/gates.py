"""Which gates an account stands behind; their scopes are texts that the job engine only compares."""

from __future__ import annotations

from hub.kernel import gate
from hub.kernel.db import Transaction

AT_ONCE = 4  # jobs of one account


def account_scope(account_id: str) -> str:
    return f"account:{account_id}"


def credentials_scope(credentials: str) -> str:
    return f"credentials:{credentials}"


def switch_scope(merchant_id: str, plugin: str) -> str:
    return f"switch:{merchant_id}:{plugin}"


def stand(db: Transaction, account_id: str, *, merchant_id: str, plugin: str, credentials: str) -> None:
    """Put the account behind its own gate, that of its credentials, and its merchant's switch."""
    own, shared = account_scope(account_id), credentials_scope(credentials)
    switch = switch_scope(merchant_id, plugin)
    gate.ensure(db, own, cap=AT_ONCE)
    gate.ensure_open(db, shared)
    gate.ensure_open(db, switch)
    gate.join(db, account_id, (own, shared, switch))
