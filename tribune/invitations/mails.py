"""The mails of invitations: to the people invited, and from them to the organisers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from tribune.database import db, now
from tribune.invitations.links import answer_link
from tribune.invitations.models import Gathering, Invitation
from tribune.invitations.standing import stands_already
from tribune.invitations.words import DAY, filled, sender_name
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, Mail, lock_mailbox, post_mail
from tribune.outbox.composing import Composed, compose
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import QUESTION, WAITS, Message
from tribune.signatures.links import no_more_link
from tribune.statements import UNREAD, count_of
from tribune.tokens import public_url

KIND = "invitation"
# A small budget, since somebody else typed the address. Sent after confirmations and corrections, which people await.
INVITATIONS = Budget(KIND, ((3, timedelta(hours=24)), (10, timedelta(days=30))), priority=2)
TRIALS = Budget("invitation_trial", ((10, timedelta(hours=24)),), priority=2)
ASKED, DECLINED = QUESTION, "declined"  # what the contact of a letter is told
TO_CONTACT = {ASKED: "invitations/mail/question.txt", DECLINED: "invitations/mail/declined.txt"}
LARGEST = 18_000  # bytes of text and HTML together; long names may add some, up to 20 KB
QUESTIONS_A_DAY = 3  # by one invited person
MOST_QUESTIONS = 50  # a day, to one mailbox: the contact of a letter may be the address of a stranger


def compose_invitation(
    letter: Letter, gathering: Gathering, invitation: Invitation, *, by: Organiser, reminder: bool
) -> Composed:
    """Compose the mail exactly as it leaves, except for its links. `by`: who sends it."""
    attested = invitation.signature_id is not None and invitation.accepted_at is None  # since it was posted
    composed = compose(
        "invitations/mail/invitation.txt",
        letter.locale,
        {"privacy": _privacy_page(letter)},
        letter=letter,
        reminder=reminder,
        subject=" ".join(filled(gathering.subject, letter, gathering, invitation).split()),
        message=filled(gathering.message, letter, gathering, invitation),
        sender=gathering.sender,
        already="attested" if attested else stands_already(invitation) if invitation.mailbox_key else "",
        reply_by=None if any(day in gathering.message for day in DAY) else gathering.reply_by,
    )
    return replace(composed, sender_name=sender_name(gathering, by))


def _privacy_page(letter: Letter) -> str:
    """Return the address of the letter's own page, or of the site's under embargo, when the letter has none."""
    if letter.is_published:
        return public_url("notices.letter_privacy", slug=letter.slug, lang=letter.locale)
    return public_url("notices.privacy", lang=letter.locale)


def size(letter: Letter, gathering: Gathering, by: Organiser) -> int:
    """Return the bytes of the longest mail with these words, the reminder, for names of 20 letters."""
    somebody = Invitation(given_name="x" * 20, family_name="x" * 20)
    composed = compose_invitation(letter, gathering, somebody, by=by, reminder=True)
    return len(composed.text.encode()) + len(composed.html.encode())


def post_invitation(
    letter: Letter, gathering: Gathering, invitation: Invitation, *, by: Organiser, reminder: bool
) -> int | None:
    """Post the personal link, paused if invitations are; return the id of the mail, None if the budget is spent."""
    composed = compose_invitation(letter, gathering, invitation, by=by, reminder=reminder)
    links = {"answer": answer_link(invitation), "not_me": no_more_link(invitation.mailbox_key or "")}
    to, answers = invitation.email or "", letter.contact or None
    mail = Mail(KIND, to, composed, links, INVITATIONS, about=letter.id, reply_to=answers)
    return post_mail(mail, paused=gathering.paused_at is not None)


def post_trial(letter: Letter, composed: Composed, to: Organiser) -> bool:
    """Post to an organiser the mail as people get it, its links already replaced by words."""
    answers = letter.contact or None
    mail = Mail(TRIALS.name, to.email, composed, {}, TRIALS, about=letter.id, reply_to=answers)
    return post_mail(mail) is not None


def last_trial(letter: Letter, to: Organiser) -> int:
    """Return the id of the latest mail of `post_trial`; 0: none, or forgotten."""
    theirs = Message.mailbox_key == to.mailbox_key, Message.budget == TRIALS.name, Message.about == letter.id
    return db.session.scalar(sa.select(sa.func.max(Message.id)).where(*theirs)) or 0


def rewrite_invitation(letter: Letter, gathering: Gathering, invitation: Invitation, by: Organiser) -> None:
    """Compose anew the mail that waits for somebody, as if `by` posted it now; in the caller's transaction."""
    message = invitation.message
    if message is not None:
        with force_locale(message.locale):
            reminds = " ".join(_("Reminder: %(subject)s", subject="").split())
        reminder = invitation.reminders > 0 and (message.subject or "").startswith(reminds)
        made = compose_invitation(letter, gathering, invitation, by=by, reminder=reminder)
        message.subject, message.text, message.html, message.locale = made.subject, made.text, made.html, made.locale
        message.sender_name = made.sender_name


