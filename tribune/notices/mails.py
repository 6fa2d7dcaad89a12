"""The mail to the operator when a letter is reported, and those to its owners about what was done."""

from datetime import timedelta
from typing import Any

from flask import current_app

from tribune.database import write
from tribune.letters.models import Letter, Version
from tribune.outbox.actions import Budget, Mail, post_mail
from tribune.outbox.composing import compose
from tribune.teams.models import Role
from tribune.teams.queries import members_of
from tribune.tokens import public_url

# Also to a mailbox whose owner once said "it was not me" under a letter: whoever runs the site named it for reports in
# the settings, and owners learn in no other mail why readers see their letter no more.
REPORTS = Budget("report", ((50, timedelta(hours=24)),), priority=2)
OPERATOR = Budget("operator", ((20, timedelta(hours=24)),), priority=2)


def report(letter: Letter, to: str, *, reason: str, message: str, email: str, locale: str) -> bool:
    """Mail a report to the operator, who answers by replying; False when their budget is spent."""
    composed = compose(
        "notices/mail/report.txt",
        locale,
        {"letter": public_url("letters.letter", slug=letter.slug)},
        letter=letter,
        reason=reason,
        message=message.splitlines(),
        email=email,
    )
    with write():
        return post_mail(Mail("report", to, composed, {}, REPORTS, reply_to=email)) is not None


def tell_taken_down(letter: Letter) -> None:
    """Mail the owners of a letter that it is taken down or put back; in the caller's transaction."""
    _tell_owners("taken_down", "notices/mail/taken_down.txt", letter)


def tell_withheld(letter: Letter, version: Version) -> None:
    """Mail the owners of a letter that one of its versions is withheld or shown again; in the caller's transaction."""
    _tell_owners("withheld", "notices/mail/withheld.txt", letter, version=version)


def _tell_owners(kind: str, template: str, letter: Letter, **shown: Any) -> None:
    """Mail them in the language of the letter. Replies go to the operator."""
    to = current_app.config["OPERATOR_CONTACT"]
    desk = public_url("manage_desk.desk", letter_id=letter.id)
    composed = compose(template, letter.locale, {"letter": desk}, letter=letter, contact=to, **shown)
    owners = [member.organiser for member in members_of(letter.team) if member.role is Role.OWNER]
    for owner in sorted(owners, key=lambda each: each.mailbox_key):  # mailboxes are locked in one order
        post_mail(Mail(kind, owner.email, composed, {}, OPERATOR, reply_to=to or None))
