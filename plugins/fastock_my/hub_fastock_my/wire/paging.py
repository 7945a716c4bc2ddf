"""Where a list ends, whatever the warehouse says of its length."""

from hub_fastock_my.port import Unreadable


def is_last(page: int, size: int, rows: int, total: int) -> bool:
    """`total` on all pages, 0 where it is not told: then a page that is not full is the last one."""
    return page * size >= total if total > 0 and rows else rows < size


def require_whole(page: int, size: int, rows: int, total: int) -> None:
    """Refuse a page that by its own word has lost rows, or was cut shorter than it was asked for."""
    wanted = min(size, total - (page - 1) * size)
    if rows < wanted:
        raise Unreadable(f"page {page} has {rows} rows, and of {total} in all it must have {wanted}")
