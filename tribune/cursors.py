"""Where a page of a list begins: after the last row of the page before it."""


class BadCursor(ValueError):
    """Not the `after` of a page of ours."""


def number_before(after: str) -> int:
    """The number of the row after which one goes on, 0 before all: digits alone, and what every database takes.

    Raises BadCursor. A row that is to be there is read by `fields.row_number`.
    """
    if not (after.isascii() and after.isdecimal()) or len(after) > 18:
        raise BadCursor
    return int(after)
