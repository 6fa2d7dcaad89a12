"""Comparing what is typed with what is saved, field by field, as the form would send it."""

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

CARRIED = ("revision", "base", "pen", "left", "draft", "reason", "kind")  # form fields that the letter does not have
PEN = 16  # hexadecimal digits, different in every tab
NOT_OF_THE_LETTER = {"csrf_token", *CARRIED}


@dataclass(frozen=True)
class Difference:
    """A field whose value here differs from the one elsewhere."""

    field: Field
    theirs: str  # as saved by somebody meanwhile, or typed in another tab
    typed: str
    touched: bool  # changed here; False: changed only there


def as_typed(form: LetterForm) -> dict[str, str]:
    """Return the fields of the letter, by name, as a browser would send them."""
    return {field.name: _typed(field) for field in form if field.name not in NOT_OF_THE_LETTER}


def _typed(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    return str(field._value() if hasattr(field, "_value") else field.data or "")


def prints(typed: Mapping[str, str]) -> str:
    """Return a short hash of each field, as JSON, by which `differences` tells later which were changed."""
    return json.dumps({name: _print(value) for name, value in typed.items()}, separators=(",", ":"))


def _print(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:8]


def begun_from(letter: Letter) -> dict[str, str]:
    """Return the fields `revision` and `base` of a form that shows the saved letter."""
    return {"revision": str(letter.revision), "base": prints(as_typed(LetterForm(letter=letter)))}


def of_a_new_tab(draft: Draft | None) -> dict[str, str]:
    """Return the fields `pen`, `left` and `draft` of a form in a new tab that shows this draft, if any."""
    return {"pen": token_hex(PEN // 2), "left": "", "draft": draft.saved_at.isoformat() if draft else ""}


def everything(form: LetterForm) -> dict[str, str]:
    """Return all fields, including CARRIED, so that the form can be made again from them."""
    typed = {name: str(form[name].data or "") for name in CARRIED} | as_typed(form)
    return {name: value.replace("\0", "") for name, value in typed.items()}  # PostgreSQL stores no NUL


def drafted(draft: Draft, letter: Letter) -> LetterForm:
    """Return the form filled from a draft; fields missing there are as saved."""
    return LetterForm(as_typed(LetterForm(letter=letter)) | draft.content, letter=letter)


def unsaved(letter: Letter, organiser: Organiser) -> Draft | None:
    """Return this organiser's draft, if they changed anything in it.

    One without changes of theirs does not count, even if somebody else has saved other words since.
    """
    draft = draft_of(letter, organiser)
    return draft if draft and any(found.touched for found in differences(drafted(draft, letter))) else None


def changes(form: LetterForm) -> dict[str, Any]:
    """Return the fields that differ from what is saved, as `changes` for `save`; others stay exactly as they are."""
    saved, typed = as_typed(LetterForm(letter=form.letter)), as_typed(form)
    names = {name for name in typed if typed[name] != saved[name]}
    values = {name: form[name].data for name in typed if name in names}
    values.pop("closes_at", None)
    if names & {"closes_at", "timezone"} and form.closing != form.letter.closes_at:
        values["closes_at"] = form.closing
    return values


def differences(form: LetterForm, other: LetterForm | None = None) -> list[Difference]:
    """Return the fields typed differently from what is saved, or from the `other` form, in the order of the form."""
    try:
        base = dict(json.loads(form.base.data or "{}"))
    except (ValueError, TypeError, RecursionError):  # not what we gave; thousands of nested brackets
        base = {}
    other, typed = other or LetterForm(letter=form.letter), as_typed(form)
    return [
        Difference(other[name], value, typed[name], base.get(name) != _print(typed[name]))
        for name, value in as_typed(other).items()
        if typed[name] != value
    ]
