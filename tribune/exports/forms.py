"""What an organiser chooses of a file."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length

from tribune.fields import tidy

LONGEST = 300  # characters of a reason

WHICH = [
    SelectChoice("confirmed", _l("Everybody who counts: confirmed and attested, those hidden from readers too")),
    SelectChoice("pending", _l("Those who signed and have not confirmed yet")),
    SelectChoice("all", _l("All of them, whatever their status")),
    SelectChoice("attested", _l("First signatories you answer for, alone")),
    SelectChoice("held", _l("Held signatures, alone")),
    SelectChoice("hidden", _l("Hidden signatures, alone")),
]
ADDRESSES = [
    SelectChoice("none", _l("None: the column stays empty")),
    SelectChoice("consented", _l("Of those who agreed to be written to about this letter")),
]
ALL_ADDRESSES = SelectChoice("all", _l("Of everybody: asks for a reason first"))
DELIMITERS = [
    SelectChoice("semicolon", _l("Semicolon: spreadsheets in French")),
    SelectChoice("comma", _l("Comma: spreadsheets in English, programs")),
]


class FileForm(Form):
    """The choices of a file, in the arguments of its address."""

    status = RadioField(_l("Which signatures"), choices=WHICH)
    addresses = RadioField(_l("E-mail addresses"), choices=ADDRESSES)
    delimiter = RadioField(_l("Delimiter of a CSV"), choices=DELIMITERS)
    purpose = StringField(_l("What for"), render_kw={"maxlength": LONGEST})


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why addresses are taken of people who did not agree to be written to."""

    reason = StringField(
        _l("Reason"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Say why you need these addresses: it is written in the log.")),
            Length(max=LONGEST, message=_l("Shorten this to %(max)d characters at most.", max=LONGEST)),
        ],
        render_kw={"maxlength": LONGEST},
    )
