"""What organisers type to write a letter."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, StopValidation

from tribune.clocks import named_clock
from tribune.database import now
from tribune.fields import OrganiserForm, SelectChoice, address_field, printed_field, tidy_text, web_address
from tribune.i18n import LANGUAGES
from tribune.letters.forms import with_its_newspaper
from tribune.letters.models import WORDS, Letter
from tribune.letters.moments import NoSuchTime, moment_at
from tribune.letters.rendering import LIMIT, plain
from tribune.letters.slugs import LONGEST_SLUG
from tribune.organisers.models import Organiser
from tribune.retention.periods import NAMES_MONTHS
from tribune.teams.queries import teams_to_write_in
from tribune.writing.inputs import Day, LocalMoment, WholeNumber

LINE, STANDFIRST = 300, 3000  # characters
MOST_SIGNATURES = 100_000_000
REACHABLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TONGUES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
ASKED = [
    SelectChoice("required", _l("Required")),
    SelectChoice("optional", _l("Optional")),
    SelectChoice("absent", _l("Not asked")),
]
KINDS_OF_CHANGE = [
    SelectChoice("correction", _l("A correction: nobody’s agreement changes")),
    SelectChoice("substance", _l("A change of substance: those who signed are asked again")),
]
LISTED = [
    SelectChoice("yes", _l("Yes: the names of those who agreed")),
    SelectChoice("initials", _l("Only their initials")),
    SelectChoice("no", _l("No: only how many have signed")),
]
# Why `promises.broken` refuses a change, by field name.
PROMISED = {
    "public_list": _l(
        "People have signed on the promise that only their initials are shown: their names cannot be. You can "
        "still show only how many have signed."
    ),
    "names_kept_months": _l(
        "People have signed under a notice that says how long their names are kept: you can shorten that time, "
        "not lengthen it."
    ),
}


@cache  # it looks into six hundred files
def zones() -> list[SelectChoice]:
    """Return the time zones to choose from."""
    named = {name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    return [SelectChoice(name, name.replace("_", " ")) for name in sorted(named | {"UTC"})]


def fits_a_letter(_form: Form, field: Field) -> None:
    """Refuse a text of more bytes than a letter may have, before anything reads it as Markdown."""
    if len((field.data or "").encode()) > LIMIT:
        raise StopValidation(_l("The text is too long: 64 kB at most, about 60,000 characters. Shorten it."))


class NewLetterForm(OrganiserForm):
    """What a new letter needs: a title and a team."""

    title = printed_field(_l("Title"), LINE, DataRequired(_l("Enter a title.")))
    team = SelectField(_l("Team that runs it"), coerce=int, validators=[InputRequired()])

    def __init__(self, *, organiser: Organiser) -> None:
        super().__init__()
        teams = teams_to_write_in(organiser)
        self.team.choices = [SelectChoice(team.id, team.name) for team in teams]
        if len(teams) == 1:
            self.team.data = teams[0].id


class LetterForm(OrganiserForm):
    """Everything a letter has, and what the form was opened from.

    `revision` and `base`: what was saved then; `draft`: which draft there was; `pen`: names this tab; `left`: names the
    page left in this tab before, if its words came back here.
    """

    revision = HiddenField()
    base = HiddenField()
    pen = HiddenField()
    left = HiddenField()
    draft = HiddenField()
    title = printed_field(_l("Title"), LINE, DataRequired(_l("Enter a title.")))
    standfirst = printed_field(_l("Standfirst"), STANDFIRST, kind=TextAreaField)
    text = TextAreaField(_l("Text"), filters=[tidy_text], validators=[fits_a_letter])
    reason = printed_field(_l("Reason for the correction"), LINE, kind=TextAreaField)
    kind = RadioField(
        _l("What kind of change is it?"), choices=KINDS_OF_CHANGE, default="correction", validate_choice=False
    )
    authors = printed_field(_l("Authors"), LINE)
    addressee = printed_field(_l("To whom it is written"), LINE)
    controller = printed_field(_l("Who is responsible for the data"), LINE)
    contact = address_field(_l("Contact address"))
    outlet = printed_field(_l("Printed by"), 100)
    outlet_url = printed_field(_l("Address of the page there"), 500, web_address, with_its_newspaper, kind=URLField)
    printed_on = Day(_l("Printed on"), validators=[Optional()])
    goal = WholeNumber(
        _l("Signatures hoped for"),
        validators=[Optional(), NumberRange(1, MOST_SIGNATURES, _l("Enter a number from 1 to 100,000,000."))],
        render_kw={"inputmode": "numeric"},
    )
    closes_at = LocalMoment(_l("Closes automatically on"), validators=[Optional()])
    names_kept_months = WholeNumber(
        _l("Months that names are kept after closing"),
        validators=[
            Optional(),
            NumberRange(0, NAMES_MONTHS, _l("Enter a number from 0 to %(most)d.", most=NAMES_MONTHS)),
        ],
        render_kw={"inputmode": "numeric"},
    )
    timezone = SelectField(_l("Time zone"), choices=zones, validators=[DataRequired()])
    asks_role = RadioField(_l("Role of those who sign"), choices=ASKED)
    asks_organisation = RadioField(_l("Organisation of those who sign"), choices=ASKED)
    public_list = RadioField(_l("Show who has signed"), choices=LISTED)
    public_file = BooleanField(_l("Let readers download the list as a file"))
    noindex = BooleanField(_l("Ask search engines to leave out the letter and its list"))
    slug = printed_field(
        _l("Address on this site"), LONGEST_SLUG, DataRequired(_l("Enter an address, such as streets-to-play-in."))
    )
    locale = SelectField(_l("Language of the letter"), choices=TONGUES, validators=[DataRequired()])

    def __init__(self, formdata: Mapping[str, str] | None = None, *, letter: Letter) -> None:
        """Fill the form with what is saved, or with what was typed (`formdata`)."""
        self.letter = letter
        saved: dict[str, Any] = {name: getattr(letter.version, name) for name in WORDS}
        columns = {column.name for column in Letter.__table__.columns}
        saved |= {name: getattr(letter, name) for name in columns - {"closes_at", "revision"}}
        saved["closes_at"] = letter.closes_at and letter.closes_at.astimezone(letter.zone)
        super().__init__(None if formdata is None else MultiDict(formdata), data=saved)
        if formdata is not None and not self.kind.raw_data:
            self.kind.data = None  # nobody had signed when the form was shown, so it did not ask for the kind

    @property
    def begun_from(self) -> int:
        """Return the revision from which the form was opened; 0, which no letter has, if it is missing."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    @property
    def substance(self) -> bool | None:
        """Whether it is a change of substance; None if not chosen."""
        return {"correction": False, "substance": True}.get(self.kind.data or "")

    @property
    def closing(self) -> datetime | None:
        """Return the moment of `closes_at`, in UTC; the saved one if it was not changed.

        Another timezone moves a saved moment, unless it is past. Raises NoSuchTime or OverflowError.
        """
        local, saved, zone = self.closes_at.data, self.letter.closes_at, self.letter.zone
        if local is None:
            return None
        untouched = saved is not None and f"{saved.astimezone(zone):%Y-%m-%dT%H:%M}" == self.closes_at.shown
        if saved and untouched and (self.timezone.data == zone.key or saved <= now()):
            return saved
        return moment_at(local.date(), local.time(), ZoneInfo(self.timezone.data))

    def validate_closes_at(self, _field: LocalMoment) -> None:
        if self.timezone.data not in {zone.value for zone in zones()}:
            return
        try:
            moment = self.closing
        except NoSuchTime:
            raise ValidationError(
                _l("There is no such time on that day: the clocks skip it. Choose an hour earlier or later.")
            ) from None
        except OverflowError:
            raise ValidationError(_l("Choose another year.")) from None
        published_at = self.letter.published_at
        if moment is None or moment == self.letter.closes_at:
            return  # unchanged, even if past
        if moment <= now():
            raise ValidationError(
                _l("Choose a moment in the future. To close the letter now, go to “Publication”, then “Close it…”.")
            )
        if published_at and moment <= published_at:
            told = named_clock(self.letter.zone)(published_at)
            raise ValidationError(_l("It is to be published on %(moment)s: choose a moment after that.", moment=told))

    def validate_controller(self, field: StringField) -> None:
        self._keep(field, self.letter.controller)

    def validate_contact(self, field: StringField) -> None:
        self._keep(field, self.letter.contact)

    def _keep(self, field: StringField, was: str, read: Callable[[str], str] = str) -> None:
        """Refuse to empty a field that a published or scheduled letter needs (`missing`).

        `read`: returns what readers see of the value.
        """
        if self.letter.published_at and read(was).strip() and not read(field.data or "").strip():
            raise ValidationError(_l("A published letter needs this: you can change it, but not leave it empty."))

    def validate_text(self, field: TextAreaField) -> None:
        self._keep(field, self.letter.version.text, plain)

    def validate_slug(self, field: StringField) -> None:
        fixed = self.letter.state != "draft"
        if fixed and field.data != self.letter.slug:
            where = self.letter.slug
            raise ValidationError(
                _l("The letter is published, or scheduled, so this can no longer change: leave “%(slug)s”.", slug=where)
            )
        if not fixed and not REACHABLE.fullmatch(field.data or ""):
            raise ValidationError(_l("Use lower-case letters without accents, digits, and hyphens between words."))


class PictureForm(OrganiserForm):
    """A picture, what it shows, and its credit. `seen`: `queries.shown_as` of the picture when the form was opened."""

    seen = HiddenField()
    file = FileField(_l("Picture"), render_kw={"accept": "image/jpeg,image/png,image/webp"})
    description = printed_field(_l("What it shows"), LINE, DataRequired(_l("Say what the picture shows.")))
    credit = printed_field(_l("Credit"), 200)
