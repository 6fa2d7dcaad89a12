"""What an organiser types to publish a letter."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import AnyOf

from tribune.database import now
from tribune.fields import OrganiserForm, SelectChoice, printed_field, tidy, web_address
from tribune.letters.models import Letter
from tribune.letters.moments import FIRST_YEAR, NoSuchTime, moment_at
from tribune.letters.queries import shown_as


def with_its_newspaper(form: Form, field: StringField) -> None:
    """Refuse the address of a printed page without the name of its outlet: readers would see no link."""
    if field.data and not form["outlet"].data:
        raise ValidationError(_l("Say above who prints it: the link reads “Read on …”."))


class PublishForm(OrganiserForm):
    """Who prints it, and when to publish: now, or by itself on a day at a time, in the timezone of the letter."""

    seen_as = HiddenField()  # `shown_as` of what the page showed
    outlet = printed_field(_l("Printed by"), 100)
    outlet_url = printed_field(_l("Address of the page there"), 500, web_address, with_its_newspaper, type="url")
    printed_on = StringField(_l("Printed on"), filters=[tidy], render_kw={"type": "date"})
    when = RadioField(
        _l("When"),
        choices=[SelectChoice("now", _l("Now")), SelectChoice("later", _l("Later, automatically"))],
        default="now",
        validate_choice=False,
        validators=[AnyOf(["now", "later"], _l("Choose one of the two."))],
    )
    day = StringField(_l("Day"), filters=[tidy], render_kw={"type": "date"})
    hour = StringField(_l("Time"), filters=[tidy], render_kw={"type": "time"})

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, seen_as=shown_as(letter), **_saved(letter))
        self.letter = letter
        self.moment: datetime | None = None  # when it publishes itself; set once the form is valid

    @property
    def printed(self) -> dict[str, Any]:
        """Return where it is printed, by column name; the form must be valid."""
        day = date.fromisoformat(self.printed_on.data) if self.printed_on.data else None
        return {"outlet": self.outlet.data or "", "outlet_url": self.outlet_url.data or "", "printed_on": day}

    def begin_again(self) -> dict[str, str]:
        """Fill the form with what is saved now; return what was typed instead, by field name.

        If no moment is saved, none is chosen: an outdated one may be why the form begins again.
        """
        moment = ("day", "hour") if self.when.data == "later" else ()
        saved = {"when": "", "day": "", "hour": "", **_saved(self.letter)}
        typed = {name: self[name].data or "" for name in ("outlet", "outlet_url", "printed_on", *moment)}
        for name, value in {"seen_as": shown_as(self.letter), **saved}.items():
            self[name].data = value
        return {name: value for name, value in typed.items() if value not in ("", saved[name])}

    def validate_printed_on(self, field: StringField) -> None:
        if field.data:
            _read(_day, field, _l("Enter the day, such as 2026-11-24."))

    def validate_when(self, field: RadioField) -> None:
        """Refuse "now" beside a moment that was typed after the page was shown: nothing undoes a publication."""
        saved = _saved(self.letter)
        typed = any(self[name].data not in ("", saved.get(name)) for name in ("day", "hour"))
        if field.data == "now" and typed and self.seen_as.data == shown_as(self.letter):
            raise ValidationError(_l("You have typed a moment below: choose “Later, automatically”, or clear it."))

    def validate_day(self, field: StringField) -> None:
        if self.when.data == "later" and not field.data:
            raise ValidationError(_l("Choose the day of publication."))
        if self.when.data == "later":
            _read(_day, field, _l("Enter the day, such as 2026-11-24."))

    def validate_hour(self, field: StringField) -> None:
        if self.when.data != "later":
            return
        if not field.data:
            raise ValidationError(_l("Choose the time."))
        hour = _read(time.fromisoformat, field, _l("Enter the time, such as 18:00.")).replace(tzinfo=None)
        if self.day.errors:
            return
        try:
            self.moment = moment_at(date.fromisoformat(self.day.data or ""), hour, self.letter.zone)
        except NoSuchTime:
            raise ValidationError(
                _l(
                    "This time does not exist on that day: the clocks go forward and skip it. Choose a time "
                    "one hour later."
                )
            ) from None
        except OverflowError:
            raise ValidationError(_l("Choose another year.")) from None
        if self.moment <= now():
            raise ValidationError(_l("This moment has passed. Choose one in the future, or publish now."))


def _saved(letter: Letter) -> dict[str, str]:
    day = letter.printed_on.isoformat() if letter.printed_on else ""
    said = {"outlet": letter.outlet, "outlet_url": letter.outlet_url, "printed_on": day}
    waits = letter.published_at.astimezone(letter.zone) if letter.published_at else None
    moment = {"when": "later", "day": waits.date().isoformat(), "hour": f"{waits:%H:%M}"} if waits else {}
    return said | moment


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.year < FIRST_YEAR:
        raise ValueError
    return day


def _read(kind: Callable[[str], Any], field: StringField, missing: Any) -> Any:
    try:
        return kind(field.data or "")
    except ValueError:
        raise ValidationError(missing) from None
