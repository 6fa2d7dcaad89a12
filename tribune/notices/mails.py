"""What whoever runs the site receives when a letter is reported."""

from datetime import timedelta

from tribune.database import write
from tribune.letters.models import Letter
from tribune.outbox.actions import Budget, Mail, post_mail
from tribune.outbox.composing import compose

REPORTS = Budget("report", ((50, timedelta(hours=24)),), priority=2)


def report(letter: Letter, to: str, *, reason: str, message: str, email: str, locale: str) -> bool:
    """Tell whoever runs the site, who answers by replying.

    False when they were told of too many already and may not be written to.
    """
    composed = compose(
        "notices/mail/report.txt", locale, letter=letter, reason=reason, message=message.splitlines(), email=email
    )
    with write():
        return post_mail(Mail("report", to, composed, {}, REPORTS, reply_to=email)) is not None
