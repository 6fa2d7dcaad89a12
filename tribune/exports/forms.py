"""The choices of a file, and the reason for taking addresses."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, RadioField, StringField
from wtforms.validators import DataRequired

from tribune.exports.answer import LONGEST
from tribune.exports.press_choices import MOST
from tribune.fields import OrganiserForm, SelectChoice, at_most, tidy

WHICH = [
    SelectChoice("confirmed", _l("Everybody who counts: confirmed and attested, including those hidden from readers")),
    SelectChoice("pending", _l("Those who signed and have not confirmed yet")),
    SelectChoice("all", _l("All of them, whatever their status, except those withdrawn")),
    SelectChoice("confirmed-alone", _l("Only confirmed signatures, neither hidden nor held")),
    SelectChoice("attested", _l("Only those you vouch for")),
    SelectChoice("asked", _l("Only those who have not answered about a new text")),
    SelectChoice("disagreed", _l("Only those who do not sign the new text")),
    SelectChoice("held", _l("Only held signatures")),
    SelectChoice("hidden", _l("Only hidden signatures")),
]
ADDRESSES = [
    SelectChoice("none", _l("None: the column stays empty")),
    SelectChoice("consented", _l("Of those who agreed to be emailed about this letter")),
]
ALL_ADDRESSES = SelectChoice("all", _l("Of everybody: you will be asked for a reason first"))
DELIMITERS = [
    SelectChoice("semicolon", _l("Semicolon: spreadsheets in French")),
    SelectChoice("comma", _l("Comma: spreadsheets in English, programs")),
]


class FileForm(Form):
    """The choices of a file, sent as query arguments."""

    status = RadioField(_l("Which signatures"), choices=WHICH)
    addresses = RadioField(_l("Email addresses"), choices=ADDRESSES)
    delimiter = RadioField(_l("Delimiter of a CSV"), choices=DELIMITERS)
    purpose = StringField(_l("What it is for"), render_kw={"maxlength": LONGEST})


class PressForm(Form):
    """The choices of a press list, sent as query arguments."""

    people = RadioField(
        _l("Who, in which order"),
        choices=[
            SelectChoice("all", _l("First signatories in your order, then the others by family name")),
            SelectChoice("first", _l("First signatories only")),
            SelectChoice("surname", _l("Everybody by family name")),
        ],
    )
    most = IntegerField(
        _l("How many people to name"),
        render_kw={"min": 1, "max": MOST, "inputmode": "numeric"},
    )
    others = RadioField(
        _l("Then how many others signed"),
        choices=[
            SelectChoice("yes", _l("Say it, for example “and 1,159 other signatories”")),
            SelectChoice("no", _l("Leave it out")),
        ],
    )
    separator = RadioField(
        _l("Between people"),
        choices=[
            SelectChoice("semicolon", _l("A semicolon")),
            SelectChoice("comma", _l("A comma: role and organisation are then in brackets")),
            SelectChoice("lines", _l("A new line")),
        ],
    )
    organisation = RadioField(
        _l("Role and organisation"),
        choices=[
            SelectChoice("page", _l("As on the page of the letter")),
            SelectChoice("brackets", _l("Role, then the organisation in brackets")),
            SelectChoice("comma", _l("Role, then the organisation after a comma")),
        ],
    )
    capacity = RadioField(
        _l("“In a personal capacity”"),
        choices=[SelectChoice("no", _l("Leave it out")), SelectChoice("yes", _l("Say so for those who sign that way"))],
    )
    capitals = RadioField(
        _l("Family names"),
        choices=[SelectChoice("no", _l("As they are written")), SelectChoice("yes", _l("In CAPITALS"))],
    )
    sections = RadioField(
        _l("Sections"),
        choices=[SelectChoice("no", _l("All in one")), SelectChoice("yes", _l("Each under its heading"))],
    )
    purpose = StringField(_l("What it is for"), render_kw={"maxlength": LONGEST})


class ReasonForm(OrganiserForm):
    """Why the organiser takes addresses of people who did not agree to be written to."""

    reason = StringField(
        _l("Reason"),
        filters=[tidy],
        validators=[DataRequired(_l("Say why you need these addresses: it is recorded in the log.")), at_most(LONGEST)],
    )
