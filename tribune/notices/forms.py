"""The forms that report a letter and take it down."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired

from tribune.fields import OrganiserForm, address_field, at_most, printable, tidy, tidy_text
from tribune.signatures.forms import StampedForm

LONGEST = 2000  # characters
LONGEST_REASON = 1000
REASONS = [
    SelectChoice("not-signed", _l("My name is under it, and I did not sign")),
    SelectChoice("unlawful", _l("It seems unlawful to me")),
    SelectChoice("data", _l("It reveals private things about somebody")),
    SelectChoice("other", _l("Something else")),
]


class ReportForm(StampedForm):
    """Why a letter is reported, and an address for the answer, if one is wanted."""

    reason = RadioField(
        _l("What is the matter?"),
        choices=REASONS,
        validate_choice=False,
        validators=[AnyOf([choice.value for choice in REASONS], _l("Choose what is the matter."))],
    )
    message = TextAreaField(
        _l("In your words"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Say what is the matter, so that we can find it.")), at_most(LONGEST), printable],
        render_kw={"rows": 6},
    )
    email = address_field(_l("Your email address"), autocomplete="email")


class TakeDownForm(OrganiserForm):
    """Which letter to take down, and the reason its owners are told."""

    slug = StringField(
        _l("Address of the letter"),
        filters=[lambda text: re.split("[?#]", tidy(text), maxsplit=1)[0].removesuffix("/").rpartition("/")[2]],
        validators=[DataRequired(_l("Paste the address of the letter, as the report gives it."))],
        render_kw={"autocomplete": "off"},
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Say why: its owners will be told.")), at_most(LONGEST_REASON), printable],
        render_kw={"rows": 4},
    )
