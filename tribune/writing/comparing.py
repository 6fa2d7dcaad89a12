"""What is typed beside what is saved: field by field, as the form would send it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import Any

from wtforms import BooleanField, Field

from tribune.letters.models import Draft, Letter
from tribune.organisers.models import Organiser
from tribune.writing.forms import LetterForm
from tribune.writing.queries import draft_of

CARRIED = ("revision", "base", "pen", "left", "draft", "reason", "kind")  # beside the fields of the letter
PEN = 16  # hexadecimal digits: no two tabs have the same
NOT_OF_THE_LETTER = {"csrf_token", *CARRIED}


@dataclass(frozen=True)
class Difference:
    """A field that reads otherwise elsewhere than it was typed here."""

    field: Field
    theirs: str  # as somebody saved it meanwhile, or as it was typed in another tab
    typed: str
    touched: bool  # it was changed here; else only there


def as_typed(form: LetterForm) -> dict[str, str]:
    """The fields of the letter, by name, as a browser would send them."""
    return {field.name: _typed(field) for field in form if field.name not in NOT_OF_THE_LETTER}


def _typed(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    return str(field._value() if hasattr(field, "_value") else field.data or "")


def prints(typed: Mapping[str, str]) -> str:
    """A short print of each field, as JSON: tells later which of them were changed."""
    return json.dumps({name: _print(value) for name, value in typed.items()}, separators=(",", ":"))


def _print(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:8]


def begun_from(letter: Letter) -> dict[str, str]:
    """What a form that begins from the letter as it is saved carries to know it again."""
    return {"revision": str(letter.revision), "base": prints(as_typed(LetterForm(letter=letter)))}


def of_a_new_tab(draft: Draft | None) -> dict[str, str]:
    """What a form carries to know its own draft again, and the one that it shows."""
    return {"pen": token_hex(PEN // 2), "left": "", "draft": draft.saved_at.isoformat() if draft else ""}


def everything(form: LetterForm) -> dict[str, str]:
    """All that is typed, with what it was begun from: another form can be made of it."""
    typed = {name: str(form[name].data or "") for name in CARRIED} | as_typed(form)
    return {name: value.replace("\0", "") for name, value in typed.items()}  # which no database keeps


def drafted(draft: Draft, letter: Letter) -> LetterForm:
    """The form as a draft has it; fields that it does not name are as they are saved."""
    return LetterForm(as_typed(LetterForm(letter=letter)) | draft.content, letter=letter)


def unsaved(letter: Letter, organiser: Organiser) -> Draft | None:
    """What this organiser has typed and not saved, where it says something else than the letter.

    A draft in which they changed nothing is none, even where somebody else has saved other words since.
    """
    draft = draft_of(letter, organiser)
    return draft if draft and any(found.touched for found in differences(drafted(draft, letter))) else None


def changes(form: LetterForm) -> dict[str, Any]:
    """The fields whose words differ from what is saved, as values for `save`: an untouched field stays to the byte."""
    saved, typed = as_typed(LetterForm(letter=form.letter)), as_typed(form)
    names = {name for name in typed if typed[name] != saved[name]}
    values = {name: form[name].data for name in typed if name in names}
    values.pop("closes_at", None)
    if names & {"closes_at", "timezone"} and form.closing != form.letter.closes_at:
        values["closes_at"] = form.closing
    return values


def differences(form: LetterForm, other: LetterForm | None = None) -> list[Difference]:
    """The fields that are saved (or typed in the `other` form) otherwise than typed, in the order of the form."""
    try:
        base = dict(json.loads(form.base.data or "{}"))
    except (ValueError, TypeError):
        base = {}
    other, typed = other or LetterForm(letter=form.letter), as_typed(form)
    return [
        Difference(other[name], value, typed[name], base.get(name) != _print(typed[name]))
        for name, value in as_typed(other).items()
        if typed[name] != value
    ]
