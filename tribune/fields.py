"""What every form field checks: spaces tidied, nothing invisible, an address that mail can reach."""

import re
import unicodedata
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import EmailField, Field, Form, StringField, ValidationError
from wtforms.fields import choices
from wtforms.validators import DataRequired, Length

from tribune.checks import is_web_address
from tribune.outbox.mailboxes import LONGEST, AddressRefused, deliverable
from tribune.reading.pasted import few_accents, unmarked

SelectChoice = choices.SelectChoice  # type: ignore[attr-defined]  # the stubs do not know it

LARGEST_ID = 2**63 - 1  # that a column of ours can hold
# A tower of marks covers its neighbours' lines. Vietnamese and Hebrew need two accents; a mark that Unicode does not
# sort, as Thai has, is none to it: Burmese needs five marks of both kinds.
COMBINING_IN_A_ROW, MARKS_IN_A_ROW = 3, 5
# Controls, characters that turn or hide the text around them, and blank letters and signs: a name of these would be
# printed as nothing.
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufeff\uffa0\ud800-\udfff\ufff0-\ufffd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Removed from every text: controls, halves of surrogate pairs, code points that Unicode never assigns.
_NEVER_ASSIGNED = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NO_TEXT = re.compile(rf"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef{_NEVER_ASSIGNED}]")
# With these in it nobody finds a word by typing it: where a printed word may be cut (the space bar of Khmer keyboards
# types that), and which look a character has, except after those that have several: Mongolian letters, signs and
# pictures, and Han.
_UNSEEN = re.compile(
    "[\u00ad\u200b]|(?<![\u1820-\u18aa\u2190-\u2bff\u3400-\u9fff\U0001f000-\U0001faff\U00020000-\U0003ffff])"
    "[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
# Two signs that nobody sees are part of spelling: in writing whose letters join, as Persian, one parts them; in that of
# India and Sri Lanka, beside the sign for "no vowel", both choose how a consonant looks. No key of names.py has them.
_JOINED, _NO_VOWEL = "\u0620-\u08ff\u1820-\u18aa", "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
_JOINERS = re.compile(
    f"((?<=[{_JOINED}])\u200c(?=\u200c*[{_JOINED}])|(?<=[{_NO_VOWEL}])[\u200c\u200d]|\u200d(?=[{_NO_VOWEL}]))"
    "|[\u200c\u200d]"
)
# Mail programs make links whatever the capitals. Few letters before the full stop, or many behind it, are no site:
# "J.Petit", "St.John", "Prof.Dupont".
DOMAIN = re.compile(r"\w\.(?:[a-z]{2,}|[A-Z]{2,})\b|(?:\w{3}|\w\w-\w\w?)\.[A-Za-z]{2,3}\b")
URL = re.compile(r"https?:|www\.|://|\.\w{2,}/", re.IGNORECASE)
# Nine digits: years, as in "maire 2008-2014", have eight. Between them any dash, bracket or point: telephones find the
# number all the same, and call it at a touch.
PHONE = re.compile(
    r"\d(?:[ \u00a0\u202f()\[\]./~\u2010-\u2015\u2053\u2212\u223c\u30fc"
    r"\uff08\uff09\uff0d-\uff0f\uff3b\uff3d\uff5e-]*\d){8,}"
)


class OrganiserForm(FlaskForm):  # type: ignore[misc]
    """A form of the organisers' pages, filled from its form fields alone; only file fields accept files."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where its fields come from."""

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """Return the fields of this request. JSON could hold any type, and any field could be sent as a file."""
            if request.is_json:
                return None
            given = super().wrap_formdata(form, formdata)
            if given is formdata or not request.files:
                return given
            asked = [
                (name, request.files[name])
                for name in request.files
                if name in form and isinstance(form[name], FileField)
            ]
            return CombinedMultiDict([MultiDict(asked), request.form])


def row_number(text: str) -> int:
    """Return the id of a row, from a form or an address. Raises ValueError for what no column can hold."""
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError
    return number


def tidy(text: str | None) -> str:
    """Return what was typed in NFC, with one space between words, none around, nothing unseen in one, and only
    characters a page may print."""
    return as_stored(_JOINERS.sub(r"\1", _UNSEEN.sub("", text or "")))


def as_stored(text: str | None) -> str:
    """As `tidy`, for what a page of ours sends back to be compared with a row: older rows may hold what is not seen."""
    return " ".join(_composed(text).split())


def tidy_address(text: str | None) -> str:
    """As `tidy`, without the invisible marks that other programs copy along; the domain in lower case.

    In Python, as SQLite lowers ASCII alone; before the @ there is nothing else.
    """
    before, at, domain = tidy(unmarked(text or "")).rpartition("@")
    return before + at + (domain.lower() if at else domain)


def tidy_text(text: str | None) -> str:
    """As `tidy`, for a text of several lines: its lines and spaces stay, blank lines around it go."""
    return "\n".join(_composed(text).splitlines()).strip("\n")


def _composed(text: str | None) -> str:
    return unicodedata.normalize("NFC", few_accents(_NO_TEXT.sub("", text or "")))


def printable(_form: Form, field: Field) -> None:
    """Refuse what cannot be printed on a line."""
    text = field.data or ""
    if INVISIBLE.search(text):
        raise ValidationError(
            _l("This contains characters that cannot be printed. Type it again rather than pasting it.")
        )
    if is_tower(text):
        raise ValidationError(_l("This has too many accents on one letter to be printed: remove some."))


def is_printable(text: str) -> bool:
    """Whether a line may show it: it holds nothing invisible, and no tower of accents."""
    return not INVISIBLE.search(text) and not is_tower(text)


def is_tower(text: str) -> bool:
    """Whether more accents stand on one letter than any writing needs."""
    accents = marks = 0
    for character in unicodedata.normalize("NFD", text):
        accents = accents + 1 if unicodedata.combining(character) else 0
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if accents > COMBINING_IN_A_ROW or marks > MARKS_IN_A_ROW:
            return True
    return False


def no_link(_form: Form, field: Field) -> None:
    """Refuse an address of a page where a name belongs: the line goes into a mail."""
    if URL.search(field.data or ""):
        raise ValidationError(_l("Leave out web addresses: they cannot be part of a printed line."))


def has_address(text: str) -> bool:
    """Whether it has an address, of a page or of mail, or a telephone number."""
    return "@" in text or any(each.search(text) for each in (URL, DOMAIN, PHONE))


def no_lure(form: Form, field: Field) -> None:
    """Refuse what may lure whoever reads a person's name in a mail: a telephone number, the bare name of a site.

    The number may begin in the given name and end in the family name.
    """
    name = f"{form['given_name'].data or ''} {form['family_name'].data or ''}"
    if PHONE.search(name) and re.search(r"\d", field.data or ""):
        raise ValidationError(_l("Leave out telephone numbers: they cannot be printed."))
    if DOMAIN.search(field.data or ""):
        raise ValidationError(
            _l("Leave out web addresses: they cannot be printed. In a name, put a space after a full stop.")
        )


def not_required(field: Field) -> None:
    """Let a field be left empty after all."""
    field.validators = [check for check in field.validators if not isinstance(check, DataRequired)]
    field.flags.required = False


def web_address(_form: Form, field: Field) -> None:
    """Refuse what is not the address of a page, and complete one that begins with `www.`; an empty field is none."""
    if field.data and field.data.lower().startswith("www."):
        field.data = f"https://{field.data}"
    if field.data and not is_web_address(field.data):
        raise ValidationError(_l("Enter an address that starts with https:// or http://."))


def at_most(longest: int) -> Length:
    """Refuse more characters than this; the browser is told the limit too."""
    return Length(max=longest, message=_l("Shorten this to %(max)d characters at most.", max=longest))


def printed_field(label: Any, longest: int, *checks: Any, kind: type[StringField] = StringField, **shown: Any) -> Any:
    """A field that is printed: tidied, short, printable. `checks` come first, as one may end the validation."""
    return kind(label, filters=[tidy], validators=[*checks, at_most(longest), printable], render_kw=shown)


def address_field(label: Any, missing: Any = "", autocomplete: str = "off") -> EmailField:
    """An email address. It is required if `missing`, the error text, is given."""
    checks = [*([DataRequired(missing)] if missing else []), at_most(LONGEST), _address]
    return EmailField(label, filters=[tidy_address], validators=checks, render_kw={"autocomplete": autocomplete})


def own_address_field(label: Any) -> EmailField:
    """The email address of whoever fills in the form, required."""
    return address_field(label, _l("Enter your email address."), "email")


def _address(_form: Form, field: Field) -> None:
    """Refuse what mail cannot be sent to; an empty field is none."""
    try:
        if field.data:
            deliverable(field.data)
    except AddressRefused:
        raise ValidationError(
            _l("No email can reach this address. It should look like name@example.org, without accents before the @.")
        ) from None