def post_question(letter: Letter, invitation: Invitation, question: str) -> bool:
    """Mail a question to the contact of the letter; False when this person has asked enough for a day.

    Beyond MOST_QUESTIONS it is not mailed: it stands on the board.
    """
    question = question.replace("[[", "[ [")  # "[[" marks a link in our mails
    return _post_to_contact(ASKED, QUESTIONS_A_DAY, letter, invitation, question=question)


def post_declined(letter: Letter, invitation: Invitation) -> None:
    """Mail the contact of the letter that a first signatory has declined: a newspaper may have the list.

    Without their address, which not everybody may know who reads the contact's mails. Once a day for one person, and
    with the questions MOST_QUESTIONS at most: it stands on the board.
    """
    _post_to_contact(DECLINED, 1, letter, invitation)


def drop_declined(invitation: Invitation) -> None:
    """Delete what `post_declined` made, if it waits: they have accepted again. In the caller's transaction."""
    db.session.execute(sa.delete(Message).where(_waits([invitation.id], DECLINED)), execution_options=UNREAD)


def _post_to_contact(what: str, a_day: int, letter: Letter, invitation: Invitation, **words: str) -> bool:
    if _handed_on(mailbox_key(letter.contact)) >= MOST_QUESTIONS:
        return True
    composed = compose(
        TO_CONTACT[what],
        letter.locale,
        {"page": public_url("manage_invitations.person", letter_id=letter.id, invited_id=invitation.id)},
        letter=letter,
        invitation=invitation,
        **words,
    )
    budget = Budget(_by(what, invitation.id), ((a_day, timedelta(hours=24)),), priority=1)
    answers = invitation.email if what == ASKED else None
    return post_mail(Mail(QUESTION, letter.contact, composed, {}, budget, reply_to=answers)) is not None


def _handed_on(key: str) -> int:
    """Count the mails of QUESTION to this mailbox in 24 hours, and lock it so that nobody mails another meanwhile."""
    lock_mailbox(key)
    today = Message.kind == QUESTION, Message.created_at > now() - timedelta(hours=24)
    return count_of(Message.mailbox_key == key, *today)


def questions_of(numbers: Iterable[int]) -> sa.ColumnElement[bool]:
    """Return the condition for the mails that wait to tell the contact what these people ask, or that they declined."""
    return _waits(numbers, *TO_CONTACT)


def _waits(numbers: Iterable[int], *told: str) -> sa.ColumnElement[bool]:
    budgets = [_by(what, number) for what in told for number in numbers]
    return sa.and_(WAITS, Message.kind == QUESTION, Message.budget.in_(budgets))


def _by(what: str, number: int) -> str:
    """Return the budget of one invitation. It also identifies these mails of it, which go to another mailbox."""
    return f"{what} {number}"
