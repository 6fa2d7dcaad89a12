"""What a reader types to sign, and the fields that other forms share; wordings.py has the sentences agreed to."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import AnyOf, DataRequired, Optional, Regexp

from tribune.codes import DIGITS
from tribune.fields import SelectChoice, at_most, no_link, no_lure, not_required, own_address_field, printable, tidy
from tribune.letters.models import Letter
from tribune.signatures.stamp import is_good, stamp
from tribune.signatures.wordings import NEWS, PUBLISH, WORDINGS

NAME, AFFILIATION, PRINTED = 100, 200, 400  # characters

TEXT_CHANGED = _l("The text of this letter was changed while you were reading. Read it again, then press the button.")
LIST_CHANGED = _l(
    "This form has changed since you opened it. Everything you typed is still here: look at the boxes above the "
    "button, then press it again."
)

ONE_LEFT_OUT = _l("Enter both names, or tick the box below if you go by one name alone.")
CODE_TYPED = _l("Type the six digits from the email.")

CAPACITIES = [
    SelectChoice("personal", _l("In a personal capacity")),
    SelectChoice("organisation", _l("On behalf of my organisation")),
]


def line_field(label: str, missing: str, longest: int, more: Sequence[Any] = (), **shown: Any) -> StringField:
    """A field printed on one line: tidied, short, without web addresses. `missing`: the error if it is required."""
    checks = [*([DataRequired(missing)] if missing else []), at_most(longest), printable, no_link, *more]
    return StringField(label, filters=[tidy], validators=checks, render_kw=shown)


def name_field(label: str, missing: str = "", **shown: Any) -> StringField:
    """Return the field for a given or a family name, of which a telephone would make a word of its dictionary."""
    return line_field(label, missing, NAME, [no_lure], autocorrect="off", **shown)


def role_field() -> StringField:
    """Return the field for the role of somebody who signs.

    It stands behind the name: a telephone's keyboard would begin it with a capital, which no line has there.
    """
    shown = {"autocomplete": "organization-title", "autocapitalize": "none"}
    return line_field(_l("Role"), _l("Enter your role."), AFFILIATION, **shown)


def affiliation_field() -> StringField:
    """Return the field for role and organisation in one, of somebody invited; without a capital, as `role_field`."""
    return line_field(_l("Printed after the name"), "", PRINTED, autocapitalize="none")


def organisation_field() -> StringField:
    """Return the field for the organisation of somebody who signs."""
    missing = _l("Enter your organisation.")
    return line_field(_l("Organisation"), missing, AFFILIATION, autocomplete="organization")


def capacity_field() -> RadioField:
    """Return the choice between signing for oneself and for an organisation."""
    return RadioField(
        _l("I sign"),
        choices=CAPACITIES,
        default="personal",
        validate_choice=False,
        validators=[Optional(), AnyOf(["personal", "organisation"], _l("Choose one of the two."))],
    )


class ConsentField(BooleanField):
    """A box by which somebody agrees. A browser leaves out one that is not ticked; a program may write "no" into it."""

    false_values = ("", "0", "false", "n", "no", "non", "off")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the word, whatever its capitals."""
        super().process_formdata([word.strip().lower() for word in valuelist])


