"""What an organiser types about one signatory."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, StringField, ValidationError
from wtforms.validators import AnyOf, DataRequired, NumberRange, Optional

from tribune.fields import OrganiserForm, SelectChoice
from tribune.people.actions import WORDS, words_of
from tribune.signatures.forms import AFFILIATION, affiliation_field, line_field, name_field
from tribune.signatures.models import Signature

REASON, SECTION = 300, 100  # characters
CAPACITIES = [
    SelectChoice("personal", _l("In a personal capacity")),
    SelectChoice("organisation", _l("On behalf of the organisation")),
]
AS_ORGANISATION = _l("The organisation signs as such, and this person speaks for it")


def section_field() -> StringField:
    """Return the field for the heading under which somebody is listed."""
    return line_field(_l("Section"), "", SECTION)


def agreed_field() -> BooleanField:
    """Return the box by which organisers attest that somebody agreed."""
    return BooleanField(
        _l("They told us that they agree to be named under this letter, and we can show proof of it."),
        validators=[DataRequired(_l("Tick the box once they have agreed: nobody is named without having said yes."))],
    )


class _LineForm(OrganiserForm):
    """The line of somebody, typed by an organiser; subclasses add the box `as_organisation`."""

    given_name = name_field(_l("Given name"))
    family_name = name_field(_l("Family name"), _l("Enter the family name."))
    role = line_field(_l("Role"), "", AFFILIATION, autocapitalize="none")
    organisation = line_field(_l("Organisation"), "", AFFILIATION)

    def validate_organisation(self, field: StringField) -> None:
        if self["as_organisation"].data and not field.data:
            raise ValidationError(_l("Enter the organisation that signs."))


class CorrectForm(_LineForm):
    """The words of one signature, and why they change; with the same checks as the letter's form."""

    affiliation = affiliation_field()
    capacity = RadioField(
        _l("Signs"),
        choices=CAPACITIES,
        validate_choice=False,
        validators=[Optional(), AnyOf(["personal", "organisation"], _l("Choose one of the two."))],
    )
    as_organisation = BooleanField(AS_ORGANISATION)
    reason = line_field(_l("Why this is corrected"), _l("Say in a few words why this is corrected."), REASON)

    def __init__(self, signature: Signature, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, data=words_of(signature), **kwargs)
        if signature.affiliation is None:
            del self["affiliation"]

    def validate_organisation(self, field: StringField) -> None:
        if self.capacity.data == "organisation" and not field.data:
            raise ValidationError(_l("Enter the organisation on whose behalf they sign."))
        super().validate_organisation(field)

    @property
    def words(self) -> dict[str, Any]:
        """Return what was typed, as `words` for `actions.correct`."""
        words = {name: (self[name].data or "") if name in self else None for name in WORDS}
        as_such = bool(self.as_organisation.data)  # then the line is built from its parts, not kept as printed
        return words | {"as_organisation": as_such} | ({"affiliation": None} if as_such else {})


class SectionForm(OrganiserForm):
    """The heading under which somebody is listed."""

    section = section_field()


class PlaceForm(OrganiserForm):
    """The place to which a line moves."""

    number = IntegerField(
        _l("Move to place number"),
        validators=[
            DataRequired(_l("Enter the number of a place, from 1.")),
            NumberRange(min=1, max=10**6, message=_l("Enter the number of a place, from 1.")),
        ],
        render_kw={"min": 1, "inputmode": "numeric"},
    )


class AddForm(_LineForm):
    """A person for whom the organiser answers."""

    as_organisation = BooleanField(AS_ORGANISATION)
    agreed = agreed_field()

    @property
    def person(self) -> dict[str, Any]:
        """Return who it is, by column name."""
        words = {name: self[name].data or "" for name in ("given_name", "family_name", "role", "organisation")}
        return {**words, "as_organisation": self.as_organisation.data}
