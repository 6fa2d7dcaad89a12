"""Who is shown or counts again stands where they stood before, and reads in no mail that left late that they do not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import all_leave, make_letter, make_signature, posted
from tests.moderation.acting import back, do, do_to
from tests.page import Reader, listed
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation.models import Batch
from tribune.outbox.models import Message
from tribune.signatures.lines import line
from tribune.signatures.models import Signature

LONG_AGO = datetime(2023, 5, 1, tzinfo=UTC)


def moments() -> list[datetime | None]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Signature.counted_at).order_by(Signature.id)))


def test_who_is_released_stands_where_they_stood(client: Reader, letter: Letter) -> None:
    # Of a file of that year, for whom the organisers answer since today; and who has agreed to a changed text since.
    imported = {"at": LONG_AGO, "confirmed": False, "attested_at": now(), "counted_at": LONG_AGO}
    make_signature(letter, family_name="Ancien", **imported)
    agreed = make_signature(letter, family_name="Depuis", at=now() - timedelta(days=3))
    make_signature(letter, family_name="Récent", at=now() - timedelta(days=2))
    with write():
        agreed.counted_at = now() - timedelta(days=1)
    before, order = moments(), ["Zoé Depuis", "Zoé Récent", "Zoé Ancien"]
    assert listed(client.get("/letters/rues/signatories").text) == order
    do(letter, "hold")
    do(letter, "release")
    assert moments() == before and listed(client.get("/letters/rues/signatories").text) == order
    do(letter, "hold")
    released = do(letter, "release")
    back(released)
    assert moments() == [None] * 3
    do(letter, "release")
    assert moments() == before


def undone(batch: Batch, _signature: Signature) -> None:
    back(batch)


def shown(_batch: Batch, signature: Signature) -> None:
    do_to("show", signature)


def left(_batch: Batch, signature: Signature) -> None:
    withdraw(signature.id, signature.link_nonce)


@pytest.mark.parametrize("change", [undone, shown, left])
def test_no_mail_leaves_any_more_that_tells_what_is_no_longer_so(
    letter: Letter, change: Callable[[Batch, Signature], None]
) -> None:
    told, waits = (make_signature(letter, email=f"{name}@example.org") for name in ("parti", "attend"))
    do_to("hide", told, tells=True)
    all_leave()
    batch = do_to("hide", waits, tells=True)
    hidden = make_signature(letter, email="autre@example.org")
    do_to("hide", hidden, tells=True)
    pending = make_signature(letter, confirmed=False, email="attend@example.org")
    back(do_to("hide", pending))  # whose mailbox has a line that is hidden still
    assert [mail.recipient for mail in posted()] == [None, "attend@example.org", "autre@example.org"]
    change(batch, waits)
    assert [mail.recipient for mail in posted()] == [None, "autre@example.org"]


def test_whom_the_mail_has_reached_is_told_when_it_is_undone_and_nobody_else(letter: Letter) -> None:
    reached, gone, waits, untold = (
        make_signature(letter, email=f"{name}@example.org") for name in ("parti", "retire", "attend", "rien")
    )
    make_signature(letter)  # whom nobody ever hid
    before = make_signature(letter, email="avant@example.org")  # told of another hiding, which was then ended
    do_to("hide", before, tells=True)
    all_leave()
    do_to("show", before)
    batches = [do_to("hide", reached, gone, tells=True), do_to("hide", untold)]
    all_leave()
    batches.append(do_to("hide", before, tells=True))
    withdraw(gone.id, gone.link_nonce)
    batches.append(do_to("hide", waits, tells=True))
    do_to("hide", make_signature(letter, email="retire@example.org"), tells=True)  # who has signed anew
    for batch in batches:
        back(batch)
    still, mail = (mail for mail in posted() if mail.recipient)
    assert (still.recipient, still.kind) == ("retire@example.org", "hidden")
    assert (mail.recipient, mail.kind, [*(mail.links or {})]) == ("parti@example.org", "shown", ["mine"])
    text = " ".join((mail.text or "").split())
    assert line(reached).text in text and "Ils y ont renoncé" in text
    withdraw(reached.id, reached.link_nonce)
    assert [mail for mail in posted() if mail.recipient] == [still]


def test_who_was_reached_about_another_letter_alone_is_told_nothing(letter: Letter) -> None:
    here, elsewhere = (make_signature(each, email="ana@example.org") for each in (letter, make_letter()))
    do_to("hide", elsewhere, tells=True)
    back(do_to("hide", here, tells=True))
    assert [mail.about for mail in posted()] == [elsewhere.letter_id]  # it waits, and is still true
    hiding = do_to("hide", here, tells=True)
    left_since = {"created_at": now(), "sent_at": now()}
    with write() as session:
        session.execute(sa.update(Message).where(Message.about == elsewhere.letter_id).values(left_since))
    back(hiding)
    assert [mail.about for mail in posted()] == [elsewhere.letter_id]
