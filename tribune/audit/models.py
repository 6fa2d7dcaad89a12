"""An event is what an organiser did, or a signatory to their own signature; written in the same transaction."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tribune.database import Base, BigId, Moment, now
from tribune.organisers.models import Organiser


class Verb(StrEnum):
    """What can be done; templates/audit/_words.html puts each in words."""

    LETTER_CREATED = "letter_created"
    LETTER_IMPORTED = "letter_imported"
    LETTER_EDITED = "letter_edited"
    LETTER_CORRECTED = "letter_corrected"
    LETTER_SCHEDULED = "letter_scheduled"
    LETTER_PUBLISHED = "letter_published"
    LETTER_CLOSED = "letter_closed"
    LETTER_CLOSED_ITSELF = "letter_closed_itself"
    LETTER_REOPENED = "letter_reopened"
    LETTER_UNPUBLISHED = "letter_unpublished"
    LETTER_TAKEN_DOWN = "letter_taken_down"
    LETTER_PUT_BACK = "letter_put_back"
    VERSION_WITHHELD = "version_withheld"
    VERSION_DISCLOSED = "version_disclosed"
    LETTER_TRANSFERRED = "letter_transferred"
    LETTER_DELETED = "letter_deleted"
    ADDENDUM_ADDED = "addendum_added"
    ADDENDUM_REMOVED = "addendum_removed"
    PREVIEW_LINK_MADE = "preview_link_made"
    PREVIEW_LINK_REVOKED = "preview_link_revoked"
    SIGNATURES_HIDDEN = "signatures_hidden"
    SIGNATURES_SHOWN = "signatures_shown"
    SIGNATURES_HELD = "signatures_held"
    SIGNATURES_RELEASED = "signatures_released"
    SIGNATURES_ASKED = "signatures_asked"
    SIGNATURES_REMINDED = "signatures_reminded"
    AGREEMENTS_ATTESTED = "agreements_attested"
    SUBSTANCE_TAKEN_BACK = "substance_taken_back"
    SIGNATURES_IMPORTED = "signatures_imported"
    BATCH_UNDONE = "batch_undone"
    SIGNATURE_CORRECTED = "signature_corrected"
    CONFIRMATION_RESENT = "confirmation_resent"
    FIRST_SIGNATORIES_CHANGED = "first_signatories_changed"
    SECTION_CHANGED = "section_changed"
    PEOPLE_ATTESTED = "people_attested"
    FIRST_SIGNATORY_REMOVED = "first_signatory_removed"
    INVITATIONS_ADDED = "invitations_added"
    INVITATION_EDITED = "invitation_edited"
    INVITATION_REMOVED = "invitation_removed"
    INVITATION_LINK_SHOWN = "invitation_link_shown"
    INVITATION_ATTESTED = "invitation_attested"
    INVITATION_QUESTION_ANSWERED = "invitation_question_answered"
    ATTESTING_UNDONE = "attesting_undone"
    INVITATION_MAIL_CHANGED = "invitation_mail_changed"
    INVITATIONS_SENT = "invitations_sent"
    REMINDERS_SENT = "reminders_sent"
    INVITATIONS_PAUSED = "invitations_paused"
    INVITATIONS_RESUMED = "invitations_resumed"
    ORGANISATIONS_MERGED = "organisations_merged"
    MERGE_UNDONE = "merge_undone"
    FLAGS_CLEARED = "flags_cleared"
    FLAGS_PUT_BACK = "flags_put_back"
    EXPORTED = "exported"
    ADDRESSES_EXPORTED = "addresses_exported"
    MEMBER_INVITED = "member_invited"
    INVITATION_REVOKED = "invitation_revoked"
    MEMBER_JOINED = "member_joined"
    ROLE_CHANGED = "role_changed"
    MEMBER_REMOVED = "member_removed"
    MEMBER_LEFT = "member_left"
    TEAM_FOUNDED = "team_founded"
    TEAM_RENAMED = "team_renamed"
    LINE_REWORDED = "line_reworded"
    CONSENT_CHANGED = "consent_changed"
    SIGNATURE_WITHDRAWN = "signature_withdrawn"
    SIGNATURE_RETURNED = "signature_returned"
    SIGNATURE_ERASED = "signature_erased"
    SIGNATURE_ERASED_FOR = "signature_erased_for"
    DATA_FORGOTTEN = "data_forgotten"


# The groups of the filter; each verb is in one of them.
GROUPS = {
    "text": (
        Verb.LETTER_CREATED, Verb.LETTER_IMPORTED, Verb.LETTER_EDITED, Verb.LETTER_CORRECTED,
        Verb.ADDENDUM_ADDED, Verb.ADDENDUM_REMOVED, Verb.SUBSTANCE_TAKEN_BACK,
        Verb.VERSION_WITHHELD, Verb.VERSION_DISCLOSED,
    ),
    "life": (
        Verb.LETTER_SCHEDULED, Verb.LETTER_PUBLISHED, Verb.LETTER_CLOSED, Verb.LETTER_CLOSED_ITSELF,
        Verb.LETTER_REOPENED, Verb.LETTER_UNPUBLISHED, Verb.LETTER_TAKEN_DOWN, Verb.LETTER_PUT_BACK,
        Verb.LETTER_TRANSFERRED, Verb.LETTER_DELETED,
        Verb.PREVIEW_LINK_MADE, Verb.PREVIEW_LINK_REVOKED,
    ),
    "moderation": (
        Verb.SIGNATURES_HIDDEN, Verb.SIGNATURES_SHOWN, Verb.SIGNATURES_HELD, Verb.SIGNATURES_RELEASED,
        Verb.SIGNATURES_ASKED, Verb.SIGNATURES_REMINDED, Verb.AGREEMENTS_ATTESTED, Verb.SIGNATURES_IMPORTED,
        Verb.BATCH_UNDONE, Verb.FLAGS_CLEARED, Verb.FLAGS_PUT_BACK,
    ),
    "lines": (
        Verb.SIGNATURE_CORRECTED, Verb.CONFIRMATION_RESENT, Verb.FIRST_SIGNATORIES_CHANGED, Verb.SECTION_CHANGED,
        Verb.PEOPLE_ATTESTED, Verb.FIRST_SIGNATORY_REMOVED, Verb.SIGNATURE_ERASED_FOR,
        Verb.ORGANISATIONS_MERGED, Verb.MERGE_UNDONE,
    ),
    "own": (  # what signatories do themselves
        Verb.LINE_REWORDED, Verb.CONSENT_CHANGED, Verb.SIGNATURE_WITHDRAWN, Verb.SIGNATURE_RETURNED,
        Verb.SIGNATURE_ERASED,
    ),
    "invitations": (
        Verb.INVITATIONS_ADDED, Verb.INVITATION_EDITED, Verb.INVITATION_REMOVED, Verb.INVITATION_LINK_SHOWN,
        Verb.INVITATION_ATTESTED, Verb.ATTESTING_UNDONE, Verb.INVITATION_QUESTION_ANSWERED,
        Verb.INVITATION_MAIL_CHANGED, Verb.INVITATIONS_SENT, Verb.REMINDERS_SENT, Verb.INVITATIONS_PAUSED,
        Verb.INVITATIONS_RESUMED,
    ),
    "forgotten": (Verb.DATA_FORGOTTEN,),
    "files": (Verb.EXPORTED, Verb.ADDRESSES_EXPORTED),
    "team": (
        Verb.MEMBER_INVITED, Verb.INVITATION_REVOKED, Verb.MEMBER_JOINED, Verb.ROLE_CHANGED, Verb.MEMBER_REMOVED,
        Verb.MEMBER_LEFT, Verb.TEAM_FOUNDED, Verb.TEAM_RENAMED,
    ),
}  # fmt: skip
BY_THE_SITE = (Verb.DATA_FORGOTTEN, Verb.LETTER_CLOSED_ITSELF)  # at a moment that was set
BY_ITS_ADMINISTRATOR = (
    Verb.LETTER_TAKEN_DOWN, Verb.LETTER_PUT_BACK, Verb.VERSION_WITHHELD, Verb.VERSION_DISCLOSED,
    Verb.SIGNATURE_ERASED_FOR,
)  # fmt: skip
# Verbs whose lines name people.
NAMING = [verb for group in ("moderation", "lines", "own", "invitations", "files") for verb in GROUPS[group]]


class Event(Base):
    """One line of the log. `subject` and `details` hold no address and no token."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"))
    # Empty: the shell, a signatory, or a deleted account.
    organiser_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organiser.id))
    actor: Mapped[str] = mapped_column(sa.String(254), default="")  # the name then
    verb: Mapped[str] = mapped_column(sa.String(40))
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letters.id"))
    signature_id: Mapped[int | None] = mapped_column(BigId)  # its erasure empties this line
    subject: Mapped[str] = mapped_column(sa.Text, default="")  # what it was done to, as called then
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    @property
    def is_own(self) -> bool:
        """Whether a signatory did it to their own signature, rather than an organiser on their request."""
        return self.verb in GROUPS["own"] and not self.actor

    @property
    def nameless_actor(self) -> str:
        """Return who did it if no organiser did: `signatory`, `site`, `administrator`; "" for the shell."""
        if self.verb in BY_ITS_ADMINISTRATOR:
            return "administrator"
        return "site" if self.verb in BY_THE_SITE else "signatory" if self.is_own else ""

    __table_args__ = (
        sa.Index("ix_events_team", "team_id", "id"),
        sa.Index("ix_events_letter", "letter_id", "id"),
        sa.Index("ix_events_signature", "signature_id"),
    )
