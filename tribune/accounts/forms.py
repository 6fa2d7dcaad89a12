"""What organisers type about a passkey."""

from wtforms import Form, StringField

from tribune.accounts.passkeys import LONGEST_NAME
from tribune.fields import at_most, printable, tidy


class PasskeyForm(Form):
    """How a device is called, which a script sends with what the device answers."""

    name = StringField(filters=[tidy], validators=[at_most(LONGEST_NAME), printable])
