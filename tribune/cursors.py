"""Where a page of a list begins: after the last row of the page before it."""


class BadCursor(ValueError):
    """Not the `after` of a page of ours."""


def row_number(text: str) -> int | None:
    """The number of a row, as an address or a form has it; None for anything else, or what no database takes."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def last_number(after: str) -> int:
    """The number of the last row of the page before, in a list that is in the order of numbers. Raises BadCursor."""
    number = row_number(after)
    if number is None:
        raise BadCursor
    return number
