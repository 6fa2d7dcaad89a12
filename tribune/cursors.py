"""Where a page of a list begins: after the last row of the page before it."""


class BadCursor(ValueError):
    """An `after` that no page of ours gives."""


def number_before(after: str) -> int:
    """Return the id after which a page begins, 0 for the first. Raises BadCursor unless every database can hold it.

    For the id of a row that must exist: `fields.row_number`.
    """
    if not (after.isascii() and after.isdecimal()) or len(after) > 18:
        raise BadCursor
    return int(after)
