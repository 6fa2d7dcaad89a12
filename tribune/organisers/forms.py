"""What organisers type to come in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import InputRequired, Length

from tribune.fields import address, tidy


class LogInForm(FlaskForm):  # type: ignore[misc]
    """The address of an account."""

    email = EmailField(
        _l("Your e-mail address"),
        filters=[tidy],
        validators=[InputRequired(_l("Enter your e-mail address.")), Length(max=254), address],
    )


class EnterForm(FlaskForm):  # type: ignore[misc]
    """One button."""
