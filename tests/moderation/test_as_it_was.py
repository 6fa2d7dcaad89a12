"""Who is shown again reads in no mail that left late that they are not."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import all_leave, make_letter, make_organiser, make_signature, posted
from tests.moderation.acting import back, do_to
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation.models import Batch
from tribune.signatures.models import Signature


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(make_organiser(), slug="rues")


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
