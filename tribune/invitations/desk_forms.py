"""The organisers' forms: about the people they invite, and for the mail."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, DataRequired, Optional

from tribune.fields import OrganiserForm, SelectChoice, address_field, at_most, tidy, tidy_text
from tribune.i18n import current_language
from tribune.invitations.lines import WORDS, proposal_shown_as
from tribune.invitations.models import Gathering, Invitation
from tribune.invitations.queries import is_invited
from tribune.invitations.words import DAY, MESSAGE, NOT_OURS, SENDER, SUBJECT, braced, mail_shown_as, mistakes
from tribune.letters.models import Letter
from tribune.outbox.mailboxes import mailbox_key
from tribune.people.forms import CAPACITIES, agreed_field, section_field
from tribune.signatures.forms import AFFILIATION, affiliation_field, line_field, name_field
from tribune.writing.inputs import Day

NOTE, HOW = 2000, 300  # characters
INVITED = _l("Somebody is already invited at this address, and one address signs for one person.")


class InvitationForm(OrganiserForm):
    """Somebody to invite: their line, and their address if known. `seen`: `proposal_shown_as` of what was shown."""

    seen = HiddenField()
    given_name = name_field(_l("Given name"))
    family_name = name_field(_l("Family name"), _l("Enter the family name."))
    affiliation = affiliation_field()
    role = line_field(_l("Role"), "", AFFILIATION, autocapitalize="none")
    organisation = line_field(_l("Organisation"), "", AFFILIATION)
    capacity = RadioField(
        _l("Signs"),
        choices=[SelectChoice("", _l("As they choose")), *CAPACITIES],
        default="",
        validate_choice=False,
        validators=[Optional(), AnyOf(["personal", "organisation"], _l("Choose one of them."))],
    )
    as_organisation = BooleanField(_l("The organisation itself signs, represented by this person"))
    section = section_field()
    email = address_field(_l("Email address"))

    def __init__(self, letter: Letter, invitation: Invitation | None = None) -> None:
        super().__init__(obj=invitation, data={"seen": proposal_shown_as(invitation) if invitation else ""})
        self.letter, self.key_before = letter, invitation and invitation.mailbox_key
        if invitation is None or invitation.affiliation is None:
            del self["affiliation"]

    def validate_organisation(self, field: StringField) -> None:
        if (self.as_organisation.data or self.capacity.data == "organisation") and not field.data:
            raise ValidationError(_l("Enter the organisation on whose behalf they sign."))

    def validate_email(self, field: EmailField) -> None:
        if field.errors or not field.data:
            return
        key = mailbox_key(field.data)
        if key != self.key_before and is_invited(self.letter, key):
            raise ValidationError(INVITED)

    @property
    def columns(self) -> dict[str, Any]:
        """The line as typed, by the names of its columns."""
        line: dict[str, Any] = {name: self[name].data or "" for name in WORDS if name in self}
        if self.as_organisation.data:  # its line is then made of role and organisation
            line["affiliation"] = None
        return {**line, "as_organisation": self.as_organisation.data, "section": self.section.data or ""}


class NoteForm(OrganiserForm):
    """The team's note about somebody; `was`: the note when the page was shown."""

    was = HiddenField(filters=[tidy_text])
    note = TextAreaField(_l("Note of the team"), filters=[tidy_text], validators=[at_most(NOTE)])


class AttestForm(OrganiserForm):
    """That somebody agreed in another way than by their link, and how."""

    how = line_field(
        _l("How and when they agreed"), _l("Say how and when they agreed: by telephone on Monday, for example."), HOW
    )
    agreed = agreed_field()


class MailForm(OrganiserForm):
    """The words of the mail, with fields filled in for each person. `seen`: fingerprint of the words shown."""

    seen = HiddenField()
    subject = StringField(
        _l("Subject"),
        filters=[tidy],
        validators=[DataRequired(_l("Enter a subject.")), at_most(SUBJECT)],
    )
    message = TextAreaField(
        _l("Message"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Write the message.")), at_most(MESSAGE)],
        render_kw={"rows": 16},
    )
    sender = StringField(
        _l("Who signs the email"),
        filters=[tidy],
        validators=[DataRequired(_l("Say who signs the email.")), at_most(SENDER)],
    )
    reply_by = Day(_l("Answer wanted by"), validators=[Optional()])

    def __init__(self, gathering: Gathering) -> None:
        super().__init__(obj=gathering, data={"seen": mail_shown_as(gathering)})

    def _check(self, field: StringField) -> None:
        wrong = mistakes(field.data or "", reply_by=self.reply_by.data)
        if wrong in DAY:
            raise ValidationError(_l("%(field)s is used here: choose the day below, or take it out.", field=wrong))
        if wrong:
            known = ", ".join(braced(current_language()))
            raise ValidationError(
                _l("“%(wrong)s” cannot be filled in. The fields are: %(known)s.", wrong=wrong, known=known)
            )

    validate_subject = validate_message = _check

    def validate_sender(self, field: StringField) -> None:
        if NOT_OURS.search(field.data or ""):
            raise ValidationError(_l("Do not use braces or double brackets here: nothing is filled in."))

    @property
    def words(self) -> dict[str, Any]:
        """The words as typed, by the names of their columns."""
        return {name: self[name].data for name in ("subject", "message", "sender", "reply_by")}
