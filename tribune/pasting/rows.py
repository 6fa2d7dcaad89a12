"""The people of a pasted page as rows of a form, which carries all about them: nothing is stored before it is kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from zlib import crc32

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, IntegerField, StringField, ValidationError
from wtforms.validators import NumberRange

from tribune.fields import URL, is_printable, tidy
from tribune.letters.models import Letter
from tribune.people.actions import KEYED
from tribune.reading.doubts import LIST_DOUBTS
from tribune.reading.people import Person
from tribune.signatures.forms import AFFILIATION, PRINTED, line_field, name_field
from tribune.signatures.lines import Signatory, affiliation, lines
from tribune.signatures.models import Signature

LAST_LINE = 99_999
NO_LINE = _l("Enter the number of the printed line: 1 for the first.")


class LineField(IntegerField):
    """The number of a printed line; people with the same number share the line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed, which is shown again if it is no number."""
        self.raw_data = [tidy(value) for value in valuelist]
        try:
            super().process_formdata(self.raw_data)
        except ValueError:
            raise ValueError(NO_LINE) from None


class PersonForm(Form):
    """One person: line, name, role and organisation; and in hidden fields, how they were printed."""

    known: ClassVar[Mapping[str, str]] = LIST_DOUBTS  # possible doubts: code to words
    typed: ClassVar[tuple[str, ...]] = ("given_name", "family_name", "role", "organisation")
    more: ClassVar[tuple[str, ...]] = ()  # fields shown below the others, in subclasses

    line = LineField(_l("Line"), validators=[NumberRange(1, LAST_LINE, NO_LINE)])
    given_name = name_field(_l("Given name"))
    family_name = name_field(_l("Family name"))
    role = line_field(_l("Role"), "", AFFILIATION, autocapitalize="none")
    organisation = line_field(_l("Organisation"), "", AFFILIATION)
    printed = HiddenField(filters=[tidy])  # what follows the name in print, if not built from role and organisation
    was = HiddenField(filters=[tidy])  # `_mark` of the role and organisation that were read; empty: added by hand
    reasons = HiddenField(filters=[tidy])  # codes of doubts about this person

    is_left_out = False
    is_as_such = False  # the organisation signs, and the person speaks for it
    as_printed = ""  # the line, as readers will see it

    def validate_family_name(self, field: StringField) -> None:
        """Require a family name: a name of one word is one."""
        if not field.data:
            raise ValidationError(_l("Enter the family name, or leave this person out."))

    def validate_role(self, _field: StringField) -> None:
        """Refuse an affiliation as printed that the field of whoever corrects it would refuse."""
        printed = self.affiliation or ""
        if len(printed) > PRINTED or not is_printable(printed) or URL.search(printed):
            raise ValidationError(_l("What was printed after the name cannot be kept. Type the role here."))

    def validate_organisation(self, field: StringField) -> None:
        """Require the name of an organisation that signs as such."""
        if self.is_as_such and not field.data:
            raise ValidationError(_l("Enter the organisation that signs."))

    @property
    def is_untouched(self) -> bool:
        """Whether the row was added by hand, and is still empty."""
        return not self.was.data and not any(self[name].data for name in self.typed)

    @property
    def name(self) -> str:
        """Return given and family name."""
        return f"{self.given_name.data or ''} {self.family_name.data or ''}".strip()

    @property
    def called(self) -> str:
        """Return the words of a link to this row: the name or, while there is none, the line."""
        return self.name or f"{self.line.label.text} {self.line.data or ''}".strip()

    @property
    def where(self) -> str:
        """Return where it was read, in words; "" here, as that is plain to see."""
        return ""

    @property
    def affiliation(self) -> str | None:
        """Return what follows the name as printed, unless role or organisation was edited; None: built from these."""
        if self.is_as_such:
            return None
        is_as_read = self.was.data == _mark(self.role.data or "", self.organisation.data or "")
        return self.printed.data if is_as_read and self.printed.data else None

    @property
    def doubts(self) -> list[str]:
        """Return the codes of doubts about this row."""
        return [code for code in (self.reasons.data or "").split() if code in self.known]

    @property
    def person(self) -> Person:
        """Return the person as typed."""
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
    """Return the row of somebody who was read. `reasons`: codes of doubts about them; `beside`: other fields."""
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
    """Return an empty row, on a line after all others."""
    last = max((row.line.data or 0 for row in rows), default=0)
    return kind(data={"line": min(last + 1, LAST_LINE)})


def rows_in(form: MultiDict[str, str], kind: type[PersonRow]) -> list[PersonRow]:
    """Return the rows that were sent, sorted by line if every row has one."""
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
    """Return the rows that are neither left out nor empty."""
    return [row for row in rows if not row.is_left_out and not row.is_untouched]


def print_lines(rows: Iterable[PersonForm], locale: str) -> int:
    """Set `as_printed` of each row that is kept; return the number of printed lines."""
    letter = Letter(locale=locale)
    signatures: dict[Signatory, PersonForm] = {_as_signature(row.person, letter): row for row in kept(rows)}
    printed = lines(signatures)
    for line in printed:
        for signature in line.signatures:
            signatures[signature].as_printed = line.text
    return len(printed)


def _as_signature(person: Person, letter: Letter) -> Signature:
    """Return the signature that would be written, for `lines`."""
    return Signature(letter=letter, position=person.line, **{name: getattr(person, name) for name in KEYED})
