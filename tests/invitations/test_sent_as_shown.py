"""What leaves is the mail that was shown before the button was pressed."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, owner_of, posted
from tests.page import Reader, hidden_fields, words
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations import sending
from tribune.invitations.words import gathering_of, mail_shown_as
from tribune.letters.life import publish
from tribune.letters.models import Letter


def save(letter: Letter, message: str) -> None:
    said = {"subject": "Signez", "message": message, "sender": "Nous", "reply_by": None}
    sending.save_words(letter, by=owner_of(letter), **said)  # type: ignore[arg-type]


def test_words_saved_meanwhile_are_shown_before_they_leave(client: Reader, letter: Letter) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    make_invited(letter), make_invited(letter)
    path = f"/manage/letters/{letter.id}/invitations/send"
    save(letter, "Bonjour.")
    begun = dict(hidden_fields(client.get(path).text))
    save(letter, "Salut à tous.")
    late = client.post(path, data=begun)
    assert late.status_code == 409 and posted() == []
    assert "Somebody has changed the email in the meantime" in words(late.text) and "Salut à tous." in words(late.text)
    assert Verb.INVITATIONS_SENT not in db.session.scalars(sa.select(Event.verb)).all()
    assert client.post(path, data=dict(hidden_fields(late.text))).status_code == 303
    assert ["Salut à tous." in (mail.text or "") for mail in posted()] == [True, True]


class SavedBetween(list[int]):
    """Numbers of people; before the second part of them is taken, a colleague saves other words."""

    def __init__(self, numbers: list[int], letter: Letter) -> None:
        super().__init__(numbers)
        self.letter = letter

    def __getitem__(self, part):  # type: ignore[no-untyped-def, override]
        if part.start:
            save(self.letter, "Salut à tous.")
        return super().__getitem__(part)


def test_nobody_more_is_written_to_once_the_words_have_changed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_letter(published=False)
    people = [make_invited(letter).id for _ in range(3)]
    save(letter, "Bonjour.")
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    numbers, shown = SavedBetween(people, letter), mail_shown_as(gathering_of(letter))
    with pytest.raises(ChangedMeanwhile):
        sending.invite(letter, numbers, by=owner_of(letter), seen_as=shown)
    assert ["Bonjour." in (mail.text or "") for mail in posted()] == [True, True]
    event = db.session.scalars(sa.select(Event).where(Event.verb == Verb.INVITATIONS_SENT)).one()
    assert event.details == {"count": 2, "refused": 0}


@ON_SQLITE
def test_of_a_published_letter_no_mail_speaks_as_of_one_to_come_unnoticed(client: Reader, letter: Letter) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    earlier = make_letter(owner_of(letter), published=False)
    save(earlier, "Bientôt publiée.")
    for each in (letter, earlier):
        make_invited(each)
        assert "written before the letter was published" not in words(client.get(send(each)).text)
        publish(each)
    page = words(client.get(send(letter)).text)
    assert "est publiée" in page and "jusqu’à sa publication" not in page and "written before" not in page
    assert "written before the letter was published" in words(client.get(send(earlier)).text)
    save(earlier, "Publiée hier.")
    assert "written before" not in words(client.get(send(earlier)).text)


def send(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/invitations/send"
