"""What the tests of the table share: the lines that it shows, and what else is read there."""

import re
from html import unescape

from tests.page import Reader
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.signatures.models import Flag, Signature


def names(html: str) -> list[str]:
    """The printed lines of a table, from the top."""
    return [unescape(re.sub("<[^>]+>", "", line)).strip() for line in re.findall(r'<th scope="row">(.*?)</th>', html)]


def lines(desk: Reader, letter: Letter, asked: str = "") -> list[str]:
    """The same of the page where this is asked."""
    answer = desk.get(f"/manage/letters/{letter.id}/signatures{asked}")
    assert answer.status_code == 200
    return names(answer.text)


def flag(signature: Signature, kind: str, cleared: bool = False) -> None:
    """A flag on a signature, as the site raises it; `cleared`: an organiser has looked."""
    with write() as session:
        cleared_at = now() if cleared else None
        session.add(Flag(letter_id=signature.letter_id, signature_id=signature.id, kind=kind, cleared_at=cleared_at))
