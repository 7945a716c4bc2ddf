"""The door that speaks Qimen v2.0."""

from hub_fastock_my.sandbox.qimen.door import QimenDoor
from hub_fastock_my.sandbox.qimen.signing import signature

__all__ = ["QimenDoor", "signature"]
