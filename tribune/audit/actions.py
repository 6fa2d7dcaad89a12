"""Writing the log, in the transaction of what it tells of."""

from typing import Any

from tribune.audit.models import Event, Verb
from tribune.database import write
from tribune.organisers.models import Organiser


def record(
    verb: Verb,
    *,
    team_id: int,
    by: Organiser | None,
    letter_id: int | None = None,
    signature_id: int | None = None,
    subject: str = "",
    **details: Any,
) -> None:
    """Add a line. `by`: who did it, None for the shell; `details`: JSON values that the words of the verb name."""
    with write() as session:
        session.add(
            Event(
                verb=verb,
                team_id=team_id,
                organiser_id=by.id if by else None,
                actor=(by.name or by.email) if by else "",
                letter_id=letter_id,
                signature_id=signature_id,
                subject=subject,
                details=details,
            )
        )
