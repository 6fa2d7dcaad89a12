"""The people of a pasted page as the rows of a form: all they need travels in it, so that nothing is stored before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from zlib import crc32

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, IntegerField, StringField, ValidationError
from wtforms.validators import NumberRange

from tribune.fields import INVISIBLE, tidy
from tribune.letters.models import Letter
from tribune.reading.people import REASONS, Person
from tribune.signatures.forms import AFFILIATION, NAME, PRINTED, line_field
from tribune.signatures.lines import Signatory, affiliation, lines
from tribune.signatures.models import Signature

LAST_LINE = 99_999
NO_LINE = _l("Enter the number of the printed line: 1 for the first.")


class LineField(IntegerField):
    """The number of a printed line; those who have the same share the line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed, which is shown again when it is no number."""
        self.raw_data = [tidy(value) for value in valuelist]
        try:
            super().process_formdata(self.raw_data)
        except ValueError:
            raise ValueError(NO_LINE) from None


class PersonForm(Form):
    """One person: the line they stand on, their name, role and organisation; and, hidden, how they were printed."""

    known: ClassVar[Mapping[str, str]] = REASONS  # what may be doubted here, in words, by its code
    typed: ClassVar[tuple[str, ...]] = ("given_name", "family_name", "role", "organisation")
    more: ClassVar[tuple[str, ...]] = ()  # fields below those of the line

    line = LineField(_l("Line"), validators=[NumberRange(1, LAST_LINE, NO_LINE)])
    given_name = line_field(_l("Given name"), "", NAME)
    family_name = line_field(_l("Family name"), "", NAME)
    role = line_field(_l("Role"), "", AFFILIATION)
    organisation = line_field(_l("Organisation"), "", AFFILIATION)
    printed = HiddenField(filters=[tidy])  # what follows the name on the printed line; empty: role and organisation
    was = HiddenField(filters=[tidy])  # names the role and the organisation that were read; empty: added by hand
    reasons = HiddenField(filters=[tidy])  # codes of what is doubted about this person

    is_left_out = False
    is_as_such = False  # the organisation signs, and the person speaks for it
    as_printed = ""  # the line, as readers will see it

    def validate_family_name(self, field: StringField) -> None:
        """A name of one word is a family name."""
        if not field.data:
            raise ValidationError(_l("Enter the family name, or leave this person out."))

    def validate_role(self, _field: StringField) -> None:
        """What is printed in its place has a limit too."""
        if len(self.affiliation or "") > PRINTED or INVISIBLE.search(self.affiliation or ""):
            raise ValidationError(_l("What was printed after the name cannot be kept. Type the role here."))

    def validate_organisation(self, field: StringField) -> None:
        """What signs as such has a name."""
        if self.is_as_such and not field.data:
            raise ValidationError(_l("Enter the organisation that signs."))

    @property
    def is_untouched(self) -> bool:
        """Added, and nothing was typed in it."""
        return not self.was.data and not any(self[name].data for name in self.typed)

    @property
    def where(self) -> str:
        """Where it was read, in words; nothing where that is plain to see."""
        return ""

    @property
    def affiliation(self) -> str | None:
        """What follows the name as printed, until its role or organisation is edited; None: made of the two."""
        if self.is_as_such:
            return None
        is_as_read = self.was.data == _mark(self.role.data or "", self.organisation.data or "")
        return self.printed.data if is_as_read and self.printed.data else None

    @property
    def doubts(self) -> list[str]:
        """The codes of what should be checked here."""
        return [code for code in (self.reasons.data or "").split() if code in self.known]

    @property
    def person(self) -> Person:
        """Who the row means, as it stands."""
        return Person(
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            role=self.role.data or "",
            organisation=self.organisation.data or "",
            affiliation=self.affiliation,
            line=self.line.data or LAST_LINE,
            as_organisation=self.is_as_such,
        )


PersonRow = TypeVar("PersonRow", bound=PersonForm)


def _mark(role: str, organisation: str) -> str:
    return f"{crc32(f'{role}|{organisation}'.encode()):08x}"


def row_of(kind: type[PersonRow], person: Person, reasons: Iterable[str] = (), **beside: Any) -> PersonRow:
    """The row of somebody who was read; `reasons`: the codes of what is doubted about them, `beside`: other fields."""
    role, organisation, printed = tidy(person.role), tidy(person.organisation), tidy(person.affiliation)
    data = {
        "line": person.line,
        "given_name": tidy(person.given_name),
        "family_name": tidy(person.family_name),
        "role": role,
        "organisation": organisation,
        "printed": "" if affiliation(role, organisation) == f", {printed}" else printed,
        "was": _mark(role, organisation),
        "reasons": " ".join(reasons),
    }
    row = kind(data={**data, **beside})
    row.is_as_such = person.as_organisation
    return row


def empty_row(rows: Sequence[PersonForm], kind: type[PersonRow]) -> PersonRow:
    """A row to type somebody in, on a line after the others."""
    last = max((row.line.data or 0 for row in rows), default=0)
    return kind(data={"line": min(last + 1, LAST_LINE)})


def rows_in(form: MultiDict[str, str], kind: type[PersonRow]) -> list[PersonRow]:
    """The rows that were sent, in the order of their lines once each has one."""
    names = [field.name for field in kind()]
    columns = [form.getlist(name) for name in names]
    left_out, as_such = set(form.getlist("leave_out")), set(form.getlist("as_organisation"))
    rows = []
    for number, values in enumerate(zip(*columns, strict=False)):
        row = kind(MultiDict(zip(names, values, strict=True)))
        row.is_left_out, row.is_as_such = str(number) in left_out, str(number) in as_such
        rows.append(row)
    if all(row.line.data for row in rows):
        rows.sort(key=lambda row: row.line.data or 0)
    return rows


def kept(rows: Iterable[PersonRow]) -> list[PersonRow]:
    """Without those left out, and those in which nothing was typed."""
    return [row for row in rows if not row.is_left_out and not row.is_untouched]


def print_lines(rows: Iterable[PersonForm], locale: str) -> int:
    """Give each row the line on which it will be read, and return how many lines those are."""
    letter = Letter(locale=locale)
    signatures: dict[Signatory, PersonForm] = {_as_signature(row.person, letter): row for row in kept(rows)}
    printed = lines(signatures)
    for line in printed:
        for signature in line.signatures:
            signatures[signature].as_printed = line.text
    return len(printed)


def _as_signature(person: Person, letter: Letter) -> Signature:
    """The row that would be written, for `lines` to read."""
    return Signature(
        letter=letter,
        given_name=person.given_name,
        family_name=person.family_name,
        role=person.role,
        organisation=person.organisation,
        affiliation=person.affiliation,
        position=person.line,
        as_organisation=person.as_organisation,
    )