class StampedForm(Form):
    """A public form, with a stamp instead of a cookie, and a hidden field that only programs fill in."""

    stamp = HiddenField()
    website = StringField(_l("Leave this empty"), filters=[tidy], render_kw={"tabindex": "-1", "autocomplete": "off"})

    def __init__(self, *args: Any, subject: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject

    @property
    def fresh_stamp(self) -> str:
        """Return a new stamp, for showing the form again."""
        return stamp(self.subject)

    def validate_stamp(self, field: HiddenField) -> None:
        if not is_good(field.data or "", self.subject):
            raise ValidationError(
                _l("This page is too old or incomplete. Everything you typed is still here: press the button again.")
            )

    def validate_website(self, field: StringField) -> None:
        if field.data:
            raise ValidationError(_l("Leave the hidden field empty, then press the button again."))


class NamesForm(Form):
    """The name of somebody who signs, as it is printed. One name alone is kept as a family name."""

    given_name = name_field(_l("Given name"), _l("Enter your given name."), autocomplete="given-name")
    family_name = name_field(_l("Family name"), _l("Enter your family name."), autocomplete="family-name")
    one_name = ConsentField(_l("I go by one name alone, such as a stage name"))

    @property
    def offers_one_name(self) -> bool:
        """Whether the box is shown: it would lengthen the form of everybody who has two names."""
        return self.one_name.data or ONE_LEFT_OUT in (*self.given_name.errors, *self.family_name.errors)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Take one name alone from whoever says that they have no other, in whichever field it was typed."""
        names = self.given_name, self.family_name
        for field in names:
            field.data = "" if field.data and not field.data.strip("-–—.") else field.data  # typed to be let through
        left_out = [field for field in names if not field.data]
        if self.one_name.data and len(left_out) == 1:
            self.given_name.data, self.family_name.data = "", self.given_name.data or self.family_name.data
            not_required(self.given_name)
        is_valid = super().validate(*args, **kwargs)
        if len(left_out) == 1 and left_out[0].errors and not self.one_name.data:
            left_out[0].errors = [ONE_LEFT_OUT]
        return is_valid

    def validate_organisation(self, field: StringField) -> None:
        if "capacity" in self and self["capacity"].data == "organisation" and not field.data:
            raise ValidationError(_l("Enter the organisation on whose behalf you sign."))


class SigningForm(StampedForm, NamesForm):
    """The checks of every form that signs: the letter's, and that of an invitation."""

    digest: str  # of the text as it is now

    def validate_version(self, field: HiddenField) -> None:
        """Refuse if the text changed since it was shown: everybody signs exactly the words they saw."""
        if field.data != self.digest:
            raise ValidationError(TEXT_CHANGED)


class SignForm(SigningForm):
    """The form of one letter: role and organisation required, optional or absent as its organiser chose."""

    email = own_address_field(_l("Email address"))
    role = role_field()
    organisation = organisation_field()
    capacity = capacity_field()
    publish = ConsentField()
    news = ConsentField(NEWS)
    version = HiddenField()
    wording = HiddenField()

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, subject=letter.slug, **kwargs)
        self.digest = letter.version.digest
        for name, asked in (("role", letter.asks_role), ("organisation", letter.asks_organisation)):
            if asked == "absent":
                del self[name]
            elif asked == "optional":
                not_required(self[name])
        if letter.asks_organisation == "absent":
            del self["capacity"]
        self.wording_now = WORDINGS[letter.public_list]
        if self.wording_now not in PUBLISH:
            del self["publish"]
            return
        self.publish.label.text = PUBLISH[self.wording_now]
        if self.wording.data != self.wording_now:  # the box that was ticked said something else
            self.publish.data = False

    def validate_wording(self, field: HiddenField) -> None:
        """Refuse if the sentences of consent changed since they were shown."""
        if field.data != self.wording_now:
            raise ValidationError(LIST_CHANGED)

    @property
    def content(self) -> dict[str, Any]:
        """Return what was typed, as arguments of `actions.sign`."""
        return {
            "given_name": self.given_name.data,
            "family_name": self.family_name.data,
            "email": self.email.data,
            "role": self.role.data if "role" in self else "",
            "organisation": self.organisation.data if "organisation" in self else "",
            "capacity": (self.capacity.data or "personal") if "capacity" in self else "personal",
            "published": self.publish.data if "publish" in self else False,
            "news": self.news.data,
            "digest": self.version.data,
            "wording": self.wording.data,
        }


class CodeForm(Form):
    """The code of the mail. A wrong one gets no reason."""

    code = StringField(
        _l("Code in the email, six digits"),
        filters=[lambda typed: re.sub(r"[\W_]+", "", tidy(typed))],  # as people group them: 051 102, 051-102
        validators=[DataRequired(CODE_TYPED), Regexp(rf"[0-9]{{{DIGITS}}}$", message=CODE_TYPED)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12, "size": 8},
    )


class AddressForm(StampedForm):
    """The address to which links are mailed."""

    email = own_address_field(_l("Email address"))
