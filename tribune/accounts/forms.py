"""What organisers type about their own account."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import Length

from tribune.accounts.passkeys import LONGEST_NAME
from tribune.fields import OrganiserForm, printable, tidy
from tribune.organisers.forms import name_field

_too_long = _l("Shorten this to %(max)d characters at most.", max=LONGEST_NAME)


class AccountForm(OrganiserForm):
    """How one is called."""

    name = name_field(_l("Your name"))


class PasskeyForm(Form):
    """How a device is called, which a script sends with what the device answers."""

    name = StringField(filters=[tidy], validators=[Length(max=LONGEST_NAME, message=_too_long), printable])
