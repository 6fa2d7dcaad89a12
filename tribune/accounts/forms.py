"""What organisers type about a passkey."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import Length

from tribune.accounts.passkeys import LONGEST_NAME
from tribune.fields import printable, tidy

_too_long = _l("Shorten this to %(max)d characters at most.", max=LONGEST_NAME)


class PasskeyForm(Form):
    """How a device is called, which a script sends with what the device answers."""

    name = StringField(filters=[tidy], validators=[Length(max=LONGEST_NAME, message=_too_long), printable])
