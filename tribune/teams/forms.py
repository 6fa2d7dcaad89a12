"""Forms about teams."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired

from tribune.fields import OrganiserForm, SelectChoice, address_field
from tribune.organisers.forms import name_field

ROLES = [
    SelectChoice("owner", _l("Owner: everything, including the team, files with all addresses, transfer and deletion")),
    SelectChoice("editor", _l("Editor: everything with letters and signatures")),
    SelectChoice("viewer", _l("Viewer: reads everything but addresses, changes nothing")),
]


def role_field() -> RadioField:
    """The three roles, each with what it may do."""
    return RadioField(_l("Role in the team"), choices=ROLES, validators=[InputRequired(_l("Choose a role."))])


class TeamForm(OrganiserForm):
    """What a team is called."""

    name = name_field(_l("Name of the team"), DataRequired(_l("Give the team a name.")))


class InviteForm(OrganiserForm):
    """Whom to invite into a team, and with which role."""

    email = address_field(_l("Their email address"), _l("Enter their email address."))
    role = role_field()


class RoleForm(OrganiserForm):
    """The new role of a member."""

    role = role_field()


class TransferForm(OrganiserForm):
    """The team that receives a letter; the view gives the choices."""

    team = RadioField(_l("Into which team"), coerce=int, validators=[InputRequired(_l("Choose a team."))])
