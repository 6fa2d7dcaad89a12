"""The forms that report a letter, take it down, and withhold one of its versions."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Regexp

from tribune.fields import OrganiserForm, SelectChoice, address_field, at_most, printable, tidy, tidy_text
from tribune.signatures.forms import StampedForm

LONGEST = 2000  # characters
LONGEST_REASON = 1000
REASONS = [
    SelectChoice("not-signed", _l("My name is under it, and I did not sign")),
    SelectChoice("unlawful", _l("It seems unlawful to me")),
    SelectChoice("data", _l("It reveals private things about somebody")),
    SelectChoice("other", _l("Something else")),
]

PARTS = [
    SelectChoice("text", _l("its text, and any reason given for it")),
    SelectChoice("reason", _l("only the reason given for it")),
]
VERSION = r".*/letters/([^/]+)/versions/([0-9]{1,9})/?(?:[?#]|$)"


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Reason"),
        filters=[tidy_text],
        validators=[DataRequired(_l("Say why: its owners will be told.")), at_most(LONGEST_REASON), printable],
        render_kw={"rows": 4},
    )


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
    reason = _reason()


class WithholdForm(OrganiserForm):
    """Which version to withhold, how much of it, and the reason the owners of its letter are told."""

    address = StringField(
        _l("Address of the version"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Open the version in the history of its text, and paste its address.")),
            Regexp(VERSION, message=_l("This is not the address of a version: it ends in /versions/ and a number.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    what = RadioField(_l("What to withhold"), choices=PARTS, default="text")
    reason = _reason()

    @property
    def version(self) -> tuple[str, int]:
        """Return the slug and the number in the address of a valid form."""
        [(slug, number)] = re.findall(VERSION, self.address.data or "")
        return slug, int(number)
