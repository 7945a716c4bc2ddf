"""Where a list ends, whatever the warehouse says of its length."""


def is_last(page: int, size: int, rows: int, total: int) -> bool:
    """`total` on all pages, 0 where it is not told: then a page that is not full is the last one."""
    return page * size >= total if total > 0 and rows else rows < size
