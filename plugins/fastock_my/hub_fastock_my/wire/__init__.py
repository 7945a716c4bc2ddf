"""The only place that knows bytes: two dialects of one port."""

from hub_hookspecs import Account

from hub_fastock_my.port import WarehousePort
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire.jsonfx import JsonPort
from hub_fastock_my.wire.qimen import QimenPort

_DIALECTS: dict[str, type[QimenPort] | type[JsonPort]] = {"qimen": QimenPort, "json": JsonPort}


def port_of(account: Account[FastockSettings]) -> WarehousePort:
    """The door of an account, in the dialect that its settings name."""
    return _DIALECTS[account.settings.dialect](account)
