"""The door that speaks JSON, after the public reference of another provider's warehouse."""

from hub_fastock_my.sandbox.jsonfx.door import ROOT, JsonDoor
from hub_fastock_my.sandbox.jsonfx.signing import signature

__all__ = ["ROOT", "JsonDoor", "signature"]
