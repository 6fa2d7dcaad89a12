"""The board of invitations, and its buttons."""

from tests.page import Reader, words
from tribune.letters.models import Letter


def at(letter: Letter, path: str = "") -> str:
    """The address of the board, or of what is below it."""
    return f"/manage/letters/{letter.id}/invitations{path}"


def press(desk: Reader, letter: Letter, path: str, **typed: str) -> str:
    """Press a button of the board or of a person: where it leads, or what it shows."""
    token = desk.fields(at(letter, "/people/new"))
    answer = desk.post(at(letter, path), data={**token, **typed})
    assert answer.status_code in {200, 303}, words(answer.text)
    return answer.location or answer.text
