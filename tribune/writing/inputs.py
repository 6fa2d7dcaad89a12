"""Fields for numbers, days and moments as people type them, with clear errors."""

from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, DateTimeLocalField, IntegerField
from wtforms.widgets import TextInput

from tribune.fields import tidy
from tribune.letters.moments import FIRST_YEAR


class WholeNumber(IntegerField):
    """A whole number, with or without spaces."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(["".join(value.split()) for value in valuelist])
        except ValueError:
            raise ValueError(_("Enter a whole number, such as 10000.")) from None

    def _value(self) -> str:
        return str(self.data) if self.data is not None else tidy("".join(self.raw_data or ()))


class Day(DateField):
    """A day of the calendar."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_data = [tidy(value) for value in valuelist]  # shown again if it is no day
        try:
            super().process_formdata(self.raw_data)
            if self.data and self.data.year < FIRST_YEAR:
                raise ValueError
        except ValueError:
            self.data = None
            raise ValueError(_("Enter a day as in 2026-11-24: year, month, day.")) from None


class LocalMoment(DateTimeLocalField):
    """A day and a time, to the minute, without a timezone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["format"] = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_data = [tidy(value) for value in valuelist]  # shown again if it is no moment
        try:
            super().process_formdata(self.raw_data)
        except ValueError:
            raise ValueError(_("Enter a day and a time as in 2026-11-24 18:00.")) from None

    @property
    def shown(self) -> str:
        """Return it as a browser's field shows it, or ""."""
        return f"{self.data:%Y-%m-%dT%H:%M}" if self.data else ""
