"""The mail to the operator when a letter is reported, and to its owners when it is taken down."""

from datetime import timedelta

from flask import current_app

from tribune.database import write
from tribune.letters.models import Letter
from tribune.outbox.actions import Budget, Mail, post_mail
from tribune.outbox.composing import compose
from tribune.teams.models import Role
from tribune.teams.queries import members_of

REPORTS = Budget("report", ((50, timedelta(hours=24)),), priority=2)
OPERATOR = Budget("operator", ((20, timedelta(hours=24)),), priority=2)


def report(letter: Letter, to: str, *, reason: str, message: str, email: str, locale: str) -> bool:
    """Mail a report to the operator, who answers by replying; False when their budget is spent."""
    composed = compose(
        "notices/mail/report.txt", locale, letter=letter, reason=reason, message=message.splitlines(), email=email
    )
    with write():
        return post_mail(Mail("report", to, composed, {}, REPORTS, reply_to=email)) is not None


def tell_owners(letter: Letter) -> None:
    """Mail the owners of a letter, in its language, that it is taken down or put back; in the caller's transaction.

    Replies go to the operator.
    """
    to = current_app.config["OPERATOR_CONTACT"]
    composed = compose("notices/mail/taken_down.txt", letter.locale, letter=letter, contact=to)
    owners = [member.organiser for member in members_of(letter.team) if member.role is Role.OWNER]
    for owner in sorted(owners, key=lambda each: each.mailbox_key):  # mailboxes are locked in one order
        post_mail(Mail("taken_down", owner.email, composed, {}, OPERATOR, reply_to=to or None))
