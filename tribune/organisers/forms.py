"""Forms about accounts and logging in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, StringField, ValidationError

from tribune.fields import OrganiserForm, at_most, has_address, own_address_field, printable, tidy

LONGEST_NAME = 100  # characters


def no_address(_form: Form, field: Field) -> None:
    """Refuse what may lure whoever reads it: names stand in mails to people who did not ask for them."""
    if has_address(field.data or ""):
        raise ValidationError(_l("Leave out addresses and telephone numbers: this name is shown in emails."))


def name_field(label: Any, *needed: Any, autocomplete: str = "off") -> StringField:
    """What an account or a team is called; optional unless a validator of `needed` says otherwise."""
    checks = [*needed, at_most(LONGEST_NAME), printable, no_address]
    return StringField(label, filters=[tidy], validators=checks, render_kw={"autocomplete": autocomplete})


class LogInForm(OrganiserForm):
    """The address of an account."""

    email = own_address_field(_l("Your email address"))


class AccountForm(OrganiserForm):
    """The name of an account, when it is made, also by joining a team, and afterwards."""

    name = name_field(_l("Your name"), autocomplete="name")
