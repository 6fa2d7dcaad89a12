"""The forms that add people to invite: a pasted list or a file, then its rows to review."""

from collections.abc import Mapping
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from tribune.fields import OrganiserForm, address_field, at_most, tidy, tidy_text
from tribune.invitations.desk_forms import NOTE
from tribune.invitations.proposed import Proposed
from tribune.pasting.rows import PersonForm
from tribune.people.forms import section_field
from tribune.reading.doubts import CONTACT_DOUBTS, LIST_DOUBTS, N_, TABLE_DOUBTS
from tribune.reading.sheets import FILES, LARGEST_FILE

KNOWN = {  # looked up in the database again each time the rows are shown
    "already_invited": N_("This address is already on the list: the row is left out. Untick that to ask once more."),
    "has_signed": N_("This address has already signed the letter, or started to."),
    "gives_address": N_(
        "Somebody of this name is on the list without an address. The row gives it to them and changes nothing else."
    ),
    "name_invited": N_("Somebody of this name is already on the list. Leave the row out if it is the same person."),
    "name_signed": N_("Somebody of this name already appears under the letter."),
    "repeated_address": N_("The same address is on several rows: it can sign for only one of these people."),
    "repeated_name": N_("The same name is on several rows. Leave one out if it is the same person."),
    "wrong_address": N_("No email can reach this address. Correct it, or clear it to invite without an email."),
}
WORDS = LIST_DOUBTS | TABLE_DOUBTS | CONTACT_DOUBTS | KNOWN


def row_in_words(number: str, text: str = "") -> str:
    """Say which row of the list or file somebody stood in, and what stood there."""
    where = _("row %(number)s", number=number)
    return str(_("%(row)s: %(text)s", row=where, text=text) if text else where)


class AddForm(OrganiserForm):
    """A pasted list, or a file."""

    people = TextAreaField(_l("People to invite"))
    file = FileField(_l("Or a file"), render_kw={"accept": FILES})

    def validate_people(self, field: TextAreaField) -> None:
        """Accept exactly one of the two."""
        pasted = (field.data or "").strip()
        if self.file.data and pasted:
            raise ValidationError(_l("Paste the list or choose a file, not both."))
        if not self.file.data and not pasted:
            raise ValidationError(_l("Paste the list here, one person per line, or choose a file."))

    @property
    def content(self) -> bytes:
        """The bytes of the file, empty if there is none; one more than LARGEST_FILE at most."""
        return self.file.data.read(LARGEST_FILE + 1) if self.file.data else b""


class InviteeForm(PersonForm):
    """Somebody to invite: the line as on a pasted page, with address, section, and a note of the team."""

    known: ClassVar[Mapping[str, str]] = WORDS
    typed: ClassVar[tuple[str, ...]] = (*PersonForm.typed, "email", "section", "note")
    more: ClassVar[tuple[str, ...]] = ("email", "section", "note")

    email = address_field(_l("Email address"))
    section = section_field()
    note = StringField(_l("Note"), filters=[tidy], validators=[at_most(NOTE)])
    row = HiddenField(filters=[tidy])  # its number in the list or file

    gives_to: int | None = None  # the invitation that gets the address of this row, which adds nobody

    @property
    def called(self) -> str:
        """Return the words of a link to this row: the name, else the address, and the row of the list or file."""
        name = self.name or self.email.data or ""
        return f"{name} ({self.where})".strip() if self.where else name or super().called

    @property
    def where(self) -> str:
        """The row they stood in, in words; empty for one added by hand."""
        return row_in_words(self.row.data) if self.row.data else ""

    @property
    def proposed(self) -> Proposed:
        """The person this row proposes, as `actions.add` takes them."""
        return Proposed(
            **vars(self.person),
            section=self.section.data or "",
            email=self.email.data or None,
            note=self.note.data or "",
        )


class ReviewForm(OrganiserForm):
    """What the review form carries besides its rows: the table they were read from, and doubts about no row."""

    sheet = HiddenField(filters=[tidy_text])
    headings = IntegerField(_l("Row of the headings (0: none)"), validators=[Optional()], render_kw={"min": 0})
    doubts = HiddenField(filters=[tidy_text])
