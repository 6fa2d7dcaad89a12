"""What the desk says of the letter on top, in a sentence that is true."""

from datetime import timedelta

import pytest

from tests.databases import ON_SQLITE
from tests.desk.desk import read
from tests.factories import make_invited, make_letter, make_member, owner_of
from tests.page import Reader
from tribune.database import now
from tribune.invitations import sending
from tribune.letters import life
from tribune.teams.models import Role

pytestmark = ON_SQLITE


@pytest.mark.parametrize(
    ("linked", "asked", "said"),
    [
        (False, False, "A draft: visible only to your team for now."),
        (True, False, "A draft: visible only to your team and to anyone who has its private link."),
        (False, True, "A draft: visible only to your team and to those invited."),
        (True, True, "A draft: visible only to your team, to those invited and to anyone who has its private link."),
    ],
)
def test_a_draft_says_who_sees_it(client: Reader, linked: bool, asked: bool, said: str) -> None:
    letter = make_letter(published=False)
    invited, by = make_invited(letter), owner_of(letter)
    if linked:
        life.make_preview_link(letter, by)
    if asked:
        sending.invite(letter, [invited.id], by=by)
    client.log_in(by)
    assert f"{said} <a " in " ".join(read(client, letter).split())  # and what to do next


def test_who_has_first_signatories_already_is_not_told_to_invite_them(client: Reader) -> None:
    invites, orders = "invite its first signatories</a>, then", "put its first signatories in order</a>, then"
    listed, invited = (make_letter(published=False, first="Ana Blanc, maire") for _ in range(2))
    make_invited(invited)
    for letter, told, untold in ((listed, orders, invites), (invited, invites, orders)):
        client.log_in(owner_of(letter))
        assert told in read(client, letter) and untold not in read(client, letter)


def test_a_viewer_finds_the_text_of_a_letter_that_is_not_published_yet(client: Reader) -> None:
    letter = make_letter(published=False)
    client.log_in(make_member(letter, Role.VIEWER))
    preview = f'<a href="/manage/letters/{letter.id}/preview?lang=en">See it as readers will</a>'
    assert f"for now. {preview}" in " ".join(read(client, letter).split())
    life.publish(letter, owner_of(letter), now() + timedelta(days=1))
    assert preview in read(client, letter)
    life.publish(letter, owner_of(letter))
    assert preview not in read(client, letter)  # the desk shows the public address
