"""What organisers type to come in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from tribune.fields import address_field


class LogInForm(FlaskForm):  # type: ignore[misc]
    """The address of an account."""

    email = address_field(_l("Your e-mail address"))


class EnterForm(FlaskForm):  # type: ignore[misc]
    """One button."""
