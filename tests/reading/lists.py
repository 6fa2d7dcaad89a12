"""Whom tests find in a pasted list, and what of it is doubted."""

from tribune.reading.people import read_people


def names_in(text: str) -> list[str]:
    """Everybody a list holds, in order."""
    return [f"{person.given_name} {person.family_name}".strip() for person in read_people(text).people]


def reasons_in(text: str) -> list[str]:
    return [doubt.reason for doubt in read_people(text).doubts]
