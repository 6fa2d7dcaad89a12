"""What the tests of first signatories share: five people on four lines, and the pages where they are placed."""

from tests.page import Reader, listed
from tribune.database import db
from tribune.letters.models import Letter
from tribune.people.order import order_shown_as
from tribune.people.queries import places
from tribune.signatures.models import Signature

FIRST = "Ana Blanc, maire (Lyon)\nBob Adam, poète (Brest)\nCléo Roi et Dan Sue, fondateurs de Ruche\nÈve Caron"


ANA, BOB, PAIR, EVE = (
    "Ana Blanc, maire (Lyon)",
    "Bob Adam, poète (Brest)",
    "Cléo Roi et Dan Sue, fondateurs de Ruche",
    "Ève Caron",
)


def called(given_name: str) -> Signature:
    return db.session.query(Signature).filter_by(given_name=given_name).one()


def order(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/first"


def page_of(letter: Letter, given_name: str) -> str:
    return f"{order(letter)}/lines/{called(given_name).public_id}"


def fields(desk: Reader, letter: Letter) -> dict[str, str]:
    """What the form of the order carries."""
    return {**desk.fields(order(letter)), "seen": order_shown_as(places(letter))}


def printed(client: Reader) -> list[str]:
    """The lines of the letter's page."""
    return listed(client.get("/letters/rues").text)
