"""Forms about passkeys."""

from wtforms import Form, StringField

from tribune.accounts.passkeys import LONGEST_NAME
from tribune.fields import at_most, printable, tidy


class PasskeyForm(Form):
    """The name of a device, which a script sends with the device's answer."""

    name = StringField(filters=[tidy], validators=[at_most(LONGEST_NAME), printable])
