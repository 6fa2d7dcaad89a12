"""What organisers type about their teams."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from tribune.fields import OrganiserForm, address_field
from tribune.organisers.forms import name_field

ROLES = [
    SelectChoice("owner", _l("Owner: everything, also the team, files with all addresses, transfer and deletion")),
    SelectChoice("editor", _l("Editor: everything with letters and signatures")),
    SelectChoice("viewer", _l("Viewer: reads everything but addresses, changes nothing")),
]


def role_field() -> RadioField:
    """One of the three roles, each with what it may do."""
    return RadioField(_l("Role in the team"), choices=ROLES, validators=[InputRequired(_l("Choose a role."))])


class TeamForm(OrganiserForm):
    """What a team is called."""

    name = name_field(_l("Name of the team"), DataRequired(_l("Give the team a name.")))


class InviteForm(OrganiserForm):
    """Who is asked into a team, and as what."""

    email = address_field(_l("Their email address"), _l("Enter their email address."))
    role = role_field()


class RoleForm(OrganiserForm):
    """What a member may do from now on."""

    role = role_field()


class TransferForm(OrganiserForm):
    """Into which team a letter goes; the view says which there are."""

    team = RadioField(_l("Into which team"), coerce=int, validators=[InputRequired(_l("Choose a team."))])
