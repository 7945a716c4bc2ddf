"""Tokens of the app: the same one until it expires or is revoked."""

import base64
import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta


class Login:
    """Knows the app's credentials and which token counts now."""

    def __init__(self, client_id: str, client_secret: str, life: timedelta, clock: Callable[[], datetime]) -> None:
        self._basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._life = life
        self._clock = clock
        self._lock = threading.Lock()
        self._turn = 0
        self._until = clock()  # nothing was handed out yet

    def accepts(self, authorization: str) -> bool:
        return authorization == f"Basic {self._basic}"

    def token(self) -> tuple[str, int]:
        """Hand out the token and the seconds it still lasts; a new one only when the old one is over."""
        with self._lock:
            now = self._clock()
            if now >= self._until:
                self._turn += 1
                self._until = now + self._life
            return self._value(), int((self._until - now).total_seconds())

    def knows(self, authorization: str) -> bool:
        return self._clock() < self._until and authorization == f"Bearer {self._value()}"

    def revoke(self) -> None:
        with self._lock:
            self._until = self._clock()

    def _value(self) -> str:
        return "c:" + hashlib.sha256(f"{self._basic}{self._turn}".encode()).hexdigest()[:22]
